# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The suites cpuid and jitter: every row gives a figure or says why there is none, and what does not do its work is found.
ROWS="leaf.0x0 leaf.0x0.time leaf.0x0.by.clock leaf.0x2 leaf.0x15 leaf.0x16 leaf.0x1 leaf.0x40000000 two.stamps"
RING0="RDMSR.APIC_BASE RDMSR.FS_BASE WRMSR.KERNEL_GS_BASE MOV.to.CR0 MOV.to.CR3 MOV.to.CR4 MOV.to.CR8 MOV.to.DR7
    SGDT SIDT SLDT SMSW LGDT IN.0x3ff IN.0x4d0 IN.0x1234 INS.26.bytes OUT.0x3ff self-IPI self-IPI.in.HLT timer.of.1.tick
    HLT.100.us.late.by IPI IPI.to.an.idle.CPU"
JITTER="gaps taken longest.gap gaps.of.1.us gaps.of.10.ms wake-up.late.by two.readings"
OFF="interrupts.off.gaps interrupts.off.taken interrupts.off.longest"
# rows FILE PATTERN ROW…: each has a line that goes on so.
rows() {
    local row
    for row in "${@:3}"; do
        grep -qE "^$row $2" "$1" || { echo "no such line: $row $2"; cat "$1"; return 1; }
    done
}
FIGURE=' *[0-9]+\.[0-9]'
ran() { # FILE COMMAND…: its output goes there
    "${@:2}" > "$1" || { cat "$1"; return 1; }
}
check "cpuid: every row, by two CPUs" ran "$TMP/cpuid" "$B/limpet" run cpuid -p qemu --smp 2
# shellcheck disable=SC2086 # words
check "cpuid: a figure of each" rows "$TMP/cpuid" "$FIGURE" $ROWS $RING0
check "cpuid: none, and why" rows "$TMP/cpuid" ' *none: ' hypercall
# shellcheck disable=SC2016 # no expansion is meant
check "cpuid: CPUID's time is its cycles by the clock's rate" awk '
    /^TSC:/ { mhz = $2 } /^leaf 0x0 / && !/time|by/ { least = $5 } /^leaf 0x0 time / { ns = $6 }
    END { exit !(ns * mhz / 1000 > least / 4 - 50 && ns * mhz / 1000 < least * 4 + 50) }' "$TMP/cpuid"
check "cpuid: as a process of Linux" ran "$TMP/cpuid.linux" "$B/apps/cpuid.linux"
# shellcheck disable=SC2086 # words
check "cpuid: there, a figure of each leaf" rows "$TMP/cpuid.linux" "$FIGURE" $ROWS
# shellcheck disable=SC2086 # words
check "cpuid: there, none of what a kernel may" rows "$TMP/cpuid.linux" ' *none: ring 3' ${RING0%% IPI *}
check "jitter: every row" ran "$TMP/jitter" "$B/limpet" run jitter -p qemu
# shellcheck disable=SC2086 # words
check "jitter: a figure of each" rows "$TMP/jitter" "$FIGURE" $JITTER $OFF
check "jitter: none, and why" rows "$TMP/jitter" ' *none: ' stolen waited.for.a.CPU
expect "jitter: a time line" 0 '^gaps .* [0-9]+ in 2 s: [.:=#-]{50}$' cat "$TMP/jitter"
check "jitter: as a process of Linux" ran "$TMP/jitter.linux" "$B/apps/jitter.linux"
# shellcheck disable=SC2086 # words
check "jitter: there, a figure of each" rows "$TMP/jitter.linux" "$FIGURE" $JITTER
# shellcheck disable=SC2016 # no expansion is meant
check "jitter: counts by size never grow" awk '
    /^gaps of / { if (n++ && $5 > last) exit 1; last = $5 } END { exit n != 5 }' "$TMP/jitter"

# plant APP FILE SED: the app with an operation that does nothing.
plant() {
    local object objects=()
    mkdir -p "$TMP/planted"
    sed "$3" "apps/$1/$2" > "$TMP/planted/$2"
    ! cmp "apps/$1/$2" "$TMP/planted/$2" > "$TMP/differs" || return
    for object in "$B/obj/apps/$1"/*.o; do
        [ "${object##*/}" = "$2.o" ] || objects+=("$object")
    done
    "$B/limpet-cc" -O2 -I apps/lib -I "apps/$1" "$TMP/planted/$2" "${objects[@]}" -lbench -o "$TMP/planted/$1.elf"
}
# planted APP FILE SED ROW MESSAGE
planted() {
    check "plant: $4" plant "$1" "$2" "$3"
    expect "planted: $4" 1 "^$4 is not valid: $5" "$B/limpet" run "$TMP/planted/$1.elf" -p qemu --smp 2 -- "$4"
}
planted cpuid main.c 's/volatile("cpuid"/volatile(""/' "leaf 0x0" "the answer was not always the same"
planted cpuid main.c 's/volatile("cpuid"/volatile(""/' "leaf 0x15 by clock" "the answer was not always the same"
planted cpuid ring0.c 's/volatile("rdmsr"/volatile(""/' "RDMSR APIC_BASE" "what was read was not always the same"
planted cpuid ring0.c 's/volatile("wrmsr"/volatile(""/' "WRMSR KERNEL_GS_BASE" "a write was lost"
for register in cr0 cr3 cr4 cr8 dr7; do
    planted cpuid ring0.c "s/\"mov %0, %%$register\"/\"\"/" "MOV to ${register^^}" "a write was lost"
done
for table in sgdt sidt sldt smsw; do
    planted cpuid ring0.c "s/, __asm__ volatile(instruction \" %0\" : \"+m\"/, __asm__ volatile(\"\" : \"+m\"/" "${table^^}" "what was stored"
done
planted cpuid ring0.c 's/volatile("lgdt %0"/volatile(""/' "LGDT" "a write was lost"
planted cpuid calls.c 's/volatile("inb /volatile("#/' "IN 0x3ff" "what was read was not always the same"
planted cpuid calls.c 's/volatile("inl /volatile("#/' "IN 0x1234" "what was read was not always the same"
planted cpuid calls.c 's/volatile("rep insb"/volatile(""/' "INS 26 bytes" "what was read was not always the same"
planted cpuid interrupts.c '/^static void send_self/,/^}/ s/write_register(/(void)(/' "self-IPI" "an interrupt was lost"
planted cpuid interrupts.c 's/(write_register(REG_START, 1), came/(came/' "timer of 1 tick" "an interrupt was lost"
planted cpuid interrupts.c 's/write_register(REG_START, ticks)/send_self()/' "HLT 100 us late by" "the timer came in less than half of its time"
planted cpuid interrupts.c 's/(send(id), came/(came/' "IPI" "an interrupt was lost"
planted cpuid interrupts.c 's/(send(id), came/(came/' "IPI to an idle CPU" "an interrupt was lost"
planted jitter main.c 's/volatile("cli"/volatile(""/' "interrupts off gaps" "interrupts were on"
planted jitter main.c 's/^ *clock_nanosleep(/(void)(/' "wake-up late by" "it woke before its time"
planted jitter gaps.c 's/while (now - began < ticks)/while (0); now = began + ticks; (void)(last)/' "taken" "the clock was not read all the time"

suite() { "$B/limpet" bench cpuid jitter -p qemu,host --quick -o "$TMP/both.json" > "$TMP/tables"; }
check "bench: both suites, quick" suite
expect "bench: on the screen" 0 '^ +CPUID 0x0 +[0-9]+ +[0-9]+$' cat "$TMP/tables"
page() { "$B/limpet" report --md "$TMP/both.json" > "$TMP/both.md"; }
check "bench: the page" page
expect "bench: on the page" 0 '^\| time taken .*µs/s' cat "$TMP/both.md"
check "bench: a median is not called a mean" [ "$(grep -c '^| CPUID.*a mean' "$TMP/both.md")" = 0 ]
check "bench: what there is none of is in the file" jq -e '[.runs[] | select(.platform == "qemu") | .info[]? | select(.limpet == "none") | .row]
    | contains(["hypercall", "stolen"])' "$TMP/both.json"
check "bench: the longest gaps, with their times" jq -e '[.runs[] | .info[]? | select(.limpet == "gaps")] | length == 2 and all(.longest | test("^[0-9]+\\+[0-9]+"))' "$TMP/both.json"
