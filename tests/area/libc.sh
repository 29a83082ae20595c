# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What other people's programs ask of the C library: one program with a check for each kind.
check "libc: the checks compile" "$B/limpet-cc" -O1 -D_GNU_SOURCE -Wall -Wextra tests/data/posix.c -o "$TMP/posix.elf"
guest_checks "libc:" "$B/limpet" run "$TMP/posix.elf" -p qemu --timeout 60
guest_checks "libc: by an old CPU:" "$B/limpet" run "$TMP/posix.elf" -p qemu --cpu qemu64 --timeout 60
exact() { # 257 bytes, no newline added
    printf '#include <stdio.h>\nint main(void) { for (int i = 0; i < 257; i++) putchar(i); return 0; }\n' > "$TMP/bytes.c"
    "$B/limpet-cc" "$TMP/bytes.c" -o "$TMP/bytes.elf" && "$B/limpet" run "$TMP/bytes.elf" -p qemu > "$TMP/bytes" &&
        [ "$(stat -c %s "$TMP/bytes")" = 257 ]
}
check "libc: standard output is what was written, no more" exact
raw() { # a terminal whose bytes come as they are, and a read of nothing that ends; by lines again at the end
    cat > "$TMP/raw.c" << 'END2'
#include <stdio.h>
#include <termios.h>
#include <unistd.h>
int main(void)
{
    struct termios before, t;
    unsigned char c;
    if (tcgetattr(0, &before) || !(before.c_lflag & ICANON) || !(before.c_iflag & ICRNL))
        return 1;
    t = before;
    cfmakeraw(&t);
    if (tcsetattr(0, TCSANOW, &t) || tcgetattr(0, &t) || t.c_lflag & ICANON || t.c_iflag & ICRNL)
        return 2;
    for (int i = 0; i < 5 && read(0, &c, 1) == 1; i++)
        printf("%02x ", c);
    t.c_cc[VMIN] = 0, t.c_cc[VTIME] = 1;
    if (tcsetattr(0, TCSANOW, &t) || read(0, &c, 1) != 0 || tcsetattr(0, TCSAFLUSH, &before) || tcdrain(1))
        return 3;
    return puts("end") < 0 || tcgetattr(0, &t) || !(t.c_lflag & ICANON);
}
END2
    "$B/limpet-cc" "$TMP/raw.c" -o "$TMP/raw.elf" && mkfifo "$TMP/keys" || return
    exec 9<> "$TMP/keys" # which does not end
    printf 'ab\rc\004' >&9
    "$B/limpet" run "$TMP/raw.elf" -p qemu --tty both <&9 9>&-
}
expect "libc: a terminal's input byte by byte" 0 '^61 62 0d 63 04 end' raw
told() { # as glibc's error() has it, and in that order
    cat > "$TMP/error.c" << 'END2'
#include <error.h>
#include <stdio.h>
#include <sys/ucontext.h>
int main(void)
{
    printf("out ");
    error(0, 2, "a %d", 1);
    error_at_line(0, 0, "f.c", 7, "b");
    error_at_line(0, 0, NULL, 7, "c");
    error_one_per_line = 1;
    error_at_line(0, 0, "f.c", 7, "d");
    error_at_line(0, 0, "f.c", 7, "not again");
    error(3 + (int)error_message_count, 0, "e");
}
END2
    "$B/limpet-cc" "$TMP/error.c" -o "$TMP/error.elf" && "$B/limpet" run "$TMP/error.elf" -p qemu | tr '\n' '|'
    return "${PIPESTATUS[0]}"
}
expect "libc: error(), error_at_line()" 7 '^out error.*: a 1: No such file or directory[|]error[^ ]*:f.c:7: b[|]error[^ ]*: c[|]error[^ ]*:f.c:7: d[|]error[^ ]*: e[|]$' told
