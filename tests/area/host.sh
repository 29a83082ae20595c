# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same source as a program of Linux: limpet-cc --host, the platforms host and linux-qemu.
L=$B/limpet
cat > "$TMP/seven.c" <<'END'
#include <limpet.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    printf("%s %s", limpet_platform(), getenv("A"));
    return 7;
}
END
check "host: an image" "$B/limpet-cc" -O2 "$TMP/seven.c" -o "$TMP/seven.elf"
expect "host: a program that is missing" 120 'seven\.linux, which is not there: limpet-cc --host makes it' "$L" run "$TMP/seven.elf" -p host
check "host: limpet-cc --host" "$B/limpet-cc" --host -O2 "$TMP/seven.c" -o "$TMP/seven.linux"
expect "host: arguments, environment, status" 7 '^\[a\]\[b  "c\]\[\]linux x$' "$L" run "$TMP/seven.elf" -p host -e A=x -- a 'b  "c' ''
expect "host: a Linux guest: the same" 7 '^\[a\]\[b  "c\]\[\]linux x$' "$L" run "$TMP/seven.elf" -p linux-qemu --timeout 240 -e A=x -- a 'b  "c' ''
expect "host: an option of guests" 2 'a process has none' "$L" run "$TMP/seven.elf" -p host --module "$TMP/seven.c"
expect "host: measured beside QEMU" 0 'getpid' "$L" bench basic -p host,qemu -n 1 --only getpid -o "$TMP/host.json"
check "host: its facts" jq -e '[.runs[] | select(.platform == "host")] | .[0].emulated == false and .[0].door == "linux" and .[0].vmm == "none"' "$TMP/host.json"
check "host: rows that Linux has not got are told" sh -c "'$B/apps/basic.linux' 'IPI round trip' | grep 'none: no system call'"
