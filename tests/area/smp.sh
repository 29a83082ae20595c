# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Several CPUs: the checks that run inside, on every machine (areas lab and xen: on hypervisors); what they cost
# those that do not use them. $STRESS_SECONDS: of each stress (1); $STORM_SECONDS: of each storm (2).
stress=${STRESS_SECONDS:-1}
smp() { "$B/limpet" run "$B/tests/guest/$1.elf" -p qemu --timeout 600 -e STRESS_SECONDS="$stress" -e CONTENTION_SECONDS=2 "${@:2}"; }

for n in 1 2 8; do guest_checks "$n CPUs:" smp smp --smp "$n"; done
for n in 1 4 8; do guest_checks "create, $n CPUs:" smp create --smp "$n"; done
guest_checks "pipes, 4 CPUs:" smp pipes --smp 4
for machine in q35 pc microvm; do # which tell the CPUs by ACPI
    guest_checks "$machine:" smp smp --smp 3 --machine $machine -- pinning all_at_once clocks_agree
done
stress=30 guest_checks "64 CPUs:" smp smp --smp 64 --mem 1024 -- all_at_once
for app in signals threads sync inversion memory heap; do guest_checks "$app with 4 CPUs:" smp $app --smp 4; done
storm=${STORM_SECONDS:-2}
for n in 1 4 8; do
    guest_checks "storm, $n CPUs:" "$B/limpet" run "$B/tests/guest/storm.elf" -p qemu --smp $n --timeout $((storm + 120)) \
        -e STORM_SECONDS="$storm"
done
expect "more CPUs than there can be" 0 '64 CPUs' smp smp --smp 80 --machine q35 --mem 1024 -- pinning
expect "a panic with other CPUs at work" 123 'null pointer: write at 0x0' smp smp --smp 4 -- panic
expect "a bad write with other CPUs at work" 5 '^a bad write is refused' smp smp --smp 4 -- write
last_line() { # of its standard output
    local status=0
    smp smp -v --smp 4 -- exit > "$TMP/exit" 2> /dev/null || status=$?
    tail -n 1 "$TMP/exit"
    return $status
}
expect "an exit with other CPUs at work: nothing is said behind its line" 5 '^LIMPET: exit 5$' last_line
expect "basic: rows for several CPUs" 0 '^contended lock' "$B/limpet" run basic -p qemu --smp 2 -- \
    "IPI round trip" "IPI to an idle CPU" "cross-CPU wake-up" "contended lock" "thread switch"
expect "basic: none of them with one" 2 'no row contended lock' "$B/limpet" run basic -p qemu -- "contended lock"
expect "stream: two threads" 0 'Solution Validates' "$B/limpet" run stream -p qemu --smp 2 -- -n 100001 -r 3 -t 2
expect "stream: more threads than CPUs" 0 'each on any CPU' "$B/limpet" run stream -p qemu --smp 2 -- -n 100000 -r 2 -t 5

# CPUs that an app does not use cost it nothing.
unused() {
    local n
    for n in 1 8; do
        tools/cost/cost.sh -v -s $n "$B/cost/plugin.so" "$B/apps/hello.elf" 2>&1 > "$TMP/row" |
            sed -n 's/^hello: main.insns //p' > "$TMP/insns.$n"
    done
    [ -s "$TMP/insns.1" ] && [ -s "$TMP/insns.8" ] || return
    echo "instructions to main: $(cat "$TMP/insns.1") with one CPU, $(cat "$TMP/insns.8") with eight"
    [ "$(cat "$TMP/insns.8")" -le $(($(cat "$TMP/insns.1") * 110 / 100)) ]
}
check "goal: eight CPUs cost hello's boot under 10 %" unused
