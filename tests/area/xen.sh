# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same images on real Xen: natively where this is a domain 0, else in the lab.
check "lab: builds" "$B/limpet" lab build xen
# Nothing leaks: $SOAK domains in a row. That takes minutes, so in a lab of its own beside what follows.
SOAK=${SOAK:-60}
B=$B tests/lab/soak.sh "$SOAK" > "$TMP/leaks" 2>&1 &
leaks=$!

expect "xen-pvh: hello with arguments" 0 '^argument 2: b "c\\$' "$B/limpet" run hello -p xen-pvh -- a "b \"c\\"
expect "xen-hvm: hello with arguments" 0 '^argument 2: b "c\\$' "$B/limpet" run hello -p xen-hvm -- a "b \"c\\"
expect "xen-hvm-disk: hello with arguments" 0 '^argument 2: b "c\\$' "$B/limpet" run hello -p xen-hvm-disk -- a "b \"c\\"
longest() { # PLATFORM: as long as it may be; 3 bytes go to "-- "
    local word
    word=$(printf %03997d 1)
    [ "$("$B/limpet" run hello -p "$1" -- "$word" | tail -n 1)" = "argument 1: $word" ]
}
for p in xen-pvh xen-hvm; do check "$p: the longest arguments arrive" longest $p; done
expect "xen-pvh: status 3" 3 'ending by three' "$B/limpet" run "$B/tests/guest/fault.elf" -p xen-pvh -- three
expect "xen-hvm: panic, with a backtrace" 123 ' main\+0x' "$B/limpet" run "$B/tests/guest/fault.elf" -p xen-hvm -- divide

# The rest in one boot of the lab. Every run ends with a line "== NAME: STATUS".
mkdir "$TMP/apps"
ln -s "$(realpath "$B")"/apps/* "$(realpath "$B")"/tests/guest/*.elf "$TMP/apps"
gcc -O2 -static -Wall -Wextra -Werror tests/lab/vectors.c -o "$TMP/apps/vectors.elf"
cat > "$TMP/session" << 'END'
run() { # PLATFORM APP [ARGUMENT]; options from $options
    echo "== $1 $2 $3"
    /job/limpet run $2 -v -p $1 --timeout 300 $options -- $3 2>&1
    echo "== $1 $2 $3: $?"
}
echo 'brought along' > /tmp/module.txt
for p in xen-pvh xen-hvm; do
    run $p fault three
    run $p fault null
    run $p fault stack
    run $p fault triple
    for app in sync memory; do run $p $app; done
    options='-e CONTENTION_SECONDS=2' run $p threads
done
options='--module /tmp/module.txt' run xen-pvh system
run xen-hvm system
for p in xen-pvh xen-hvm xen-hvm-disk; do run $p basic; done
head -c 100000 /dev/urandom > /tmp/bytes
for p in xen-pvh xen-hvm; do
    echo "== $p echo"
    ./limpet run echo -p $p --timeout 300 < /tmp/bytes | cmp - /tmp/bytes
    echo "== $p echo: $?"
    echo "== $p date"
    guest=$(./limpet run echo -p $p -- date)
    echo "guest $guest, host $(date +%s)"
    [ $(($(date +%s) - guest)) -ge -1 ] && [ $(($(date +%s) - guest)) -lt 60 ]
    echo "== $p date: $?"
    echo "== $p statuses"
    bad=0
    for s in 127 128 253 254 255; do
        got=0
        ./limpet run fault -p $p --mem 64 -- $s > /dev/null 2>&1 || got=$?
        [ $got = $s ] || { echo "status $s came out as $got"; bad=1; }
    done
    echo "== $p statuses: $bad"
done
echo "== vectors"
apps/vectors.elf 15 & looker=$!
while kill -0 $looker 2> /dev/null; do ./limpet run stream -p xen-pvh --timeout 300 -- -n 2000000 -r 2; done > /tmp/streams
wait $looker
echo "== vectors: $?"
echo "== xl shutdown"
while sleep 4; do xl shutdown -a > /dev/null; done & asker=$!
run xen-pvh sleeper
kill $asker
echo "== end"
END
session() { LIMPET_APPS="$TMP/apps" timeout 1500 "$B/limpet" lab exec xen -- "$(cat "$TMP/session")" > "$TMP/xen" 2>&1; }
check "lab: a session of many domains" session
# ended NAME STATUS PATTERN…: the run ended so, and said all that.
ended() {
    local name=$1 status=$2 pattern
    shift 2
    sed -n "/^== $name\$/,/^== $name: /p" "$TMP/xen" > "$TMP/run"
    cat "$TMP/run"
    grep -qx "== $name: $status" "$TMP/run" || return
    for pattern; do grep -qE -- "$pattern" "$TMP/run" || return; done
}
for p in xen-pvh xen-hvm; do
    check "$p: poweroff, and the status in xenstore" ended "$p fault three" 3 'reason poweroff; data/limpet/status 3'
    check "$p: a panic is a crash" ended "$p fault null" 123 'null pointer: write at 0x0' ' main\+0x' 'reason crash'
    check "$p: stack overflow" ended "$p fault stack" 123 'stack overflow'
    check "$p: triple fault" ended "$p fault triple" 124 'triple fault'
    for app in sync memory threads system; do
        guest_checks "$p: $app:" ended "$p $app " 0
    done
done
for p in xen-pvh xen-hvm xen-hvm-disk; do check "$p: basic" ended "$p basic " 0 getpid; done
for p in xen-pvh xen-hvm; do
    for what in echo date statuses; do check "$p: $what" ended "$p $what" 0; done
done
check "lab: domain 0's vector registers are its own" ended vectors 0 ' 0 wrong'
check "xl shutdown: as SIGTERM" ended "xen-pvh sleeper " 143 sleeping
# A lab in which the toolstack breaks, and limpet is killed. Every run ends with a line "== NAME: STATUS".
cat > "$TMP/breaks" << 'END'
run() { # NAME OPTION…
    name=$1 began=$(cut -d. -f1 /proc/uptime)
    shift
    ./limpet run "$@" > said 2>&1
    status=$?
    echo "== $name"
    cat said
    echo "== $name: $status"
    echo "$name: $(($(cut -d. -f1 /proc/uptime) - began)) s"
}
meanwhile() { # COMMAND: once the guest has said something
    : > said
    (until grep -q ending said; do sleep 0.1; done; eval "$1") &
}
ours() { xl list | awk '/limpet-/ { print $2 }'; }
./limpet run fault -p xen-pvh --mem 32 -- loop > first 2>&1 & killed=$!
until grep -q ending first; do sleep 0.1; done
xl rename $(ours) stranger
kill -9 $killed
meanwhile 'xl rename $(ours) other; xl pause other'
run "clears what is left" fault -p xen-pvh --mem 32 --timeout 8 -- loop
echo "left: $(xl list | grep -c -e stranger -e other) $(xenstore-list /tool | grep -c limpet) $(find /var/log/xen /tmp -name '*limpet*' | wc -l)"
meanwhile 'kill -STOP $(cat /run/xen/xenconsoled.pid)'
run "nobody hears" fault -p xen-pvh --mem 32 --timeout 30 -- nap
run "no console" hello -p xen-pvh --mem 32
kill -CONT $(cat /run/xen/xenconsoled.pid)
meanwhile 'kill -9 $(cat /run/xen/xenstored.pid)'
run "xenstored dies" fault -p xen-pvh --mem 32 --timeout 30 -- nap
run "xenstored is dead" hello -p xen-pvh
./limpet platforms
END
breaks() { LIMPET_APPS="$TMP/apps" timeout 900 "$B/limpet" lab exec xen -- "$(cat "$TMP/breaks")" > "$TMP/xen" 2>&1; }
check "lab: a session with a toolstack that breaks" breaks
check "a killed limpet's domain is ended by the next; a pause is told" ended "clears what is left" 126 'a domain that a killed limpet left behind was ended' 'paused by another hand'
check "nothing of them is left, whatever their names are" grep -x 'left: 0 0 0' "$TMP/xen"
check "xenconsoled stops: the status is xenstore's" ended "nobody hears" 0 'xenconsoled is stopped by a signal .*its status 0 is from xenstore'
check "xenconsoled is stopped: told" ended "no console" 121 'toolstack: xenconsoled is stopped by a signal'
check "xenstored dies: the guest's end is seen" ended "xenstored dies" 0 slept 'xenstored does not answer: domain [0-9]+ was ended in Xen alone'
check "xenstored is dead: told" ended "xenstored is dead" 125 "xen-pvh: Xen's dom0, but xenstored does not run"
check "xenstored is dead: platforms" grep "^xen-pvh  *no .*xenstored does not run" "$TMP/xen"

nothing_left() {
    local status=0
    wait $leaks || status=$?
    cat "$TMP/leaks"
    return $status
}
check "$SOAK domains: nothing is left of them" nothing_left

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
to_main() { # PLATFORM FILE: median µs from unpause to main()
    jq --arg p "$1" '.rows[] | select(.platform == $p and .name == "unpause to main") | .stats.p50' "$2"
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
killed() { # the lab's QEMU dies in the middle: told as such, the old result stands
    cp "$TMP/again.json" "$TMP/kept.json"
    mkdir "$TMP/killed"
    TMPDIR="$TMP/killed" "$B/limpet" bench boot -p xen-pvh -n 50 -o "$TMP/again.json" > "$TMP/console" 2>&1 &
    local tool=$! lab status=0
    for _ in $(seq 240); do
        [ ! -e "$(echo "$TMP"/killed/*/job/started)" ] || break
        sleep 0.5
    done
    sleep 5
    lab=$(pgrep -P $tool qemu-system) && kill -9 "$lab"
    wait $tool || status=$?
    cat "$TMP/console"
    [ $status = 125 ] && grep -q 'lab xen: job: its QEMU was killed by signal 9' "$TMP/console" && cmp "$TMP/kept.json" "$TMP/again.json"
}
check "lab: killed in the middle, nothing is lost" killed
