# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same images under real KVM: natively where the machine has it, else in the lab.
check "lab: builds" "$B/limpet" lab build kvm
expect "kvm: hello with arguments" 0 '^argument 2: b c$' "$B/limpet" run hello -p kvm -- a "b c"
expect "kvm: status 3" 3 'ending by three' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- three
expect "kvm: panic" 123 'null pointer' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- null
expect "kvm: stack overflow" 123 'stack overflow' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- stack
expect "kvm: triple fault" 124 'triple fault' "$B/limpet" run "$B/tests/guest/fault.elf" -p kvm -- triple
guest_checks "kvm: memory:" "$B/limpet" run "$B/tests/guest/memory.elf" -p kvm --timeout 300
guest_checks "kvm: threads:" "$B/limpet" run "$B/tests/guest/threads.elf" -p kvm --timeout 300 \
    -e CONTENTION_SECONDS=2
guest_checks "kvm: sync:" "$B/limpet" run "$B/tests/guest/sync.elf" -p kvm --timeout 300
echo "brought along" > "$TMP/module.txt"
guest_checks "kvm: system:" "$B/limpet" run "$B/tests/guest/system.elf" -p kvm --timeout 300 \
    --module "$TMP/module.txt"
check "bench: all suites on qemu and kvm" "$B/limpet" bench -p qemu,kvm -n 5 -o "$TMP/result.json"
filled() { # every cell of the classic tables, and every distribution, on both platforms
    jq -e '
        (["qemu", "kvm"] - [.runs[].platform | select(. != null)] == []) and (.skipped | length == 0)
        and ([.rows[] | select(.suite == "basic") | .stats | [.min, .p50, .p95, .p99, .max] | all(. != null)] | all)
        and ([.rows[] | select(.suite == "stream")] | length == 8)
        and ([.rows[] | select(.suite == "basic")] | length == 28)' "$TMP/result.json"
}
check "bench: every cell is filled" filled
for row in "getpid 1.5" "sched_yield 10" "malloc(1 MiB) 20" "thread switch 40"; do
    check "kvm ratio: ${row% *} ≤ ${row##* } × an empty call" ratio "${row% *}" "${row##* }" kvm
done
