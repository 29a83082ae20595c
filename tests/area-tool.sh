# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The host tool: its commands, its words, its result files.
expect "platforms" 0 '^kvm ' "$B/limpet" platforms
check "platforms --json is JSON" bash -c "$B/limpet platforms --json | jq ."
expect "run: arguments" 0 '^argument 2: b c "d\\$' "$B/limpet" run hello -p qemu -- a "b c \"d\\"
expect "run: arguments like options" 0 '^argument 1: limpet.x$' "$B/limpet" run hello -p qemu -- limpet.x
expect "hello --all: stdio, heap, file, thread" 0 'hello, says the thread' "$B/limpet" run hello -p qemu -- --all
cat > "$TMP/cat.c" << 'END'
#include <stdio.h>
int main(void)
{
    char line[100];
    while (fgets(line, sizeof line, stdin) != NULL)
        printf("read %s", line);
    return feof(stdin) ? 9 : 1;
}
END
check "run: a program that reads" "$B/limpet-cc" -O2 "$TMP/cat.c" -o "$TMP/cat.elf"
piped() { printf 'one\ntwo\nthree' | "$B/limpet" run "$TMP/cat.elf" -p qemu --timeout 10; }
expect "run: standard input, to its end" 9 '^read three' piped
expect "run: its first byte too" 9 '^read one' piped
"$B/limpet-cc" -O2 tests/guest/echo.c -o "$TMP/echo.elf"
head -c 300000 /dev/urandom > "$TMP/bytes" # with all that a terminal would take: EOT, CR, NUL
echoed() { "$B/limpet" run "$TMP/echo.elf" -p qemu "$@" < "$TMP/bytes" | cmp - "$TMP/bytes"; }
check "run: a stream of any bytes, to its end and back" echoed
for machine in pc q35; do check "run: a stream on $machine" echoed --machine $machine; done
nothing() { [ -z "$("$B/limpet" run "$TMP/echo.elf" -p qemu < /dev/null)" ]; }
check "run: an input that is over at once" nothing
left_open() { # a last line without its newline, and one that looks like the kernel's
    [ "$("$B/limpet" run "$TMP/echo.elf" -p qemu -- 65537 | tail -c 2 | od -An -tu1 | xargs)" = "254 0" ] &&
        [ "$(printf 'x\r\n' | "$B/limpet" run "$TMP/echo.elf" -p qemu | od -An -c | tr -d ' ')" = 'x\r\n' ]
}
check "run: standard output is exact" left_open
terminals() { # WANT [OPTION…]
    local want=$1 got
    shift
    got=$("$B/limpet" run "$TMP/echo.elf" -p qemu "$@" -- tty < /dev/null) && [ "$got" = "$want" ]
}
on_terminal() { # COMMAND: on a terminal of its own
    script -qec "$1" /dev/null < /dev/null
}
isatty_is_true() {
    terminals 000 && terminals 111 --tty both && terminals 011 --tty out && terminals 100 --tty in &&
        on_terminal "$B/limpet run $TMP/echo.elf -p qemu -- tty" | grep -q '^111'
}
check "run: isatty tells what our streams are" isatty_is_true
expect "run: --tty of something else" 2 'none, in, out or both' "$B/limpet" run hello --tty maybe
dated() { # OPTION…: to some seconds, as a busy machine takes
    local guest
    guest=$("$B/limpet" run "$TMP/echo.elf" -p qemu "$@" -- date) || return
    echo "guest $guest, host $(date +%s)"
    [ $(($(date +%s) - guest)) -ge -1 ] && [ $(($(date +%s) - guest)) -lt 60 ]
}
for machine in microvm pc q35; do check "run: the date on $machine" dated --machine $machine; done
check "run: the date on the default machine, which has no clock" dated
undated() { # by hand, where nothing tells it: said, not made up
    timeout 60 qemu-system-x86_64 -M microvm,rtc=off -m 64 -display none -serial stdio -no-reboot -monitor none \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$TMP/echo.elf" -append "$1 -- date" < /dev/null
}
expect "kernel: no clock tells the date" 1 'no clock tells the date' undated ""
far_date() { # of which the year alone would be 1971
    timeout 60 qemu-system-x86_64 -M "$1" -m 64 -display none -serial stdio -no-reboot -monitor none -rtc base=2071-02-03T04:05:06 \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$TMP/echo.elf" -append "-- date" < /dev/null
}
for machine in microvm pc q35; do expect "kernel: the year 2071 on $machine" 1 '^319016[0-9]{4}' far_date $machine; done
expect "kernel: the date as told" 1 '^4200000000' undated limpet.time=4200000000.5
expect "run: environment" 0 '^environment: X=1 2$' "$B/limpet" run hello -p qemu -e 'X=1 2'
expect "run: another machine" 0 'Hello' "$B/limpet" run hello -p qemu --machine q35
expect "run: verbose shows the last line" 0 'LIMPET: exit 0' "$B/limpet" run hello -p qemu -v
expect "help" 0 'limpet run hello' "$B/limpet" help run
expect "wrong: command" 2 'unknown command' "$B/limpet" nonsense
expect "wrong: option" 2 'nonsense' "$B/limpet" run hello --nonsense
expect "wrong: platform" 2 'nonsense' "$B/limpet" run hello -p nonsense
expect "wrong: suite" 2 'nonsense' "$B/limpet" bench nonsense
# shellcheck disable=SC2016 # the script's variable
printf '#!/bin/sh\necho "locale ${LC_ALL-none}" >&2\nexit 1\n' > "$TMP/build.sh"
chmod +x "$TMP/build.sh"
alien() { env -u LC_ALL LANG=C "$@"; }
expect "locale: QEMU's is ours" 121 'locale C\.UTF-8' alien "$B/limpet" run hello -p qemu --qemu "$TMP/build.sh"
expect "locale: the lab's build's too" 125 'locale C\.UTF-8' alien env LIMPET_LAB_DIR="$TMP" "$B/limpet" lab build
expect "wrong: QEMU that is none" 121 'QEMU' "$B/limpet" run hello -p qemu --qemu /no/such/qemu
shell_of_a_pipe() { "$B/limpet" lab shell xen < /dev/null; }
expect "wrong: lab shell without a terminal" 2 'lab exec xen' shell_of_a_pipe
expect "bench: basic and boot" 0 'system call \(getpid\)' \
    "$B/limpet" bench basic boot -p qemu -n 3 -o "$TMP/result.json"
check "bench: the result is JSON" jq . "$TMP/result.json"
cp "$TMP/result.json" "$TMP/before.json" 2> /dev/null
echo "no image" > "$TMP/basic.elf"
failing_bench() { ! LIMPET_APPS="$TMP" "$B/limpet" bench basic -p qemu -o "$TMP/result.json"; }
check "bench: a failed run leaves the file alone" failing_bench
check "bench: the file is unchanged" cmp "$TMP/result.json" "$TMP/before.json"
expect "stream validates" 0 'Solution Validates' "$B/limpet" run stream -p qemu --mem 256 -- -n 1000000 -r 3
expect "stream: takes what fits" 0 'do not fit in memory: using' "$B/limpet" run stream -p qemu --mem 64 -- -r 2
expect "stream: wrong use" 2 'usage' "$B/limpet" run stream -p qemu -- -n 5

ratios qemu
for row in "getpid 1.5" "sched_yield 10" "malloc(1 MiB) 20" "thread switch 40"; do
    check "ratio: ${row% *} ≤ ${row##* } × an empty call" ratio "${row% *}" "${row##* }" qemu
done

# Any kernel, timed: ours as if it were not (area lab has a Linux).
boot_hello() { "$B/limpet" boot --kernel "$B/apps/hello.elf" -p qemu -n 1 "$@"; }
expect "boot: a kernel to a line" 0 '^hello\.elf +"argument 1: x" +1 ' boot_hello --append "-- x" --until "argument 1: x"
expect "boot: beside hello on its machine" 0 '^hello, same machine +"Hello from Limpet!" +1 .* 1$' boot_hello --until Hello
expect "boot: to the first byte" 0 '^hello\.elf +first byte +1 ' boot_hello
expect "boot: a text that is never seen" 1 '"nonsense" was never seen: it ended with status 0' boot_hello --until nonsense
expect "boot: what was seen instead" 1 '^Hello from Limpet!' boot_hello --until nonsense
expect "boot: a machine that is none" 121 'QEMU could not start' boot_hello --machine nonsense
hanging_boot() { "$B/limpet" boot --kernel "$TMP/hang.elf" -p qemu -n 1 --until x --timeout 2; }
if ! cc -nostdlib -static -no-pie -Wl,-Ttext=0x100000 -Wl,--build-id=none -o "$TMP/hang.elf" -x assembler - << 'END'
.section .note, "a"
.long 4, 4, 18
.asciz "Xen"
.long start
.text
.code32
.globl _start
_start:
start: jmp start
END
then fail "boot: a kernel that hangs cannot be built"; fi
expect "boot: a kernel that hangs" 122 'was never seen: the guest did not end in time' hanging_boot
expect "boot: nothing on its console" 122 'its console said nothing' hanging_boot
expect "boot: no kernel" 2 'boot what' "$B/limpet" boot --until x
expect "boot: not this kernel" 120 'no/such' "$B/limpet" boot --kernel no/such -p qemu
expect "boot: not this initrd" 120 'no/such' boot_hello --initrd no/such
expect "boot: not on Xen" 2 'qemu and kvm only' "$B/limpet" boot --kernel "$B/apps/hello.elf" -p xen-pvh
