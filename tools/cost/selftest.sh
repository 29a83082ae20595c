#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Checks the ruler before it is used: runs selftest.S, whose counts are known, under the plugin.
#
# usage: selftest.sh PLUGIN.so [QEMU]
set -eu

die()
{
    echo "cost selftest: $*" >&2
    exit 1
}

case $# in
1 | 2) ;;
*) die "usage: selftest.sh PLUGIN.so [QEMU]" ;;
esac
plugin=$(realpath "$1")
qemu=${2:-qemu-system-x86_64}
here=$(cd "$(dirname "$0")" && pwd)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# What each mark must report; marks and columns in the order of the guest's comments.
expected()
{
    cat <<'END'
mark         insns  stos  port  mmio cpuid rdmsr wrmsr pages regions
mark_loop        3     0     0     0     0     0     0     1     1
mark_port     2003     0     0     0     0     0     0     1     1
mark_string   2026     0    15     0     0     0     0     2     1
mark_mmio     2183   104    15     0     0     0     0     2     1
mark_msr      2188   104    15     5     0     0     0     2     1
mark_pages    2196   104    15     5     2     2     1     2     1
mark_fault    2202   104    15     5     2     2     1     6     3
mark_again    4314  2156    15     5     2     2     1     9     4
last          4320  2156    15     5     2     2     1     9     4
end           4324  2156    16     5     2     2     1     9     4
fault count 2 reopens 0 total 2086 min 1042 max 1044 min_nostos 18 max_nostos 20
END
}

"${CC:-cc}" -c -m64 -o "$tmp/guest.o" "$here/selftest.S"
"${LD:-ld}" -m elf_x86_64 -static -n --no-warn-rwx-segments -Ttext 0x100000 -Tdata 0x102000 \
    --section-start=.note.pvh=0xff000 -e door -o "$tmp/guest.elf" "$tmp/guest.o"

# at SYMBOL: its address.
at()
{
    nm "$tmp/guest.elf" | awk -v want="$1" '$3 == want { print "0x" $1 }'
}

points="entry=$(at other_door),entry=$(at door),span=fault:$(at fault_start):$(at fault_end)"
for mark in mark_loop mark_port mark_string mark_mmio mark_msr mark_pages mark_fault mark_again \
    mark_never; do
    points="$points,mark=$mark:$(at $mark)"
done
points="$points,mark=last:$(at mark_again):last"

# run ARGS…: boots the guest and prints the counts in the form of expected().
run()
{
    status=0
    rm -f "$tmp/counts"
    timeout 60 "$qemu" -accel tcg \
        -machine microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off \
        -cpu max -m 512 -smp 1 -nodefaults -no-user-config -no-reboot -display none -serial null \
        -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
        -plugin "$plugin,out=$tmp/counts,$points" -kernel "$tmp/guest.elf" "$@" \
        >"$tmp/log" 2>&1 || status=$?
    [ -s "$tmp/counts" ] || die "no counts from QEMU (status $status): $(cat "$tmp/log")"
    [ $status -eq 3 ] || die "the guest did not come to its end (status $status)"
    awk '
        NR == FNR { split($1, k, "."); mark[k[1]] = 1; value[$1] = $2; next }
        FNR == 1 { split($0, column); print; next }
        $1 == "fault" {
            line = $1
            for (i = 2; i < NF; i += 2)
                line = line " " $i " " value[$1 "." $i]
            print line
            next
        }
        {
            printf "%-11s", $1
            for (i = 2; i <= NF; i++)
                printf " %5s", value[$1 "." column[i]]
            print ""
        }
        END { if ("mark_never" in mark) print "mark_never was reached" }
    ' "$tmp/counts" "$tmp/expected"
}

expected >"$tmp/expected"
for clock in "" "-icount shift=0,sleep=off"; do
    # shellcheck disable=SC2086 # $clock is two words or none
    run $clock >"$tmp/found"
    diff -u -b "$tmp/expected" "$tmp/found" >&2 || die "the counts are wrong (${clock:-no icount})"
done
echo "cost selftest: every count is exact"
