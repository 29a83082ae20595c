# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What other people's programs ask of the C library: one program with a check for each kind.
check "libc: the checks compile" "$B/limpet-cc" -O1 -D_GNU_SOURCE -Wall -Wextra tests/data/posix.c -o "$TMP/posix.elf"
guest_checks "libc:" "$B/limpet" run "$TMP/posix.elf" -p qemu --timeout 60
exact() { # 257 bytes, no newline added
    printf '#include <stdio.h>\nint main(void) { for (int i = 0; i < 257; i++) putchar(i); return 0; }\n' > "$TMP/bytes.c"
    "$B/limpet-cc" "$TMP/bytes.c" -o "$TMP/bytes.elf" && "$B/limpet" run "$TMP/bytes.elf" -p qemu > "$TMP/bytes" &&
        [ "$(stat -c %s "$TMP/bytes")" = 257 ]
}
check "libc: standard output is what was written, no more" exact
