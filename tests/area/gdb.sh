# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# limpet run --gdb: scripted sessions under QEMU, limpet-vmm and in the lab; a gdb on a terminal; refusals. And a
# panic's backtrace with files and lines.
for words in "-p qemu,vmm" "-p qemu --tap"; do
    # shellcheck disable=SC2086 # words
    expect "gdb: one guest only ($words)" 2 'gdb is for one guest' "$B/limpet" run hello --gdb $words
done
expect "gdb: not on Xen" 2 'gdbsx, is not in Debian' "$B/limpet" run hello --gdb -p xen-pvh
expect "gdb: no such way" 2 '"later" is not wait' "$B/limpet" run hello --gdb=later -p qemu
expect "gdb: no breakpoints in a lab's KVM" 2 'use -p vmm' env LIMPET_LAB_ACCEL=tcg "$B/limpet" run hello --gdb -p kvm --lab
long=$TMP/$(printf 'folder%.0s' {1..20})
mkdir "$long"
expect "gdb: a folder too long for a socket" 2 'set TMPDIR to a shorter' env TMPDIR="$long" "$B/limpet" run hello --gdb -p qemu
expect "gdb: limpet-vmm wants a socket" 2 'is no file descriptor of a socket that listens' "$B/limpet-vmm" --gdb fd:0 "$B/apps/hello.elf"

cat > "$TMP/app.c" << 'END'
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile long turns, stop;
static void *waiter(void *unused)
{
    pthread_mutex_lock(&lock);
    return unused;
}
__attribute__((noinline)) static int middle(int answer)
{
    volatile double half = answer / 2.0;
    printf("half of it is %g\n", half);
    return answer;
}
int main(int argc, char **argv)
{
    pthread_t t;
    while (argc > 1 && !stop)
        if (turns++ == 0)
            puts(argv[1]);
    pthread_mutex_lock(&lock);
    pthread_create(&t, NULL, waiter, NULL);
    usleep(1000); /* the other one comes to its lock */
    int status = middle(42) - 42;
    pthread_mutex_unlock(&lock);
    pthread_join(t, NULL);
    return status;
}
END
check "gdb: an app is built" "$B/limpet-cc" -O1 -g "$TMP/app.c" -lm -o "$TMP/the app.elf"

# session NAME OPTION…: starts the app and has gdb attach itself, by the command that is printed, and do what stands in
# $TMP/commands; prints what both say, and ends as the run does. Once the guest has said $UNTIL, gdb gets a Ctrl-C.
session_of() {
    local name=$1 pid gdb command='' i
    shift
    "$B/limpet" run "${APP:-$TMP/the app.elf}" --gdb=wait --timeout 200 "$@" > "$TMP/$name" 2> "$TMP/$name.err" < /dev/null &
    pid=$!
    for ((i = 0; i < 600; i++)); do
        command=$(grep '^gdb ' "$TMP/$name.err") && break
        kill -0 $pid 2> /dev/null || break
        sleep 0.1
    done
    if [ -n "$command" ]; then
        (eval "exec $command -batch -x $(printf %q "$TMP/commands")") > "$TMP/$name.gdb" 2>&1 < /dev/null &
        gdb=$!
        while [ -n "${UNTIL-}" ] && ! grep -q "$UNTIL" "$TMP/$name" && kill -0 $gdb; do sleep 0.1; done
        [ -z "${UNTIL-}" ] || kill -INT $gdb
        wait $gdb
    fi
    wait $pid
    i=$?
    cat "$TMP/$name" "$TMP/$name.gdb" "$TMP/$name.err"
    return $i
}
in_main() { # NAME OPTION…: the session of a tutorial
    local name=$1
    cat > "$TMP/commands" << 'END'
break main
continue
tbreak 14
continue
print answer
print half
backtrace
limpet-ledger
limpet-threads
next
stepi
continue
END
    expect "gdb: $name: a session, and then status 0" 0 'half of it is 21' session_of "$@"
    also "gdb: $name: stops in main" 'Breakpoint 1, (0x[0-9a-f]+ in )?main'
    also "gdb: $name: a local" '^.1 = 42'
    also "gdb: $name: one in memory of double" '^.2 = 21'
    also "gdb: $name: how it came there" '^#1 .* main '
    also "gdb: $name: the boot's stages" '^main thread +[0-9]+ +[0-9]+'
    also "gdb: $name: the running thread" '^thread 1  running on CPU 0  main'
    also "gdb: $name: one that waits for a lock" '^thread 2  blocked.*  waiter'
    also "gdb: $name: where it waits" '    #.* in waiter '
}
in_main qemu -p qemu
in_main "qemu, two CPUs" -p qemu --smp 2
here=$("$B/limpet" platforms | sed -n 's/^vmm  *//p')
case $here in
native*)
    in_main vmm -p vmm
    in_main "vmm, two CPUs" -p vmm --smp 2
    ;;
*"KVM here interprets"*) # and not all that the app has
    printf '%s\n' 'break main' continue 'print argc' stepi 'hbreak exit' continue continue > "$TMP/commands"
    APP=$B/apps/hello.elf expect "gdb: vmm here: a session, and then status 0" 0 'Hello from Limpet' session_of here -p vmm
    also "gdb: vmm here: stops in main" 'Breakpoint 1, (0x[0-9a-f]+ in )?main'
    also "gdb: vmm here: a local" '^.1 = 1'
    also "gdb: vmm here: a hardware breakpoint" '^Breakpoint 2, .*exit'
    ;;
*) skip "gdb: vmm here" "no KVM here; the lab's comes next" ;;
esac
in_main lab -p vmm --lab --smp 2

stopped() { # NAME OPTION…: by Ctrl-C
    cat > "$TMP/commands" << 'END'
continue
set $before = turns
stepi 20
print turns >= $before
set var stop = 1
continue
END
    UNTIL=around expect "gdb: $1: Ctrl-C, and then status 0" 0 'half of it is 21' session_of "$@" --smp 2 -- around
    also "gdb: $1: stopped by it" 'SIGINT, Interrupt'
    also "gdb: $1: steps" '^.1 = 1'
}
stopped "qemu, looping" -p qemu
stopped "lab, looping" -p vmm --lab

echo kill > "$TMP/commands"
expect "gdb: killed" 126 'the debugger ended the guest' session_of killed -p qemu
echo detach > "$TMP/commands"
expect "gdb: let go" 0 'half of it is 21' session_of "let go" -p qemu

terminal() { # COMMANDS: a gdb on a terminal of ours
    printf '%s\n' "$@" | TERM=dumb timeout 60 script -qec "$B/limpet run $B/apps/hello.elf -p qemu --gdb" /dev/null
}
expect "gdb: on a terminal" 0 'Hello from Limpet' terminal 'break main' continue backtrace continue quit
also "gdb: on a terminal: stopped" 'Breakpoint 1, (0x[0-9a-f]+ in )?main'
no_gdb() {
    local script timeout
    script=$(command -v script) timeout=$(command -v timeout)
    mkdir -p "$TMP/bin"
    ln -sf "$(command -v qemu-system-x86_64)" "$(command -v sh)" "$TMP/bin"
    PATH=$TMP/bin SHELL=/bin/sh "$script" -qec "$timeout -s INT 3 $B/limpet run $B/apps/hello.elf -p qemu --gdb" /dev/null < /dev/null
}
expect "gdb: on a terminal without gdb" 124 'gdb is not installed here' no_gdb

# A panic in a function of libc's, which has no frame, and in a leaf function that qsort() called.
cat > "$TMP/fall.c" << 'END'
#include <stdlib.h>
#include <string.h>
char *volatile nowhere;
static int compare(const void *a, const void *b)
{
    return *nowhere + *(const int *)a - *(const int *)b;
}
int main(int argc, char **argv)
{
    int v[] = {3, 1, 2};
    if (argc > 1)
        qsort(v, 3, sizeof *v, compare);
    strcpy(nowhere, argv[0]);
    return v[0];
}
END
check "backtrace: an app is built" "$B/limpet-cc" -O2 -g "$TMP/fall.c" -o "$TMP/fall.elf"
expect "backtrace: into libc" 123 'the backtrace in the sources' "$B/limpet" run "$TMP/fall.elf" -p qemu
also "backtrace: into libc: the guest's own" '^  [0-9a-f]{16}  main\+0x'
also "backtrace: into libc: function" '^    strcpy$'
also "backtrace: into libc: line" '^    main at .*/fall\.c:13$'
also "backtrace: into libc: the kernel's lines" '^    app_thread at .*kernel/libc/start\.c:[0-9]+$'
expect "backtrace: through libc" 123 '^    qsort$' "$B/limpet" run "$TMP/fall.elf" -p qemu -- sort
also "backtrace: through libc: line" '^    compare at .*/fall\.c:6$'
also "backtrace: through libc: its caller's" '^    main at .*/fall\.c:12$'
bare() { "$B/limpet-cc" -O2 -s "$TMP/fall.c" -o "$TMP/bare.elf" && ! "$B/limpet" run "$TMP/bare.elf" -p qemu 2>&1 | grep 'in the sources'; }
check "backtrace: an image without debug information has none" bare
