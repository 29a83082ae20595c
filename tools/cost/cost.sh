#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What booting an image costs, in exact counts: one row of a table for each image.
#
# usage: cost.sh [-v] [-q QEMU] [-s CPUS] [-t SECONDS] [-x XEN] [--check FILE | --update FILE]
#                PLUGIN.so [WAY:]IMAGE[=ARGS]…
#        cost.sh --doors [the same]
#
#   --doors        a row for each way in: what comes before the image, and the image to main
#   WAY            how the image, IMAGE.elf, comes into the machine, the leanest microvm but for:
#                  xen (below); multiboot, as without a WAY; pvh; bz (IMAGE.bz by QEMU's loader), linux64 (by the 64-bit door);
#                  pc, pc-bz (QEMU's loader behind SeaBIOS); disk, cd (IMAGE.iso by SeaBIOS and GRUB);
#                  efi (IMAGE.efi as OVMF's kernel)
#   -x XEN         Xen's ELF, on which images given as xen:IMAGE boot, as a PVH domain 0
#   -s CPUS        so many (1), counted together
#   -t SECONDS     how long a boot may take (60)
#   -v             all that the plugin reports, for each image, on stderr
#   --check FILE   fails, naming the cell, when a count grew by more than 2 % over FILE's table
#   --update FILE  puts the table into FILE, between its two marker lines
#
# On Xen only the image's own instructions count, not Xen's, and how often Xen ran in between (VM
# exits); the memory is Xen's, so what the guest touched of it is not told.
#
# Every image boots twice on QEMU's leanest machine, under TCG. Time is counted in instructions
# there (-icount), so that a guest that looks at a clock takes the same path in every run: the two
# runs must agree in every count. The guest's memory is a file on a tmpfs, which shows what was
# touched by anyone: guest, firmware and QEMU's loader.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/cost/table.sh
. "$here/table.sh"

# The doors of an image, by symbol: the first one that is come through starts the counting.
doors='pvh_door multiboot1_door multiboot2_door linux32_door linux64_door'
# NAME=SYMBOL: what is reached, and in which function the image then is. The table needs main and
# first_line; the others are shown by -v.
marks='boot_main=boot_main main=main first_line=console_write exit=_exit'
# NAME=START:END: what is counted from one symbol to another; shown by -v. Absent symbols are left out.
spans='page_fault=page_fault_entry:page_fault_return'

begin='<!-- cost:begin -->'
end='<!-- cost:end -->'
ovmf=/usr/share/OVMF/OVMF_CODE_4M.fd # with OVMF_VARS_4M.fd beside it

usage()
{
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
}

header()
{
    if [ -n "$by_door" ]; then
        echo '| door | firmware and loaders | UEFI stub | boot services it calls' \
            '| instructions from door to main | port + MMIO to main |'
        echo '| --- | ---: | ---: | ---: | ---: | ---: |'
        return
    fi
    echo '| image | instructions to main | instructions to first line | instructions to exit' \
        '| port + MMIO to main | port + MMIO to exit | CPUID to main | VM exits to main' \
        '| VM exits to exit | KiB of RAM touched | 2 MiB regions touched | image bytes |'
    echo '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |'
}

# address SYMBOL: its address in $elf, or nothing.
address()
{
    nm "$elf" 2>/dev/null | awk -v want="$1" '$3 == want { print "0x" $1; exit }'
}

# points: the plugin's arguments for $elf.
points()
{
    found=
    for symbol in $doors; do
        at=$(address "$symbol")
        found=$found${at:+,entry=$at}
    done
    [ -n "$found" ] || die "$elf has none of the symbols $doors (stripped?)"
    for mark in $marks; do
        at=$(address "${mark#*=}")
        found=$found${at:+,mark=${mark%%=*}:$at}
    done
    for span in $spans; do
        symbols=${span#*=}
        from=$(address "${symbols%:*}")
        to=$(address "${symbols#*:}")
        [ -z "$from" ] || [ -z "$to" ] || found="$found,span=${span%%=*}:$from:$to"
    done
    case $way in
    efi)
        of_stub=$(stub_code) || exit
        found=$found$of_stub,mark=door:$(address pvh_door)
        ;;
    disk | cd) found=$found$(door_code multiboot1_door)$(door_code multiboot2_door) ;;
    esac
    echo "${found#,}"
}

# bytes FILE OFFSET: sixteen of them, in hex.
bytes()
{
    od -An -tx1 -j "$2" -N 16 "$1" | tr -d ' \n'
}

# section FILE: address and offset of its code.
section()
{
    objdump -h "$1" | awk '$2 == ".text" { print "0x" $4, "0x" $6 }'
}

# door_code SYMBOL: the plugin's argument for a door that is known by its bytes, since GRUB itself runs at the
# same addresses.
door_code()
{
    at=$(address "$1")
    # shellcheck disable=SC2046 # two words
    set -- $(section "$elf")
    echo ",own=$(bytes "$elf" $((at - $1 + $2))):0:16"
}

# u32 FILE OFFSET
u32()
{
    od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '
}

# stub_code: the plugin's arguments for the stub of $efi, which firmware puts anywhere: its bytes at the
# entry (PE format: AddressOfEntryPoint, SizeOfImage), and those of its last part, which runs as a copy.
stub_code()
{
    pe=$(u32 "$efi" 60)
    entry=$(u32 "$efi" $((pe + 40)))
    size=$(u32 "$efi" $((pe + 80)))
    # shellcheck disable=SC2046 # two words
    set -- $(section "$efi")
    file=$((entry - $1 + $2))
    at=$(nm "$stub" | awk '$3 == "leave" { print "0x" $1 }')
    end=$(nm "$stub" | awk '$3 == "leave_end" { print "0x" $1 }')
    [ -n "$at$end" ] || die "$stub has no function leave"
    echo ",own=$(bytes "$efi" $file):$entry:$((size - entry))" \
        "own=$(bytes "$efi" $((at - $1 + $2))):0:$((end - at))" | tr ' ' ,
}

# without_multiboot: $tmp/pvh is $elf with no multiboot header that QEMU might prefer to the PVH note.
without_multiboot()
{
    cp "$elf" "$tmp/pvh"
    chmod u+w "$tmp/pvh"
    at=$(LC_ALL=C grep -Fabo "$(printf '\002\260\255\033')" "$tmp/pvh" | head -n 1 | cut -d: -f1)
    [ -n "$at" ] || die "$elf has no multiboot header"
    printf '\0\0\0\0' | dd of="$tmp/pvh" bs=1 seek="$at" conv=notrunc status=none
}

# linux64_loader: $tmp/linux64 enters a bzImage by its 64-bit door.
linux64_loader()
{
    "${CC:-cc}" -m32 -c -o "$tmp/linux64.o" "$here/linux64.S"
    "${LD:-ld}" -m elf_i386 -n -Ttext 0x1000000 -o "$tmp/linux64" "$tmp/linux64.o"
}

# boot OUT: boots $elf with $args; OUT gets the plugin's lines, and ram.kib and ram.regions.
boot()
{
    out=$1
    case $way in
    pc | pc-bz | disk | cd) set -- -machine pc,memory-backend=ram ;;
    efi)
        cp "${ovmf%CODE*}VARS${ovmf##*CODE}" "$tmp/vars"
        set -- -machine q35,memory-backend=ram -rtc base=2026-01-01,clock=vm \
            -drive "if=pflash,unit=0,format=raw,readonly=on,file=$ovmf" \
            -drive "if=pflash,unit=1,format=raw,file=$tmp/vars"
        ;;
    *) set -- -machine "$lean,memory-backend=ram" ;;
    esac
    case $way in
    bz | pc-bz) set -- "$@" -kernel "$bz" -append "$args" ;;
    linux64) set -- "$@" -kernel "$tmp/linux64" -initrd "$bz" ;;
    disk) set -- "$@" -drive "format=raw,snapshot=on,file=$iso" ;;
    cd) set -- "$@" -cdrom "$iso" ;;
    efi) set -- "$@" -kernel "$efi" -append "$args" ;;
    pvh) set -- "$@" -kernel "$tmp/pvh" -append "$args" ;;
    *) set -- "$@" -kernel "$elf" -append "$args" ;;
    esac
    rm -f "$out" "$ram"
    "$tmp/touched" run timeout -k 5 "$seconds" "$qemu" -accel tcg -icount shift=0,sleep=off \
        -object "memory-backend-file,id=ram,size=512M,mem-path=$ram,share=on" \
        "$@" -cpu max -m 512 -smp "$cpus" \
        -nodefaults -no-user-config -no-reboot -display none -serial "file:$tmp/console" \
        -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
        -plugin "$plugin,out=$out,ram=512,$points" \
        </dev/null >"$tmp/log" 2>&1 &
    child=$!
    status=0
    wait "$child" || status=$?
    child=
    # 0: power-off; odd: isa-debug-exit with (status << 1) | 1
    case $status in
    0 | 1) ;;
    124 | 137) complain "still runs after $seconds s" ;;
    *) complain "QEMU ended with status $status" ;;
    esac
    [ -s "$out" ] || complain "no counts from the plugin"
    grep -q '^door ' "$out" || complain "none of its doors was come through"
    "$tmp/touched" count "$ram" | awk '{ print "ram.kib " $1; print "ram.regions " $2 }' >>"$out"
    rm -f "$ram"
}

# boot_xen OUT: the same as domain 0 of Xen. That cannot switch the machine off, but says its end.
boot_xen()
{
    rm -f "$1" "$tmp/console"
    timeout -k 5 "$seconds" "$qemu" -accel tcg -icount shift=0,sleep=off -cpu max,-monitor \
        -machine q35 -device amd-iommu -m 512 -smp 1 \
        -nodefaults -no-user-config -no-reboot -display none -serial "file:$tmp/console" \
        -plugin "$plugin,out=$1,below=$xen_begins,$points" -kernel "$xen" -append "$xen_args" \
        -initrd "$elf $args" </dev/null >"$tmp/log" 2>&1 &
    child=$!
    while kill -0 "$child" 2>/dev/null; do
        ! grep -qs 'Hardware Dom0' "$tmp/console" || kill "$child" 2>/dev/null
        sleep 0.1
    done
    wait "$child" || :
    child=
    grep -q 'LIMPET: exit 0' "$tmp/console" || complain "did not end with status 0 on Xen"
    [ -s "$1" ] || complain "no counts from the plugin"
}

# complain WHY: ends with what QEMU and the guest said last.
complain()
{
    {
        cat "$tmp/log"
        tail -n 20 "$tmp/console" 2>/dev/null || true
    } >&2
    die "$elf${args:+ ($args)}: $1"
}

# row NAME BYTES COUNTS: a row of the table. What was not reached is a dash.
row()
{
    awk -v name="$1" -v bytes="$2" "$cell"'
        function count(mark, key) {
            return cell(mark ".insns" in value ? value[mark "." key] : "–")
        }
        function exits(mark) { # there are none where nothing but the guest ran
            return value["end.exits"] > 0 ? count(mark, "exits") : cell("–")
        }
        function ram(key) { return ("ram." key in value) ? value["ram." key] : "–" }
        { value[$1] = $2 }
        END {
            for (key in value)
                if (sub(/\.port$/, "", key))
                    value[key ".access"] = value[key ".port"] + value[key ".mmio"]
            print "| " name count("main", "insns") count("first_line", "insns") \
                count("end", "insns") count("main", "access") count("end", "access") \
                count("main", "cpuid") exits("main") exits("end") \
                cell(ram("kib")) cell(ram("regions")) \
                cell(bytes) " |"
        }' "$3"
}

# door_row NAME COUNTS: the same by doors. What varies from run to run is told to two digits; in the stub a
# repeated string instruction counts once, as it has none but its copies.
door_row()
{
    awk -v name="$1" -v way="$way" "$cell"'
        function about(n,  step) { # two digits
            for (step = 1; n / step >= 100; step *= 10)
                continue
            return cell(sprintf("%.0f", int(n / step + 0.5) * step))
        }
        { value[$1] = $2 }
        END {
            stub = "door.insns" in value
            print "| " name (way == "linux64" ? cell("–") : about(value["firmware.insns"])) \
                (stub ? cell(value["door.insns"] - value["door.again"]) : cell("–")) \
                (stub ? about(value["calls.insns"]) : cell("–")) \
                cell(value["main.insns"] - (stub ? value["door.insns"] : 0)) \
                cell(value["main.port"] + value["main.mmio"]) " |"
        }' "$2"
}

# measure [WAY:]IMAGE[=ARGS]: prints its row.
measure()
{
    elf=${1%%=*}
    args=
    [ "$elf" = "$1" ] || args=${1#*=}
    how=boot
    on=
    way=
    case $elf in
    *:*) way=${elf%%:*} elf=${elf#*:} ;;
    esac
    bz=${elf%.elf}.bz
    iso=${elf%.elf}.iso
    efi=${elf%.elf}.efi
    stub=$(dirname "$elf")/../lib/stub.efi.so
    case $way in
    '') ;;
    xen)
        how=boot_xen
        on=', Xen PVH'
        [ -n "$xen" ] || die "xen:$elf needs -x XEN"
        ;;
    pvh) without_multiboot ;;
    linux64) linux64_loader ;;
    efi) [ -r "$ovmf" ] || die "no $ovmf (apt-get install ovmf)" ;;
    multiboot) way= ;;
    pc | bz | pc-bz | disk | cd) ;;
    *) die "no way $way: $elf" ;;
    esac
    [ -r "$elf" ] || die "cannot read $elf"
    points=$(points)
    $how "$tmp/first"
    $how "$tmp/second"
    # firmware's instructions vary a little where it waits for devices
    for run in first second; do
        grep -Ev "^(calls|firmware)\\.${by_door:-none}|^door 0x${by_door:+|^ram}" "$tmp/$run" >"$tmp/$run.same"
    done
    if ! diff "$tmp/first.same" "$tmp/second.same" >&2; then
        die "$elf: two runs differ (see above): the counts would mean nothing"
    fi
    name=$(basename "$elf" .elf)${args:+ $args}$on
    if [ -n "$verbose" ]; then
        sed "s|^|$name: |" "$tmp/first" >&2
    fi
    if [ -n "$by_door" ]; then
        door_row "$(door_name)" "$tmp/first"
        return
    fi
    strip -o "$tmp/stripped" "$elf"
    row "$name" "$(stat -c %s "$tmp/stripped")" "$tmp/first"
}

# door_name: what a row of doors is called.
door_name()
{
    case $way in
    '') echo 'multiboot, microvm' ;;
    xen) echo 'PVH, Xen' ;;
    pvh) echo 'PVH, microvm' ;;
    bz) echo 'bz, microvm' ;;
    linux64) echo 'Linux, 64-bit' ;;
    pc) echo 'multiboot, pc: SeaBIOS, option ROM' ;;
    pc-bz) echo 'bz, pc: SeaBIOS, option ROM' ;;
    disk | cd) echo "ISO as $way, pc: SeaBIOS, GRUB" ;;
    efi) echo 'efi, q35: OVMF, -kernel' ;;
    esac
}

# check FILE: compares $tmp/table with FILE's.
check()
{
    between "$1" "$begin" "$end" >"$tmp/old"
    awk -F' *[|] *' -v file="$1" -v allowed="$allowed" '
        function plain(cell) { gsub(/,/, "", cell); return cell }
        function say(what) { print "cost: " $2 ": " what | "cat >&2" }
        FNR <= 2 { # the heading and the line under it
            for (i = 3; FNR == 1 && i < NF; i++)
                column[i] = $i
            next
        }
        !new { known[$2] = 1; for (i = 3; i < NF; i++) old[$2, i] = plain($i); next }
        !($2 in known) { say("is not in the table of " file); bad = 1; next }
        {
            for (i = 3; i < NF; i++) {
                if (column[i] ~ /firmware|boot services/)
                    continue # not ours, and they vary
                was = old[$2, i]
                is = plain($i)
                if (is == was)
                    continue
                # one more tick of the hypervisor may fall into it
                slack = column[i] ~ /VM exits/ ? 2 : 0
                if (was !~ /^[0-9]+$/ || is !~ /^[0-9]+$/ || is + 0 > was * (1 + allowed / 100) + slack) {
                    say(column[i] ": " was " became " is " (" allowed " % more is allowed)")
                    bad = 1
                } else if (is + 0 < was * (1 - allowed / 100)) {
                    say(column[i] ": " was " became " is ": better; --update records it")
                }
            }
        }
        END { close("cat >&2"); exit bad }' "$tmp/old" new=1 "$tmp/table"
}

qemu='qemu-system-x86_64'
seconds=60
cpus=1
verbose=
by_door=
compare=
record=
xen=
xen_begins=0x800000000000 # where addresses of guests end: the hypervisor's are all above
xen_args='console=com1 com1=115200,8n1 dom0=pvh dom0_mem=64M dom0_max_vcpus=1 noreboot'
while [ $# -gt 0 ]; do
    case $1 in
    -v) verbose=1 ;;
    --doors)
        by_door=insns
        begin='<!-- doors:begin -->'
        end='<!-- doors:end -->'
        ;;
    -q | -s | -t | -x | -c | -u | --check | --update)
        [ $# -ge 2 ] || usage
        case $1 in
        -q) qemu=$2 ;;
        -s) cpus=$2 ;;
        -t) seconds=$2 ;;
        -x) xen=$2 ;;
        -c | --check) compare=$2 ;;
        -u | --update) record=$2 ;;
        esac
        shift
        ;;
    -*) usage ;;
    *) break ;;
    esac
    shift
done
[ $# -ge 2 ] || usage
[ -z "$compare" ] || [ -z "$record" ] || usage
[ -r "$1" ] || die "cannot read $1"
plugin=$(realpath "$1")
shift

begin
[ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] || die "needs a tmpfs on /dev/shm"
shm=$(mktemp -d /dev/shm/cost.XXXXXX)
ram=$shm/ram
"${CC:-cc}" -O2 -o "$tmp/touched" "$here/touched.c"

{
    header
    for image in "$@"; do
        measure "$image"
    done
} >"$tmp/table"
cat "$tmp/table"
[ -z "$compare" ] || check "$compare"
[ -z "$record" ] || update "$record" "$begin" "$end" "$tmp/table"
