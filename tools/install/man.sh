#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the man pages of what was built, from its own help texts.
#
# usage: man.sh DIR      (B is taken from the environment)
set -eu
LC_ALL=C.UTF-8
export LC_ALL

here=$(dirname "$(readlink -f "$0")")
B=${B:-build}
version() { sed -n "s/.*LIMPET_$1 *\"\\(.*\\)\".*/\\1/p" "$here/../version.h"; }
page() { # NAME [AWK-OPTION…]: of the help on standard input
    name=$1
    shift
    awk -f "$here/man.awk" -v version="$(version VERSION)" -v date="$(version DATE)" "$@" > "$out/$name.1"
    ! LC_ALL=C grep -n '[^ -~]' "$out/$name.1" >&2 || {
        echo "man: $name.1 has letters that man.awk has no name for (above)" >&2
        exit 1
    }
}

out=$1
mkdir -p "$out"
{
    "$B/limpet" help
    for command in $("$B/limpet" help | sed -n '/^Usage/,/^More/s/^  \([a-z]*\) .*/\1/p'); do
        "$B/limpet" help "$command"
    done
} | page limpet -v extra="$here/limpet.roff"
for name in limpet-cc limpet-c++ limpet-vmm limpet-efi limpet-iso limpet-bz; do
    "$B/$name" --help | page $name
done
