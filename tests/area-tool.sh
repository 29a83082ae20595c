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
expect "run: environment" 0 '^environment: X=1 2$' "$B/limpet" run hello -p qemu -e 'X=1 2'
expect "run: another machine" 0 'Hello' "$B/limpet" run hello -p qemu --machine q35
expect "run: verbose shows the last line" 0 'LIMPET: exit 0' "$B/limpet" run hello -p qemu -v
expect "help" 0 'limpet run hello' "$B/limpet" help run
expect "wrong: command" 2 'unknown command' "$B/limpet" nonsense
expect "wrong: option" 2 'nonsense' "$B/limpet" run hello --nonsense
expect "wrong: platform" 2 'nonsense' "$B/limpet" run hello -p nonsense
expect "wrong: suite" 2 'nonsense' "$B/limpet" bench nonsense
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

for row in "getpid 1.5" "sched_yield 10" "malloc(1 MiB) 20" "thread switch 40"; do
    check "ratio: ${row% *} ≤ ${row##* } × an empty call" ratio "${row% *}" "${row##* }" qemu
done
