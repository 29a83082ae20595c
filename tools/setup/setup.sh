#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Installs the Debian or Ubuntu packages that Limpet needs and that are missing; where it may not,
# prints the one command that does.
#
# usage: setup.sh [PACKAGE…]      the packages named too
set -eu

# What builds images, what runs them, what tests and checks them.
packages="gcc binutils make newlib-source xz-utils cpio
 qemu-system-x86 qemu-user libjansson-dev libxen-dev
 libcmocka-dev clang libclang-rt-dev clang-tidy clang-format cppcheck shellcheck jq cmake
 grub-common grub-pc-bin seabios acpica-tools python3 python3-jsonschema procps gnuplot-nox $*"

command -v dpkg-query > /dev/null || {
    echo "setup: this is no Debian or Ubuntu; needed are the equivalents of: $packages" >&2
    exit 1
}

# The clang runtime (sanitizers, fuzzer) carries its version in its name.
available() {
    apt-cache show "$1" > /dev/null 2>&1
}

missing() {
    for p in $packages; do
        [ "$p" = libclang-rt-dev ] && p=$(clang_rt)
        # shellcheck disable=SC2016 # dpkg-query's own variables
        [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2> /dev/null)" = "ii " ] || echo "$p"
    done
}

clang_rt() {
    version=$(apt-cache depends clang 2> /dev/null | sed -n 's/.*Depends: clang-\([0-9]*\).*/\1/p' | head -n 1)
    echo "libclang-rt-${version:-14}-dev"
}

# A machine that never ran apt-get update knows no package; root can mend that.
if ! available newlib-source && [ "$(id -u)" = 0 ]; then
    echo "setup: apt-get update" >&2
    apt-get -qq update
fi

wanted=$(missing | tr '\n' ' ')
[ -n "$wanted" ] || exit 0

command="apt-get install -y --no-install-recommends $wanted"
if [ "$(id -u)" = 0 ]; then
    echo "setup: $command" >&2
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 install -y \
        --no-install-recommends $wanted > /dev/null
else
    echo "setup: packages are missing; run this, then make again:" >&2
    echo "    sudo $command" >&2
    exit 1
fi
