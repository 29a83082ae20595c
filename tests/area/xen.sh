# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same images on real Xen: natively where this is a domain 0, else in the lab.
check "lab: builds" "$B/limpet" lab build xen
for p in xen-pvh xen-hvm; do
    long=$(printf %03985d 1) # as long as it may be: 4000 bytes with the rest, which is quoted, and "-- "
    expect "$p: hello with arguments" 0 '^argument 2: b "c\\$' "$B/limpet" run hello -p $p -- a "b \"c\\" "$long"
    also "$p: the longest arguments arrive" "^argument 3: $long\$"
done
expect "xen-hvm-disk: hello with arguments" 0 '^argument 2: b "c\\$' "$B/limpet" run hello -p xen-hvm-disk -- a "b \"c\\"
expect "xen-pvh: status 3" 3 'ending by three' "$B/limpet" run "$B/tests/guest/fault.elf" -p xen-pvh -- three

# A lab that stays open: jobs one after the other, with input, status and files of their own, without a boot for each.
jobs_in_one_lab() {
    # shellcheck disable=SC2016 # the inner shell's
    "$B/limpet" lab open xen -- sh -c '
        echo "first in" | "$1/limpet" exec -p xen-pvh --lab "$1/tests/guest/echo.elf" || exit 1
        "$1/limpet" exec -p xen-pvh --lab "$1/tests/guest/fault.elf" three && exit 1
        [ $? = 3 ] && "$1/limpet" lab exec xen -- "[ -e cmd ] && [ ! -e opened ] && uptime" && exit 7' - "$B" 2>&1
}
expect "lab open: jobs in one boot" 7 '^first in' jobs_in_one_lab
also "lab open: a status" 'ending by three'
expect "lab open: a command that is not there" 127 'no-such-command' "$B/limpet" lab open xen -- ./no-such-command
expect "lab open: a lab that has ended" 125 'was open' env LIMPET_LAB_OPEN=xen:/no/folder "$B/limpet" exec -p xen-pvh --lab "$B/apps/hello.elf"

# The rest in one boot of the lab.
gcc -O2 -static -Wall -Wextra -Werror tests/lab/vectors.c -o "$TMP/vectors.elf"
"$B/limpet-cc" --profile -O2 tests/guest/sync.c -o "$TMP/sampled.elf"
in_one_boot() {
    session xen 1500 << 'END'
echo 'brought along' > /tmp/module.txt
head -c 100000 /dev/urandom > /tmp/bytes
bytes() { ./limpet run echo -p $1 --timeout 300 < /tmp/bytes | cmp - /tmp/bytes; }
date_is_ours() {
    guest=$(./limpet run echo -p $1 -- date)
    echo "guest $guest, host $(date +%s)"
    [ $(($(date +%s) - guest)) -ge -1 ] && [ $(($(date +%s) - guest)) -lt 60 ]
}
statuses() {
    bad=0
    for s in 127 128 253 254 255; do
        got=0
        ./limpet run fault -p $1 --mem 64 -- $s > /dev/null 2>&1 || got=$?
        [ $got = $s ] || { echo "status $s came out as $got"; bad=1; }
    done
    return $bad
}
for p in xen-pvh xen-hvm; do
    for how in three null stack triple; do run $p fault $how; done
    for app in sync memory; do run $p $app; done
    options='-e CONTENTION_SECONDS=2' run $p threads
    for n in 2 8; do smp $p $n; done
    smp $p 3 write
    smp $p 2 "naps naps naps naps"
    part "$p bytes" bytes $p
    part "$p date" date_is_ours $p
    part "$p statuses" statuses $p
done
options='--module /tmp/module.txt' run xen-pvh system
run xen-hvm system
for p in xen-pvh xen-hvm; do options='-k profile=997' run $p sampled; done
for p in xen-pvh xen-hvm xen-hvm-disk; do run $p basic; done
vectors() {
    apps/vectors.elf 15 & looker=$!
    while kill -0 $looker 2> /dev/null; do ./limpet run stream -p xen-pvh --timeout 300 -- -n 2000000 -r 2; done > /tmp/streams
    wait $looker
}
part vectors vectors
while sleep 4; do xl shutdown -a > /dev/null; done & asker=$!
run xen-pvh sleeper
kill $asker
END
}
check "lab: a session of many domains" in_one_boot
for p in xen-pvh xen-hvm; do
    check "$p: poweroff, and the status in xenstore" ended xen "$p fault three" 3 'reason poweroff; data/limpet/status 3'
    check "$p: a panic is a crash" ended xen "$p fault null" 123 'null pointer: write at 0x0' ' main\+0x' 'reason crash'
    check "$p: stack overflow" ended xen "$p fault stack" 123 'stack overflow'
    check "$p: triple fault" ended xen "$p fault triple" 124 'triple fault'
    for app in sync memory threads system; do
        guest_checks "$p: $app:" ended xen "$p $app " 0
    done
done
for p in xen-pvh xen-hvm; do check "$p: samples" ended xen "$p sampled " 0 '^LIMPET: profile end [1-9]'; done
for p in xen-pvh xen-hvm xen-hvm-disk; do check "$p: basic" ended xen "$p basic " 0 getpid; done
for p in xen-pvh xen-hvm; do
    for what in bytes date statuses; do check "$p: $what" ended xen "$p $what" 0; done
done
for p in xen-pvh xen-hvm; do
    for n in 2 8; do guest_checks "$p, $n CPUs:" ended xen "$p smp $n " 0; done
    check "$p: an event is delivered once" ended xen "$p smp 2 naps naps naps naps" 0 '^PASS naps'
    check "$p: a bad write with other CPUs at work" ended xen "$p smp 3 write" 5 '^a bad write is refused'
done
check "lab: domain 0's vector registers are its own" ended xen vectors 0 ' 0 wrong'
check "xl shutdown: as SIGTERM" ended xen "xen-pvh sleeper " 143 sleeping
all_suites() { "$B/limpet" bench -p xen-pvh,xen-hvm,xen-hvm-disk --exits -o "$TMP/xen.json" > "$TMP/tables"; }
check "bench: all suites on Xen" all_suites
filled_on_xen() { # every cell of the classic tables
    jq -e '
        (["xen-pvh", "xen-hvm", "xen-hvm-disk"] - [.runs[].platform | select(. != null)] == []) and (.skipped | length == 0)
        and ([.rows[] | select(.suite == "basic") | .stats | [.min, .p50, .max, .mean, .coverage] | all(. != null)] | all)
        and ([.rows[] | select(.name == "memory of the domain") | .value] | length == 3 and all(. > 510 and . < 514))
        and ([.rows[] | select(.suite == "stream")] | length == 8)
        and ([.rows[] | select(.suite == "basic")] | length == 30)' "$TMP/xen.json"
}
check "bench: every cell is filled on Xen" filled_on_xen
to_main() { # PLATFORM FILE: median µs from unpause to main(), of the file's last result
    tail -n 1 "$2" | jq --arg p "$1" '.rows[] | select(.platform == $p and .name == "unpause to main") | .stats.p50'
}
hvm_is_near_pvh() { # a busy machine may spoil a round
    local hvm pvh round
    for round in 1 2 3; do
        [ $round = 1 ] || "$B/limpet" bench boot -p xen-pvh,xen-hvm -n 10 -o "$TMP/xen.json" > "$TMP/tables"
        hvm=$(to_main xen-hvm "$TMP/xen.json") pvh=$(to_main xen-pvh "$TMP/xen.json")
        echo "unpause to main, median: xen-hvm $hvm µs, xen-pvh $pvh µs"
        if [ -n "$hvm" ] && awk "BEGIN { exit !($hvm <= 1.5 * $pvh) }"; then return 0; fi
    done
    return 1
}
explained() { # in every boot, the named stages against the whole
    jq -e '
        [.rows[] | select(.platform == "xen-hvm-disk" and .suite == "boot")] as $rows
        | ($rows[] | select(.name == "unpause to main") | .samples) as $whole
        | [range($whole | length) as $i | ([$rows[] | select(.stage and (.name | IN("to created", "to start", "to first byte", "to last line", "to end") | not))
                | .samples[$i]] | add) / $whole[$i]]
        | debug | length > 0 and all(. >= 0.95 and . <= 1.05)' "$TMP/xen.json"
}
check "goal: ≥ 95 % of a boot from disk is explained" explained
cp "$TMP/xen.json" "$TMP/first.json"
check "goal: xen-hvm boots within 1.5 × xen-pvh" hvm_is_near_pvh
again() { # the third boot of the lab today or so: the same counts and cells
    "$B/limpet" bench basic boot -p xen-pvh -n 2 --exits -o "$TMP/again.json" > "$TMP/tables" || return
    jq -e --slurpfile first "$TMP/first.json" '
        def names: [.rows[] | select(.platform == "xen-pvh" and .suite != "stream") | .name] | sort;
        names == ($first[0] | names)' "$TMP/again.json"
}
check "lab: another boot gives the same rows" again
counted_on_xen() { # every row, and of a boot what the guest itself makes, twice the same
    jq -e --slurpfile first "$TMP/first.json" '
        def own: [.rows[] | select(.platform == "xen-pvh" and .name == "VM exits to main")
                 | [.name, (.exits.reasons | .cpuid, .msr, .write_cr0, .write_cr4)]] | debug;
        ([.rows[], $first[0].rows[] | select(.suite == "basic") | .exits.total] | all(. != null))
        and (own | length == 1) and own == ($first[0] | own)' "$TMP/again.json"
}
check "exits: the rows on Xen, and the guest's own twice the same" counted_on_xen
cpuids() { # to main as docs/cost.md counts them in another way; the lab's guests have no XSAVE to ask of
    local all has
    all=$(awk -F'|' '/^\| hello, Xen PVH/ { print $8 + 0 }' docs/cost.md)
    has=$(jq '.rows[] | select(.platform == "xen-pvh" and .name == "VM exits to main") | .exits.reasons.cpuid' "$TMP/again.json")
    jq -e '[.runs[] | .emulated] | all' "$TMP/again.json" && all=$((all - 1))
    echo "$has CPUID exits, $all expected"
    [ "$has" = "$all" ]
}
check "exits: CPUID to main as in docs/cost.md" cpuids
