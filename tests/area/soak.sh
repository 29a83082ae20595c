# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Xen's toolstack: nothing leaks in $SOAK domains in a row (60); it breaks; a lab is killed: long.
check "lab: builds" "$B/limpet" lab build xen
SOAK=${SOAK:-60}
check "$SOAK domains: nothing is left of them" env B="$B" tests/lab/soak.sh "$SOAK"
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
breaks() { session xen 900 < "$TMP/breaks"; }
check "lab: a session with a toolstack that breaks" breaks
check "a killed limpet's domain is ended by the next; a pause is told" ended xen "clears what is left" 126 'a domain that a killed limpet left behind was ended' 'paused by another hand'
check "nothing of them is left, whatever their names are" grep -x 'left: 0 0 0' "$TMP/xen"
check "xenconsoled stops: the status is xenstore's" ended xen "nobody hears" 0 'xenconsoled is stopped by a signal .*its status 0 is from xenstore'
check "xenconsoled is stopped: told" ended xen "no console" 121 'toolstack: xenconsoled is stopped by a signal'
check "xenstored dies: the guest's end is seen" ended xen "xenstored dies" 0 slept 'xenstored does not answer: domain [0-9]+ was ended in Xen alone'
check "xenstored is dead: told" ended xen "xenstored is dead" 125 "xen-pvh: Xen's dom0, but xenstored does not run"
check "xenstored is dead: platforms" grep "^xen-pvh  *no .*xenstored does not run" "$TMP/xen"

killed() { # the lab's QEMU dies in the middle: told as such, the old result stands
    cp tests/data/result.jsonl "$TMP/again.json"
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
    [ $status = 125 ] && grep -q 'lab xen: job: its QEMU was killed by signal 9' "$TMP/console" && cmp tests/data/result.jsonl "$TMP/again.json"
}
check "lab: killed in the middle, nothing is lost" killed
