# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The host tool: its commands, its words, its result files.
expect "platforms" 0 '^kvm ' "$B/limpet" platforms
expect "platforms: confidential guests" 0 "^confidential guests, by this machine's KVM: (none|SEV|TDX)" "$B/limpet" platforms
check "platforms --json is JSON" bash -c "$B/limpet platforms --json | jq -e ."
expect "completion: a command" 0 '^replay	a published table' "$B/limpet" help --complete rep
expect "completion: an option of it" 0 '^--partial	with -o' "$B/limpet" help --complete bench basic --pa
expect "completion: a platform of several" 0 '^--platforms=qemu,vmm	VMM$' "$B/limpet" help --complete bench --platforms=qemu,v
expect "completion: a door of the platforms before it" 0 '^bz	kvm, qemu$' "$B/limpet" help --complete run hello -p qemu,kvm --door b
expect "completion: a suite, a publication" 0 '^hermitcore	' bash -c \
    "$B/limpet help --complete bench thr | grep -q ^throughput && $B/limpet help --complete replay he"
completed() { # WANT, of bash by tools/completion; WORD…
    local want=$1 COMP_WORDS COMP_CWORD COMPREPLY
    shift
    COMP_WORDS=(limpet "$@") COMP_CWORD=$#
    . tools/completion/limpet.bash
    _limpet "$B/limpet" "${@: -1}" # compopt fails outside of a completion
    [ "${COMPREPLY[*]}" = "$want" ]
}
check "completion: bash, a value" completed q35 run hello --machine = q
check "completion: bash, a file" completed README.md report README
expect "run: arguments" 0 '^argument 2: b c "d\\$' "$B/limpet" run hello -p qemu -- a "b c \"d\\"
expect "run: arguments like options" 0 '^argument 1: limpet.x$' "$B/limpet" run hello -p qemu -- limpet.x
for door in disk cd bz; do
    expect "run: by the BIOS, door $door" 0 '^argument 2: b c "d\\$' "$B/limpet" run hello -p qemu-bios --door $door -- a "b c \"d\\"
done
expect "run: door bz" 0 "^argument 1: it's\$" "$B/limpet" run hello -p qemu --door bz -- "it's"
by_uefi() { # of what OVMF says and reads there is nothing in the guest's
    [ "$("$B/limpet" run "$TMP/echo.elf" -p qemu-uefi --door "$1" < "$TMP/keys")" = "$(cat "$TMP/keys")" ]
}
printf '\033\033[12~some input' > "$TMP/keys"
expect "run: a door that not all platforms have" 0 'left out, for they have no door "bz": vmm' \
    "$B/limpet" run hello -p qemu,vmm --door bz
expect "refused: a door that nobody has" 2 'unknown door "bx"; near it: bz' "$B/limpet" run hello --door bx
expect "refused: a door of others" 2 'qemu has no door "efi"; it has multiboot and bz' "$B/limpet" run hello -p qemu --door efi
mkdir "$TMP/bare apps"
cp "$B/apps/hello.elf" "$B/apps/ruler.elf" "$TMP/bare apps"
expect "bench: apps without their wrappings" 0 'QEMU, bz' env LIMPET_APPS="$TMP/bare apps" \
    "$B/limpet" bench boot -p qemu --door bz -n 1 -o "$TMP/wrapped.json"
expect "refused: a door of others, bench" 2 'none of these platforms has the door "efi"' \
    "$B/limpet" bench boot -p qemu,kvm --door efi
expect "refused: a door of others, a side" 2 'qemu has no door "efi"' "$B/limpet" compare boot --a '--door efi' --b ''
expect "refused: an empty argument by GRUB" 2 'GRUB, which starts the image there, drops an empty argument' \
    "$B/limpet" run hello -p qemu-bios -- a ""
expect "refused: a module by a disk" 2 'has no way for modules' "$B/limpet" run hello -p qemu-bios --module README.md
expect "refused: a machine without that firmware" 2 'pc or q35' "$B/limpet" run hello -p qemu-uefi --machine microvm
LIMPET_OVMF_CODE=/none expect "refused: OVMF is missing" 121 'apt-get install ovmf' "$B/limpet" run hello -p qemu-uefi
head -c 30000 "$B/apps/hello.efi" > "$TMP/cut.efi"
cp -p "$B/apps/hello.elf" "$TMP/cut.elf"
expect "run: what UEFI does not take" 121 'the firmware did not start the guest: BdsDxe: failed to load' \
    "$B/limpet" run "$TMP/cut.elf" -p qemu-uefi --door esp
expect "demo: stdio, heap, file, thread" 0 'hello, says the thread' "$B/limpet" run demo -p qemu
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
also "run: its first byte too" '^read one'
"$B/limpet-cc" -O2 tests/guest/echo.c -o "$TMP/echo.elf"
check "run: by UEFI, all bytes are the guest's" by_uefi esp
head -c 300000 /dev/urandom > "$TMP/bytes" # with all that a terminal would take: EOT, CR, NUL
# shellcheck disable=SC2094 # nothing is written
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
columns_80() {
    local command
    for command in "" $("$B/limpet" help | sed -n 's/^  \([a-z]*\) .*/\1/p'); do
        # shellcheck disable=SC2086 # a word or none
        "$B/limpet" help $command > "$TMP/help" || return
        if [ "$(LC_ALL=C.UTF-8 wc -L < "$TMP/help")" -gt 80 ]; then
            echo "too wide: help $command"
            return 1
        fi
    done
}
check "help: 80 columns" columns_80
topics() { # each of them has something to tell
    local topic
    for topic in $("$B/limpet" help | sed -n '/^Topics/,$s/^  \([a-z]*\) .*/\1/p'); do
        [ "$("$B/limpet" help "$topic" | wc -l)" -gt 5 ] || { echo "$topic"; return 1; }
    done
    [ -n "$topic" ]
}
check "help: every topic" topics
expect "help: statuses" 0 '^ +3  some row is WORSE' "$B/limpet" help statuses
expect "help: a command that is a topic" 0 '^qemu .*: doors multiboot' "$B/limpet" help platforms
expect "help: nearly a topic" 2 'unknown command or topic "statusses"; near it: statuses' "$B/limpet" help statusses
expect "wrong: command" 2 'unknown command "nonsense"; there are platforms, run, ' "$B/limpet" nonsense
expect "wrong: nearly a command" 2 'unknown command "bnech"; near it: bench' "$B/limpet" bnech
expect "wrong: option" 2 'unknown option "--nonsense"; see' "$B/limpet" run hello --nonsense
expect "wrong: nearly an option" 2 'unknown option "--plaforms"; near it: --platforms; see' "$B/limpet" bench --plaforms x
expect "wrong: a letter among others" 2 'unknown option "-z"' "$B/limpet" run hello --verbose -zv
expect "wrong: a letter of two bytes" 2 'unknown option "-ä"' "$B/limpet" run hello -ä
expect "wrong: a value for what takes none" 2 'unknown option "--verbose=3"' "$B/limpet" run hello --verbose=3
expect "wrong: platform" 2 'nonsense' "$B/limpet" run hello -p nonsense
expect "wrong: suite" 2 'nonsense' "$B/limpet" bench nonsense
# shellcheck disable=SC2016 # the script's variable
printf '#!/bin/sh\necho "locale ${LC_ALL-none}" >&2\nexit 1\n' > "$TMP/build.sh"
chmod +x "$TMP/build.sh"
alien() { env -u LC_ALL LANG=C "$@"; }
expect "locale: QEMU's is ours" 121 'locale C\.UTF-8' alien "$B/limpet" run hello -p qemu --qemu "$TMP/build.sh"
expect "locale: the lab's build's too" 125 'locale C\.UTF-8' alien env LIMPET_LAB_DIR="$TMP" "$B/limpet" lab build
expect "wrong: QEMU that is none" 121 'qemu: cannot run' "$B/limpet" run hello -p qemu --qemu /no/such/qemu
shell_of_a_pipe() { "$B/limpet" lab shell xen < /dev/null; }
expect "wrong: lab shell without a terminal" 2 'lab exec xen' shell_of_a_pipe
expect "bench: basic and boot" 0 'system call \(getpid\)' \
    "$B/limpet" bench basic boot -p qemu -n 3 -o "$TMP/result.json"
expect "wrong: a label of two lines" 2 'is not a line of text' "$B/limpet" bench basic --label $'a\nb'
check "bench: the result is JSON" jq -e . "$TMP/result.json"
cp "$TMP/result.json" "$TMP/before.json" 2> /dev/null
echo "no image" > "$TMP/basic.elf"
failing_bench() { ! LIMPET_APPS="$TMP" "$B/limpet" bench basic -p qemu -o "$TMP/result.json"; }
check "bench: a failed run leaves the file alone" failing_bench
check "bench: the file is unchanged" cmp "$TMP/result.json" "$TMP/before.json"
ratios qemu "$TMP/result.json"
expect "stream validates" 0 'Solution Validates' "$B/limpet" run stream -p qemu --mem 256 -- -n 1000000 -r 3
expect "stream: takes what fits" 0 'do not fit in memory: using' "$B/limpet" run stream -p qemu --mem 64 -- -r 2
expect "stream: wrong use" 2 'usage' "$B/limpet" run stream -p qemu -- -n 5

# Any kernel, timed: ours as if it were not (area lab has a Linux).
boot_hello() { "$B/limpet" boot --kernel "$B/apps/hello.elf" -p qemu -n 1 "$@"; }
expect "boot: a kernel to a line" 0 '^hello\.elf +"argument 1: x" +1 ' boot_hello --append "-- x" --until "argument 1: x"
expect "boot: beside hello on its machine" 0 '^hello, same machine +"Hello from Limpet!" +1 .* 1$' boot_hello --until Hello
expect "boot: to the first byte" 0 '^hello\.elf +first byte +1 ' boot_hello
expect "boot: a text that is never seen" 1 '"nonsense" was never seen: it ended with status 0' boot_hello --until nonsense
also "boot: what was seen instead" '^Hello from Limpet!'
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
also "boot: nothing on its console" 'its console said nothing'
expect "boot: no kernel" 2 'boot what' "$B/limpet" boot --until x
expect "boot: not this kernel" 120 'no/such' "$B/limpet" boot --kernel no/such -p qemu
expect "boot: not this initrd" 120 'no/such' boot_hello --initrd no/such
expect "boot: not on Xen" 2 'qemu and kvm only' "$B/limpet" boot --kernel "$B/apps/hello.elf" -p xen-pvh

# Wrong words are answered in one sentence, with the way out.
run_hello() { "$B/limpet" run hello -p qemu "$@"; }
expect "wrong: no platform in the list" 2 'empty list of platforms' "$B/limpet" run hello -p ,
expect "wrong: a platform that is nearly one" 2 '"xen-pvm"; near it: xen-hvm, xen-pvh ' "$B/limpet" run hello -p xen-pvm
expect "wrong: a row that is nearly one" 2 'no row "gettpid"; near it: getpid' "$B/limpet" bench basic -p qemu --only gettpid
expect "wrong: no row" 2 'its value is empty; it wants ROWS' "$B/limpet" bench basic -p qemu --only ""
for option in --machine --cpu --qemu --module; do
    expect "wrong: an empty $option" 2 "^limpet: $option: its value is empty" run_hello $option ""
done
expect "wrong: no app" 2 'run what' "$B/limpet" run "" -p qemu
for seconds in nan inf -1 0 1e10 5x; do
    expect "wrong: $seconds seconds" 2 'not a number of seconds from 0.001 to 1e9' run_hello "--timeout=$seconds"
done
expect "a billion seconds" 0 '^Hello' run_hello --timeout 1e9
expect "wrong: QEMU with arguments" 121 'arguments for it go into --qemu-args' run_hello --qemu "qemu-system-x86_64 -d int"
expect "wrong: a quote in QEMU's arguments" 2 'a quote is left open' run_hello --qemu-args '-name "a'
expect "QEMU's own arguments" 0 ' -name .a b. -msg timestamp=on$' run_hello --qemu-args '-name "a b" -msg timestamp=on' -v
expect "QEMU's own arguments: bench" 0 '^getpid' \
    "$B/limpet" bench basic -p qemu -n 1 --only getpid --qemu-args "-name x" -o "$TMP/args.json"
check "QEMU's own arguments: told by the result" jq -e '.runs[0].command_line | endswith(" -name x")' "$TMP/args.json"
expect "QEMU's own arguments: not for others" 2 'qemu-args is for QEMU' "$B/limpet" run hello -p vmm --qemu-args x
expect "QEMU's own arguments: boot" 0 '^hello.elf' boot_hello --qemu-args "-name x"
expect "version" 0 '^limpet [0-9]' "$B/limpet" version
mkdir "$TMP/folder"
expect "a module: a folder" 120 'folder: is a directory' run_hello --module "$TMP/folder"
expect "a module: a command's output" 120 'no regular file; write it to one' run_hello --module <(echo x)
mkfifo "$TMP/fifo"
expect "a module: a FIFO" 120 'no regular file; write it to one' run_hello --module "$TMP/fifo"
cat > "$TMP/list.c" << 'END'
#include <stdio.h>
int main(int argc, char **argv)
{
    int missing = 0;
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "r");
        int c = f != NULL ? fgetc(f) : EOF;
        printf("%s%c", f != NULL ? "" : "missing ", c);
        missing += f == NULL;
    }
    return missing;
}
END
"$B/limpet-cc" -O2 "$TMP/list.c" -o "$TMP/list.elf"
modules() { # MACHINE WANT FILE… -- NAME…: the first letters of what is in /modules under these names
    local machine=$1 want=$2 given=() names=() got name
    shift 2
    while [ "$1" != -- ]; do
        given+=(--module "$1")
        shift
    done
    shift
    for name; do names+=("/modules/$name"); done
    got=$("$B/limpet" run "$TMP/list.elf" -p qemu --machine "$machine" "${given[@]}" -- "${names[@]}" | tail -n 1)
    echo "$got"
    [ "$got" = "$want" ]
}
mkdir -p "$TMP/modules/other"
many=() numbers=() letters=""
for i in {100..159}; do
    printf '%s' "${i:1:1}" > "$TMP/modules/m$i"
    many+=("$TMP/modules/m$i") numbers+=("m$i") letters+=${i:1:1}
done
for machine in microvm q35; do
    check "modules: sixty on $machine" modules $machine "$letters" "${many[@]}" -- "${numbers[@]}"
done
long=$(printf 'n%.0s' {1..255})
printf a > "$TMP/modules/$long"
printf b > "$TMP/modules/with space, comma and 100% ä"
printf c > "$TMP/modules/other/m100"
ln -s m101 "$TMP/modules/link"
check "modules: names of 255 bytes, of odd letters, a link's own" modules microvm abc0 "$TMP/modules/$long" \
    "$TMP/modules/with space, comma and 100% ä" "$TMP/modules/other/m100" "$TMP/modules/link" -- \
    "$long" "with space, comma and 100% ä" m100 link
check "modules: of one name" modules microvm 0c1 "$TMP/modules/m100" "$TMP/modules/other/m100" "$TMP/modules/m110" -- m100 1 m110
expect "modules: of one name, told" 0 'module 1, "m100", is /modules/1: its name is taken' \
    "$B/limpet" run "$TMP/list.elf" -p qemu --module "$TMP/modules/m100" --module "$TMP/modules/other/m100" -- /modules/m100
truncate -s 600M "$TMP/large"
expect "modules: larger than the memory" 2 '600 MiB, do not fit into 512 MiB of memory: give more by --mem' \
    run_hello --module "$TMP/large"
rm "$TMP/large"
expect "the lab: where there is none" 2 'needs no lab' run_hello --lab
# The tool's list of basic's rows is the image's.
rows() { "$B/limpet" bench basic -p qemu -n 1 --smp 2 -o "$TMP/rows.json"; }
check "basic: all rows" rows
as_known() { # in whatever order
    names() { sed 's/, /\n/g' | sort; }
    diff <(jq -r '[.rows[].name] | join(", ")' "$TMP/rows.json" | names) \
        <("$B/limpet" bench basic -p qemu --only nonsense 2>&1 | sed -n 's/.*; there are //p' | names)
}
check "basic: as the tool knows them" as_known
# One after the other.
if [ -w /dev/kvm ]; then
    several() { "$B/limpet" run hello -p qemu,vmm "$@" -- x; }
    expect "several platforms: whose console" 0 '^qemu \| argument 1: x' several
    also "several platforms: a line for each" '^vmm +0$'
    expect "several platforms: TAP" 0 '^ok 2 - hello on qemu$' several --tap
else
    skip "several platforms" "no /dev/kvm; tests/unit/limpet/test_run.c has made-up ones"
fi
expect "one platform: TAP" 0 '^ok 1 - hello on qemu$' run_hello --tap
