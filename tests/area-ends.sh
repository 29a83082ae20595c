# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Every way to end is told apart by message and status, and nothing is left behind.
end() { "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --timeout 5 -- "$1"; }

expect "end: status 3" 3 'ending by three' end three
every_status() { # PLATFORM STATUS…: each arrives as it was
    local platform=$1 status got bad=0
    shift
    for status; do
        got=0
        "$B/limpet" run "$B/tests/guest/fault.elf" -p "$platform" -- "$status" || got=$?
        [ $got = "$status" ] || { echo "status $status came out as $got"; bad=1; }
    done
    return $bad
}
# shellcheck disable=SC2046 # words
check "end: all 256 statuses" every_status qemu $(seq 0 255)
some_statuses() { # on the other machines, which have the same device
    local machine
    for machine in pc q35; do
        "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --machine $machine -- 127 && return 1
        [ $? = 127 ] || return
        "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --machine $machine -- 255 && return 1
        [ $? = 255 ] || return
    done
}
check "end: statuses on pc and q35" some_statuses
expect "end: division by zero" 123 'division by zero' end divide
expect "end: write to address 0" 123 'null pointer: write at 0x0' end null
expect "end: stack overflow" 123 'stack overflow' end stack
expect "end: a thread's stack overflow" 123 'stack overflow.*thread 2' end thread-stack
expect "end: endless loop" 122 'did not end in time' end loop
expect "end: deadlock" 122 'did not end in time' end deadlock
expect "end: triple fault" 124 'triple fault' end triple
expect "end: abort" 123 'signal 6 \(abort\)' end abort
expect "end: wild pointer" 123 'general protection' end wild
expect "end: write to text" 123 'which its protection forbids' end text
expect "end: write to rodata" 123 'which its protection forbids' end rodata
expect "end: heap is not executable" 123 'execution at .*forbids' end execute
expect "end: heap exhausted" 12 'malloc gave NULL' end heap
expect "panic: symbolized backtrace" 123 ' main\+0x' end divide
expect "wrong: not an image" 120 'not an ELF file' "$B/limpet" run /etc/passwd
expect "wrong: an ELF without a door" 120 'no Limpet' "$B/limpet" run "$B/limpet"
expect "wrong: no such app" 120 'no-such-app' "$B/limpet" run no-such-app
expect "wrong: 8 MiB" 2 '8 MiB of memory is too little' "$B/limpet" run hello --mem 8
# The kernel says so too, where the tool did not.
expect "kernel: 8 MiB" 255 'panic: 8 MiB of memory is too little' timeout 20 qemu-system-x86_64 \
    -M microvm -m 8 -display none -serial stdio -no-reboot -monitor none \
    -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$B/apps/hello.elf"

nothing_left() {
    local before after
    before=$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'limpet[-.]*' ! -path "$TMP" | wc -l)
    "$@"
    sleep 0.5
    after=$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'limpet[-.]*' ! -path "$TMP" | wc -l)
    [ "$before" = "$after" ] && ! pgrep -f "limpet-left-$$" > /dev/null
}
interrupted() {
    local status=0
    setsid env --default-signal "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --timeout 30 -e MARK=limpet-left-$$ -- loop \
        > "$TMP/interrupted" 2>&1 &
    local pid=$!
    sleep 1.5
    kill "-$1" $pid
    wait $pid || status=$?
    [ $status = "$2" ]
}
check "SIGINT leaves nothing behind" nothing_left interrupted INT 130
check "SIGTERM leaves nothing behind" nothing_left interrupted TERM 143
