# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Suite micro: its rows, as an image and as a program of this machine, and that each row finds out what does nothing.
check "micro: all rows, once" "$B/limpet" run micro -p qemu -- --once
check "micro: on this machine, once" "$B/limpet" run micro -p host -- --once
check "micro: two CPUs, once" "$B/limpet" run micro -p qemu --smp 2 -- --once "mutex of 2" "pi by 2"

# Every row of the suite's file is a figure, or says why it is none; and those of the app are all in the file.
complete() {
    "$B/limpet" bench micro -p qemu --quick -o "$TMP/micro.json" > "$TMP/micro.text" || return
    jq -r '(.rows[] | .name), (.runs[0].info[] | select(.limpet == "none") | .row)' "$TMP/micro.json" | sort > "$TMP/had"
    sed -nE 's/^    (ROW|SHOWN)\("(.*)"\),$/\2/p' tools/limpet/measure/suite_micro.c | sort | diff - "$TMP/had"
}
check "micro: every row is a figure or says why not" complete

# Each of the rows' calls in turn does nothing.
PLANTED="read write stat fstat close creat unlink select poll sigaction kill raise mprotect munmap mmap pthread_create
    pthread_mutex_lock memcpy memset limpet_turns pthread_testcancel"
plant() {
    local object call words=()
    mkdir -p "$TMP/planted"
    for call in $PLANTED; do words+=(--redefine-sym "$call=planted_$call"); done
    for object in "$B"/obj/apps/micro/*.o; do objcopy "${words[@]}" "$object" "$TMP/planted/${object##*/}" || return; done
    "$B/limpet-cc" -O2 -Wall -Wextra -Werror tests/plant_noop.c "$TMP"/planted/*.o "$B"/obj/apps/lib/*.o -lm -o "$TMP/planted.elf"
}
check "micro: a build with planted calls" plant
planted() { "$B/limpet" run "$TMP/planted.elf" -p qemu -e "NOOP=$1" -- --once "$2" < /dev/null; }
check "micro: nothing planted" planted nothing "signal handle"
while IFS=: read -r call row; do
    expect "micro: $call that does nothing is found by \"$row\"" 1 "^$row is not valid: " planted "$call" "$row"
done << 'END'
read:read 1 B of /dev/zero
stat:stat
fstat:fstat
close:open, close
select:select, 100 files
poll:poll, 10 files
creat:file create, 0 KiB
write:file create, 10 KiB
unlink:file delete, 0 KiB
read:file reread, 64 KiB
sigaction:signal install
kill:signal handle
raise:raise, to the handler
mprotect:protection fault
pthread_testcancel:cancel point
munmap:mmap, munmap
mprotect:mprotect
mmap:page fault, 4 KiB
limpet_turns:context switch, 2p/16K
limpet_turns:ping-pong, semaphores
pthread_create:pthread_create, pthread_join
pthread_mutex_lock:mutex, lock and unlock
memcpy:memcpy, 4 KiB
memset:memset, 1 MiB
END
