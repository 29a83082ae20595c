# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What setup says and asks for, with stand-ins for apt, dpkg and id: nothing is installed.
fake="$TMP/bin"
mkdir -p "$fake"
stand_in() { # NAME BODY
    printf '#!/bin/sh\n%s\n' "$2" > "$fake/$1"
    chmod +x "$fake/$1"
}
# shellcheck disable=SC2016 # the stand-ins' variables
stand_ins() { # USER-ID CLANG-VERSION-OR-NOTHING
    rm -f "$TMP/apt" "$TMP/installed"
    stand_in id "echo $1"
    stand_in dpkg-query '[ ! -f "$TMP/installed" ] || printf "ii "'
    stand_in apt-cache "case \$1 in depends) ${2:+echo '  Depends: clang-$2'};; esac"
    stand_in apt-get 'echo "$*" >> "$TMP/apt"
        case "$*" in
        *--print-uris*) printf "%s\n" "'"'uri'"' a.deb 12000000 x" "'"'uri'"' b.deb 3000000 x" ;;
        *Status-Fd*)
            for percent in 0 50 100; do echo "dlstatus:1:$percent.0:x"; done >&3
            echo "pmstatus:a:40.0:x" >&3
            [ "$BROKEN" ] && echo "E: no such disk" || : > "$TMP/installed" ;;
        esac'
}
setup() { TMP="$TMP" PATH="$fake:$PATH" TERM=${terminal-} BROKEN=${broken-} tools/setup/setup.sh "$@"; }
untouched() { [ ! -e "$TMP/apt" ]; }

stand_ins 1000 ""
expect "setup: without root, the command" 1 \
    '^    sudo apt-get update && sudo apt-get install -y --no-install-recommends gcc .*qemu-system-x86' setup
check "setup: apt is not touched then" untouched
small() { setup 2> "$TMP/said"; grep gcc "$TMP/said" && ! grep -E 'clang|cppcheck|cmocka|shellcheck|jq' "$TMP/said"; }
check "setup: what make bench needs is without linters and test libraries" small
expect "setup: what tests need" 1 'cppcheck' setup --tests
release=$(sed -n 's/^VERSION_ID="\?\([0-9]*\).*/\1/p' /etc/os-release)
case $release in 12) clang=14 ;; 24) clang=18 ;; *) clang=19 ;; esac
expect "setup: apt knows nothing yet: the names are this release's" 1 "libclang-rt-$clang-dev" setup --tests
stand_ins 1000 77
expect "setup: apt knows" 1 'libclang-rt-77-dev' setup --tests

stand_ins 0 ""
expect "setup: how much and how long, beforehand" 0 '^setup: about a minute and 16 MB to fetch: packages 16 MB' setup --only one two
stand_ins 0 ""
expect "setup: step i of n" 0 '^setup: step 1 of 1: 2 packages$' setup --only one two
few() { stand_ins 0 ""; setup --only one > "$TMP/said" 2>&1; [ "$(wc -l < "$TMP/said")" -le 3 ] && ! grep -q "$(printf '[\r\033]')" "$TMP/said"; }
check "setup: quiet in a pipe" few
stand_ins 0 ""
expect "setup: progress on a terminal" 0 'fetching, 50 %.*installing, 40 %' \
    script -qec "TMP='$TMP' PATH='$fake:$PATH' TERM=xterm tools/setup/setup.sh --only one" /dev/null
stand_ins 0 ""
broken=yes
expect "setup: apt's failure is one, with its words" 1 'E: no such disk' setup --only one
broken=

# The lab asks for all its tools before it asks apt for anything.
bare="$TMP/bare"
mkdir -p "$bare"
for tool in sh cat sha256sum cut ls sed dirname basename awk dpkg grep dpkg-deb objcopy tr mkdir; do
    ln -s "$(command -v $tool)" "$bare/"
done
cp "$fake/apt-get" "$bare/"
no_tools() { rm -f "$TMP/apt"; env TMP="$TMP" PATH="$bare" tools/lab/build.sh "$TMP/lab"; }
expect "lab: what is missing, all at once" 1 'apt-get update && apt-get install -y cpio xz-utils zstd$' no_tools
check "lab: nothing is fetched before" untouched
