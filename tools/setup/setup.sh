#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Gets what is missing for building and measuring, or also for the tests: packages of Debian or Ubuntu,
# newlib, SeaBIOS, the lab. Says beforehand how much it will fetch and how long that takes. Where it may
# not install packages, prints the one command that does.
#
# usage: setup.sh [--tests | --only PACKAGE…]     B (build) and CC are taken from the environment
# --tests: what tests and linters need too; --only: these packages and nothing else
set -eu
LC_ALL=C.UTF-8
export LC_ALL

cd "$(dirname "$0")/../.."
# shellcheck source=tools/setup/common.sh
. tools/setup/common.sh
B=${B:-build}

# What builds images and the lab, runs them and draws; then what tests and linters need.
for_bench="gcc libc6-dev binutils make newlib-source xz-utils zstd cpio qemu-system-x86 libjansson-dev
 libxen-dev gnu-efi grub-common grub-pc-bin xorriso mtools ovmf seabios acpica-tools python3"
for_tests="libcmocka-dev g++ clang libclang-rt-dev clang-tidy clang-format cppcheck shellcheck jq cmake meson git
 python3-jsonschema procps sbsigntool openssl gdb
 mandoc groff-base pkg-config lintian debootstrap dpkg-dev ansible-core ansible-lint python3-matplotlib python3-yaml"

say() { echo "setup: $*" >&2; }
die() {
    say "$*"
    exit 1
}

# The clang runtime (sanitizers, fuzzer) carries its version in its name: apt knows it, and of the
# releases that we know so do we, where apt was never updated.
clang_rt() {
    version=$(apt-cache depends clang 2> /dev/null | sed -n 's/.*Depends: clang-\([0-9]*\).*/\1/p' | head -n 1)
    if [ -z "$version" ]; then
        case $(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release) in
        bookworm) version=14 ;;
        noble) version=18 ;;
        *) version=19 ;;
        esac
    fi
    echo "libclang-rt-$version-dev"
}

# missing PACKAGE…: those that are not installed.
missing() {
    for p; do
        [ "$p" != libclang-rt-dev ] || p=$(clang_rt)
        # shellcheck disable=SC2016 # dpkg-query's own variables
        [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2> /dev/null)" = "ii " ] || printf '%s ' "$p"
    done
}

# What apt would fetch for these packages, in MB.
packages_mb() {
    # shellcheck disable=SC2086 # a list of words
    uris=$(apt-get -qq --print-uris install -y --no-install-recommends $wanted) ||
        die "apt cannot plan the packages (its words are above)"
    echo "$uris" | awk '{ b += $3 } END { printf "%d\n", b / 1000000 + 1 }'
}

# What apt does, read from its own reports: two passes from 0 to 100 %.
apt_progress() {
    while IFS=: read -r kind _ percent _; do
        case $kind in
        dlstatus) tick "$step: fetching, ${percent%%.*} %" ;;
        pmstatus) tick "$step: installing, ${percent%%.*} %" ;;
        esac
    done
    tick ""
}

install_packages() {
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    trap 'exit 130' INT TERM HUP
    {
        # shellcheck disable=SC2086 # a list of words
        DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o APT::Status-Fd=3 \
            install -y --no-install-recommends $wanted 3>&1 > "$log" 2>&1 < /dev/null || true
    } | apt_progress
    # shellcheck disable=SC2086
    [ -z "$(missing $wanted)" ] || {
        tail -n 10 "$log" >&2
        die "packages could not be installed (apt's words are above); is there a network, and room on the disk?"
    }
}

# What the lab fetches is known to apt, if it was ever updated.
plan_lab() {
    if ! apt-cache show newlib-source > /dev/null 2>&1; then
        if [ "$(id -u)" != 0 ]; then
            say "apt knows no packages; run this, then make again:"
            echo "    sudo apt-get update" >&2
            exit 1
        fi
        update
    fi
    lab=$(tools/lab/build.sh -n "$B/lab/image") || exit 1
    [ "$lab" = 0 ] || plan lab "$lab" 30 "the lab"
}

update() {
    tick "setup: apt-get update"
    apt-get -qq update || die "apt-get update failed (its words are above); is there a network?"
    tick ""
}

# begin TEXT: says which step comes now.
begin() {
    number=$((number + 1))
    step="setup: step $number of $steps: $1"
    echo "$step" >&2
}

packages=$for_bench mode=bench
case ${1-} in
--tests) packages="$for_bench $for_tests" mode=tests ;;
--only)
    shift
    packages=$* mode=only
    ;;
'') ;;
*) die "usage: setup.sh [--tests | --only PACKAGE…]" ;;
esac

command -v dpkg-query > /dev/null ||
    die "this is no Debian or Ubuntu; needed are the equivalents of: $packages"

# shellcheck disable=SC2086
wanted=$(missing $packages)
if [ -n "$wanted" ] && [ "$(id -u)" != 0 ]; then
    say "packages are missing; run this, then make again:"
    echo "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${wanted% }" >&2
    exit 1
fi

# The plan: what is to be done, what it fetches (MB) and how long it takes (seconds on two processors;
# what is fetched at 3 MB/s).
steps=0 number=0 mb=0 seconds=0 parts='' todo=''
plan() { # STEP MB SECONDS WORDS
    todo="$todo $1" steps=$((steps + 1)) mb=$((mb + $2)) seconds=$((seconds + $3 + $2 / 3))
    parts="$parts${parts:+, }$4"
    [ "$2" = 0 ] || parts="$parts $2 MB"
}
on_domain_0() { grep -qs control_d /proc/xen/capabilities; }

if [ -n "$wanted" ]; then
    update
    packages_mb=$(packages_mb) || exit 1
    plan packages "$packages_mb" 40 packages
fi
if [ $mode != only ]; then
    tools/setup/newlib.sh -n "$B/newlib" 2> /dev/null || plan newlib 0 100 "newlib's build"
    tools/setup/seabios.sh -n "$B/seabios" 2> /dev/null || plan seabios 12 30 SeaBIOS
    [ $mode = bench ] || [ -s "$B/cost/qemu-plugin.h" ] || plan header 140 5 "QEMU's plugin header"
fi
[ $mode = only ] || [ -n "${AREAS-}" ] || on_domain_0 || plan_lab
[ $steps != 0 ] || exit 0
minutes=$(((seconds + 59) / 60))
[ $minutes = 1 ] && about="a minute" || about="$minutes minutes"
say "about $about and $mb MB to fetch: $parts"
for part in $todo; do
    case $part in
    packages) begin "$(echo "$wanted" | wc -w) packages" && install_packages ;;
    newlib) begin newlib && tools/setup/newlib.sh "$B/newlib" ;;
    seabios) begin SeaBIOS && tools/setup/seabios.sh "$B/seabios" ;;
    header) begin "QEMU's plugin header" && tools/cost/fetch-header.sh "$B/cost" ;;
    lab) begin "the lab" && tools/lab/build.sh "$B/lab/image" ;;
    esac
done
