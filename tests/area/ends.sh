# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Every way to end is told apart by message and status, and nothing is left behind.
end() { "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --timeout 5 -- "$1"; }

expect "end: status 3" 3 'ending by three' end three
statuses() { # MACHINE STATUS…: each arrives as it was (area boots has all of them)
    local machine=$1 status got
    shift
    for status; do
        got=0
        "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu --machine "$machine" -- "$status" || got=$?
        [ $got = "$status" ] || return
    done
}
for machine in microvm pc q35; do check "end: statuses on $machine" statuses $machine 127 128 255; done
expect "end: division by zero" 123 'division by zero' end divide
also "panic: symbolized backtrace" ' main\+0x'
expect "end: write to address 0" 123 'null pointer: write at 0x0' end null
expect "end: stack overflow" 123 'stack overflow' end stack
expect "end: a thread's stack overflow" 123 'stack overflow.*thread 2' end thread-stack
for over in vla alloca jump; do
    expect "end: stack overflow, $over" 123 'stack overflow: .*thread 1' end $over
done
expect "end: a thread's stack overflow, alloca" 123 'stack overflow: .*thread 2' end thread-alloca
expect "end: an array on the stack overflown" 123 'stack smashed: smash.* wrote' end smash
for misuse in off-by-one overflow double-free double-free-other double-free-ended double-free-large double-free-lent \
    write-freed free-middle free-middle-large free-wild free-stack; do
    expect "end: heap, $misuse" 123 'heap misuse: block at 0x' end $misuse
done
expect "end: a fault in the report of another" 123 'in the report of another fault: invalid instruction' end no-thread
expect "end: the CPU's own data lost" 123 'breakpoint' end gs
expect "end: a stack pointer to nowhere" 123 'page fault: write at 0x777777776f' end stack-pointer
expect "end: an interrupt without a handler" 123 'vector without a handler' end vector
expect "an unexpected interrupt is told" 4 'unexpected interrupt, vector 40' end unexpected
expect "an image started on Linux says how" 126 'limpet run .*hello.elf' "$B/apps/hello.elf"
for lacks in "max,-nx:NX" "qemu64,-lm:long mode" "max,-sse2:SSE2" "max,-pae:PAE" "qemu32:long mode .*NX"; do
    expect "a CPU: ${lacks%%:*}" 123 "panic: The CPU lacks .*${lacks#*:}" "$B/limpet" run hello -p qemu --cpu "${lacks%%:*}"
done
expect "end: endless loop" 122 'did not end in time' end loop
expect "end: deadlock" 122 'did not end in time' end deadlock
expect "end: triple fault" 124 'triple fault' end triple
expect "end: abort" 123 'signal 6 \(abort\)' end abort
expect "end: SIGTERM" 123 'signal 15 \(SIGTERM\)' end terminated
expect "end: the functions of atexit()" 6 '100 functions behind the last' end handlers
expect "end: wild pointer" 123 'general protection' end wild
expect "end: write to text" 123 'which its protection forbids' end text
expect "end: write to rodata" 123 'which its protection forbids' end rodata
expect "end: heap is not executable" 123 'execution at .*forbids' end execute
expect "end: heap exhausted" 12 'malloc gave NULL' end heap
expect "wrong: not an image" 120 'not an ELF file' "$B/limpet" run /etc/passwd
expect "wrong: an ELF without a door" 120 'no Limpet' "$B/limpet" run "$B/limpet"
expect "wrong: no such app" 120 'no-such-app' "$B/limpet" run no-such-app
expect "wrong: 8 MiB" 2 '8 MiB of memory is too little' "$B/limpet" run hello --mem 8
# The kernel says so too, where the tool did not.
expect "kernel: 8 MiB" 255 'panic: 8 MiB of memory is too little' timeout 20 qemu-system-x86_64 \
    -M microvm -m 8 -display none -serial stdio -no-reboot -monitor none \
    -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$B/apps/hello.elf"

nothing_left() { # in a folder of its own: others use /tmp at the same time
    rm -rf "$TMP/left" && mkdir "$TMP/left"
    TMPDIR="$TMP/left" "$@" || return
    sleep 0.5
    find "$TMP/left" -mindepth 1
    [ -z "$(ls -A "$TMP/left")" ] && ! pgrep -f "limpet-left-$$" > /dev/null
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

# What is known beforehand is refused alike everywhere, before a lab boots.
: > "$TMP/empty"
cp "$B/apps/hello.elf" "$TMP/mine.elf"
for p in qemu xen-hvm; do
    # shellcheck disable=SC2046 # words
    expect "refused on $p: too many arguments" 2 'make 201 words; an image takes 128 at most' "$B/limpet" run hello -p $p -- $(seq 200)
    expect "refused on $p: too long arguments" 2 'make 4103 bytes; an image takes 4000 at most' "$B/limpet" run hello -p $p -- "$(printf %04100d 1)"
done
for p in qemu xen-pvh; do
    expect "refused on $p: an empty module" 120 'empty: it is empty' "$B/limpet" run hello -p $p --module "$TMP/empty"
done
mkdir "$TMP/alone" && cp "$B/limpet" "$TMP/alone" # without the tool that makes an ISO
expect "refused: a disk that is not there" 120 "takes $TMP/mine.iso, which is not there" "$TMP/alone/limpet" run "$TMP/mine.elf" -p xen-hvm-disk
! "$B/limpet" platforms | grep -q '^xen-pvh *lab' ||
    LIMPET_LAB_DIR=tools/lab expect "refused: more memory than the lab has" 2 'mem=3000 is more than the xen lab has' "$B/limpet" run hello -p xen-pvh --mem 3000
longest() { # as long as it may be: 3 bytes go to "-- "
    local word
    word=$(printf %03997d 1)
    [ "$("$B/limpet" run hello -p qemu -- "$word" | tail -n 1)" = "argument 1: $word" ]
}
check "the longest arguments arrive" longest

# Whoever is held up by others is not to blame. held WHOM SECONDS OPTION…: stopped for so long.
held() {
    local whom=$1 seconds=$2 tool qemu status=0
    shift 2
    "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu "$@" > "$TMP/held" 2>&1 &
    tool=$!
    until qemu=$(pgrep -P $tool qemu-system) && [ -s "$TMP/held" ]; do
        kill -0 $tool 2> /dev/null || break # it has failed
        sleep 0.1
    done
    # shellcheck disable=SC2086 # one or two
    case $whom in qemu) kill -STOP $qemu ;; both) kill -STOP $tool $qemu ;; esac
    sleep "$seconds"
    [ "$whom" = qemu ] || kill -CONT $tool "$qemu"
    wait $tool || status=$?
    cat "$TMP/held"
    return $status
}
expect "held: QEMU, by a signal" 126 'its VMM was stopped by a signal' held qemu 0 --timeout 6 -- loop
expect "held: all of us, which the guest is not blamed for" 0 'slept' held both 7 --timeout 6 -- nap
