# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same images under real KVM: natively where the machine has it, else in the lab.
check "lab: builds" "$B/limpet" lab build kvm
expect "kvm: hello with arguments" 0 '^argument 2: b c$' "$B/limpet" run hello -p kvm -- a "b c"
expect "kvm: status 3" 3 'ending by three' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- three
expect "kvm: panic" 123 'null pointer' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- null
expect "kvm: stack overflow" 123 'stack overflow' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- stack
expect "kvm: triple fault" 124 'triple fault' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- triple
# In one boot of the lab: those that a hypervisor's own statuses or 7 bits may confound, or all (STATUSES=all).
STATUSES=${STATUSES:-0 1 2 63 64 118 119 120 122 125 126 127 128 129 200 253 254 255}
[ "$STATUSES" != all ] || STATUSES=$(seq -s ' ' 0 255)
statuses() { # LAB PLATFORM…
    local lab=$1 apps=$TMP/apps
    shift
    mkdir -p "$apps" && cp "$B/tests/guest/fault.elf" "$apps" || return
    LIMPET_APPS=$apps "$B/limpet" lab exec "$lab" -- "bad=0
        for p in $*; do for s in $STATUSES; do
            got=0; ./limpet run fault -p \$p --mem 64 -- \$s > /dev/null 2> /tmp/said || got=\$?
            [ \$got = \$s ] || { echo \"\$p: status \$s came out as \$got\"; cat /tmp/said; bad=1; }
        done; done; exit \$bad"
}
check "kvm and vmm: statuses" statuses kvm kvm vmm
head -c 1000000 /dev/urandom > "$TMP/bytes"
# shellcheck disable=SC2094 # nothing is written
echoed() { # PLATFORM OPTION…: there and back through the lab, to the input's end
    "$B/limpet" run "$B/tests/guest/echo.elf" -p "$@" < "$TMP/bytes" | cmp - "$TMP/bytes"
}
check "kvm: a stream of 1 MB through the lab" echoed kvm
# shellcheck disable=SC2016 # the lab's variables
streams() { # limpet-vmm's; a serial port's; the dates; and what a console takes in a second
    mkdir -p "$TMP/apps" && cp "$B/tests/guest/echo.elf" "$TMP/apps" &&
        LIMPET_APPS=$TMP/apps "$B/limpet" lab exec kvm -- 'set -e
            head -c 300000 /dev/urandom > /tmp/bytes
            ./limpet run echo -p vmm < /tmp/bytes | cmp - /tmp/bytes
            head -c 3000 /tmp/bytes > /tmp/few
            ./limpet run echo -p kvm --machine microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off < /tmp/few | cmp - /tmp/few
            for p in kvm vmm; do
                guest=$(./limpet run echo -p $p -- date)
                echo "$p: guest $guest, host $(date +%s)"
                [ $(($(date +%s) - guest)) -ge -1 ] && [ $(($(date +%s) - guest)) -lt 60 ]
            done
            ./limpet run echo -p kvm -v -- 5000000 2>&1 > /tmp/out | sed -n "s/.*first byte \\([0-9]*\\).* last line \\([0-9]*\\).*/\\1 \\2/p" > /tmp/ms
            read first last < /tmp/ms
            echo "5 MB in $((last - first)) ms"
            [ $((last - first)) -lt 50000 ]'
}
check "kvm and vmm: streams, dates, the console's rate" streams
guest_checks "kvm: memory:" "$B/limpet" run "$B/tests/guest/memory.elf" -p kvm --timeout 300
guest_checks "kvm: threads:" "$B/limpet" run "$B/tests/guest/threads.elf" -p kvm --timeout 300 \
    -e CONTENTION_SECONDS=2
guest_checks "kvm: sync:" "$B/limpet" run "$B/tests/guest/sync.elf" -p kvm --timeout 300
echo "brought along" > "$TMP/module.txt"
guest_checks "kvm: system:" "$B/limpet" run "$B/tests/guest/system.elf" -p kvm --timeout 300 \
    --module "$TMP/module.txt"
check "bench: all suites on qemu and kvm" "$B/limpet" bench -p qemu,kvm --exits -o "$TMP/result.json"
filled() { # every cell of the classic tables, and every distribution, on both platforms
    jq -e '
        (["qemu", "kvm"] - [.runs[].platform | select(. != null)] == []) and (.skipped | length == 0)
        and ([.rows[] | select(.suite == "basic") | .stats | [.min, .p50, .max, .mean, .coverage] | all(. != null)] | all)
        and ([.rows[] | select(.suite == "stream")] | length == 8)
        and ([.rows[] | select(.suite == "basic")] | length == 30)' "$TMP/result.json"
}
check "bench: every cell is filled" filled
ratios kvm
for row in "getpid 1.5" "sched_yield 10" "malloc(1 MiB) 20" "thread switch 40"; do
    check "kvm ratio: ${row% *} ≤ ${row##* } × an empty call" ratio "${row% *}" "${row##* }" kvm
done
counted() { # every row, and what is known of it: getpid() asks the host for nothing, the host backs memory once
    jq -e '
        [.rows[] | select(.platform == "kvm" and .suite == "basic")] as $rows
        | ($rows | map({key: .name, value: .exits.reasons}) | from_entries) as $of
        | ($of | debug | length == 15) and ($rows | all(.exits.total != null))
        and ($of.getpid | [.io, .cpuid, .msr, .npf, .hypercall] | all(. == null))
        and $of["fault 4 KiB fresh"].npf > 0 and ($of["fault 4 KiB"].npf // 0) < $of["fault 4 KiB fresh"].npf
        and $of["first page access"].npf > 100 and ($of["second touch"].npf // 0) < 10' "$TMP/result.json"
}
check "exits: the rows of basic on KVM" counted
no_exits() {
    jq -e '[.rows[] | select(.platform == "qemu" and .suite != "stream") | .no_exits | select(. != null)]
           | length == 16 and all(. == "plain QEMU has none")' "$TMP/result.json"
}
check "exits: none on plain QEMU, and why" no_exits
# own_exits FILE: a boot's exits to main of the guest's own making. After main io depends on how many
# digits its numbers have, msr on the timer.
own_exits() {
    jq -c '.rows[] | select(.platform == "kvm" and .name == "VM exits to main")
        | [.name, (.exits.reasons | .cpuid, .msr, .write_cr0, .write_cr4, .io)]' "$1"
}
same_exits() {
    "$B/limpet" bench boot -p kvm -n 1 --exits -o "$TMP/again.json" || return
    own_exits "$TMP/result.json"
    own_exits "$TMP/again.json" | grep '"VM exits to main",[0-9]' || return
    [ "$(own_exits "$TMP/result.json")" = "$(own_exits "$TMP/again.json")" ]
}
check "exits: of two boots, the guest's own are the same" same_exits
parts() { # many runs: the lab is booted anew for each part
    "$B/limpet" bench boot -p kvm -n 12 -o "$TMP/parts.json" > "$TMP/tables" &&
        jq -e 'all(.rows[]; .parts == [4, 4, 4]) and .runs[0].count == 12 and .skipped == []' "$TMP/parts.json"
}
check "bench: many runs, in three boots of the lab" parts
# A machine that sleeps is woken (wake() in lab_job.c): its console interrupts, though nobody reads it.
# shellcheck disable=SC2016 # the lab's variables
woken() {
    "$B/limpet" lab exec kvm -- '[ "$LIMPET_EMULATED" ] || exit 0
        count() { awk "/virtio2-virtqueues/ { print \$2 }" /proc/interrupts; }
        before=$(count); sleep 10; after=$(count)
        echo "console: $before interrupts, 10 s later $after"; [ $((after - before)) -ge 3 ]'
}
check "lab: a sleeping machine is woken" woken
joined() { # host and guest stamps on one line
    jq -e '[.rows[] | select(.platform == "kvm" and .name == "unpause, error") | .value] | length == 1 and .[0] < 1000' "$TMP/again.json"
}
check "kvm: the guest's clock is joined with the host's" joined
# Debian's kernel, which the lab has, timed by limpet boot.
mkdir "$TMP/boot" && cp "$B/lab/image/vmlinuz" "$TMP/boot/vmlinuz-6" && cp "$B/lab/image/initrd.cpio" "$TMP/boot/initrd.img-6"
expect "boot: Linux with the initrd beside it" 0 'using the initrd .*/initrd\.img-6' \
    "$B/limpet" boot --kernel "$TMP/boot/vmlinuz-6" -p qemu -n 1 --until "Run /init" -o "$TMP/kernel.json"
# shellcheck disable=SC2016 # $r is jq's
expect "boot: its rows" 0 '^start to "Run /init" vmlinuz-6 true$' \
    jq -r '. as $r | .rows[] | "\(.name) \($r.runs[.run].image) \(.value > 100)"' "$TMP/kernel.json"
rm "$TMP/boot/initrd.img-6"
expect "boot: Linux with a minimal initrd, which powers off" 0 '^vmlinuz-6 +"reboot: Power down" +1 ' \
    "$B/limpet" boot --kernel "$TMP/boot/vmlinuz-6" -p qemu -n 1 --until "reboot: Power down"
