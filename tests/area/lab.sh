# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same images under real KVM: natively where the machine has it, else in the lab.
check "lab: builds" "$B/limpet" lab build kvm
expect "kvm: hello with arguments" 0 '^argument 2: b c$' "$B/limpet" run hello -p kvm -- a "b c"
head -c 1000000 /dev/urandom > "$TMP/bytes"
# shellcheck disable=SC2094 # nothing is written
echoed() { # there and back through the lab, to the input's end
    "$B/limpet" run "$B/tests/guest/echo.elf" -p kvm < "$TMP/bytes" | cmp - "$TMP/bytes"
}
check "kvm: a stream of 1 MB through the lab" echoed

# The rest in one boot of the lab. Of the statuses those that a hypervisor's own or 7 bits may confound (area boots has all).
"$B/limpet-cc" --profile -O2 tests/guest/sync.c -o "$TMP/sampled.elf"
in_one_boot() {
    session kvm 1500 << 'END'
for app in three null stack triple; do run kvm fault $app; done
bytes() { # PLATFORM COUNT OPTION…: there and back
    head -c $2 /dev/urandom > /tmp/bytes
    platform=$1
    shift 2
    ./limpet run echo -p $platform "$@" < /tmp/bytes | cmp - /tmp/bytes
}
date_is_ours() { # PLATFORM: between two readings of ours; a machine that stood still meanwhile shows nothing, so three tries
    for try in 1 2 3; do
        before=$(date +%s)
        guest=$(./limpet run echo -p $1 -- date)
        after=$(date +%s)
        echo "guest $guest, host $before to $after"
        [ $guest -lt $((before - 1)) ] || [ $guest -gt $((after + 1)) ] || return 0
    done
    return 1
}
statuses() { # PLATFORM
    bad=0
    for s in 0 1 2 63 64 118 119 120 122 125 126 127 128 129 200 253 254 255; do
        got=0
        ./limpet run fault -p $1 --mem 64 -- $s > /tmp/said 2>&1 || got=$?
        [ $got = $s ] || { echo "status $s came out as $got"; cat /tmp/said; bad=1; }
    done
    return $bad
}
for p in kvm vmm; do
    part "$p statuses" statuses $p
    part "$p date" date_is_ours $p
done
part "vmm bytes" bytes vmm 300000
part "kvm bytes" bytes kvm 3000 --machine microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off
rate() {
    ./limpet run echo -p kvm -v -- 5000000 2>&1 > /tmp/out | sed -n "s/.*first byte \([0-9]*\).* last line \([0-9]*\).*/\1 \2/p" > /tmp/ms
    read first last < /tmp/ms
    echo "5 MB in $((last - first)) ms"
    [ $((last - first)) -lt 50000 ]
}
part "kvm rate" rate
for app in memory sync; do run kvm $app; done
options="-e CONTENTION_SECONDS=2" run kvm threads
for n in 2 8; do smp kvm $n; done
for p in kvm vmm; do smp $p 3 write; done
echo "brought along" > /tmp/module.txt
options="--module /tmp/module.txt" run kvm system
for p in kvm vmm; do options="-k profile=997" run $p sampled; done
# A machine that sleeps is woken (wake() in lab/job.c): its console interrupts, though nobody reads it.
woken() {
    [ "$LIMPET_EMULATED" ] || return 0
    count() { awk '/virtio2-virtqueues/ { print $2 }' /proc/interrupts; }
    for try in $(seq 12); do # nothing here computes for 10 s; the first quiet ones do
        before=$(count)
        sleep 10
        after=$(count)
        echo "console: $before interrupts, 10 s later $after"
        [ $((after - before)) -lt 3 ] || return 0
    done
    return 1
}
part woken woken
END
}
check "lab: a session of many boots" in_one_boot
check "kvm: status 3" ended kvm "kvm fault three" 3 'ending by three'
check "kvm: panic" ended kvm "kvm fault null" 123 'null pointer'
check "kvm: stack overflow" ended kvm "kvm fault stack" 123 'stack overflow'
check "kvm: triple fault" ended kvm "kvm fault triple" 124 'triple fault'
for p in kvm vmm; do
    for what in statuses date bytes; do check "$p: $what" ended kvm "$p $what" 0; done
done
for p in kvm vmm; do check "$p: samples" ended kvm "$p sampled " 0 '^LIMPET: profile end [1-9]'; done
check "kvm: the console's rate" ended kvm "kvm rate" 0
for app in memory threads sync system; do guest_checks "kvm: $app:" ended kvm "kvm $app " 0; done
for n in 2 8; do guest_checks "kvm, $n CPUs:" ended kvm "kvm smp $n " 0; done
for p in kvm vmm; do check "$p: a bad write with other CPUs at work" ended kvm "$p smp 3 write" 5 '^a bad write is refused'; done
check "lab: a sleeping machine is woken" ended kvm woken 0
check "bench: all suites on qemu and kvm" "$B/limpet" bench -p qemu,kvm --exits -o "$TMP/result.json"
filled() { # every cell of the classic tables, and every distribution, on both platforms
    jq -e '
        (["qemu", "kvm"] - [.runs[].platform | select(. != null)] == []) and (.skipped | length == 0)
        and ([.rows[] | select(.suite == "basic") | .stats | [.min, .p50, .max, .mean, .coverage] | all(. != null)] | all)
        and ([.rows[] | select(.suite == "stream")] | length == 8)
        and ([.rows[] | select(.suite == "basic")] | length == 30)' "$TMP/result.json"
}
check "bench: every cell is filled" filled
ratios kvm "$TMP/result.json"
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
