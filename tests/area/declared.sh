# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Declared is defined: a program with the address of every function that a header for apps declares links.
# The names and headers of which this is not true yet; each line that goes is a gain, and none may come.
cat > "$TMP/known" << 'END2'
__xpg_basename
_fork_r
_wait_r
execve
glob
globfree
header sys/custom_file.h
header sys/dirent.h
header termios.h
mkfifo
mkfifoat
mknodat
pthread_atfork
END2
names() { # of all functions declared, to $TMP/functions; headers that do not compile, to $TMP/missing
    local dir header
    for dir in kernel/include "$B/newlib/include"; do
        (cd "$dir" && find . -name '*.h' | sed 's|^\./||' | grep -v '^machine/\|^bits/\|^rpc/')
    done | sort -u > "$TMP/headers"
    while read -r header; do
        echo "#include <$header>" > "$TMP/one.c"
        if "$B/limpet-cc" -D_GNU_SOURCE -fsyntax-only -w -aux-info "$TMP/aux" "$TMP/one.c" 2> /dev/null; then
            grep -v 'gcc/x86_64\|\*/ static' "$TMP/aux" | sed -n 's/^\/\* [^*]*\*\/ //p' | perl -ne 'print "$1\n" if /(\w+) \((?!\*)/'
        else
            echo "header $header" >> "$TMP/missing"
        fi
    done < "$TMP/headers" | sort -u | grep -v '^__builtin' > "$TMP/functions"
    [ "$(wc -l < "$TMP/functions")" -gt 1000 ]
}
linked() {
    { printf '.section .data.table,"aw"\n.globl table\ntable:\n'; sed 's/^/.quad /' "$TMP/functions"; } > "$TMP/table.s"
    echo 'extern void *table[]; int main(void) { return table[0] == 0; }' > "$TMP/main.c"
    "$B/limpet-cc" "$TMP/main.c" "$TMP/table.s" -o "$TMP/table.elf" 2>&1 | sed -n "s/.*undefined reference to \`\(.*\)'.*/\1/p" >> "$TMP/missing"
    LC_ALL=C sort -u "$TMP/missing" | diff "$TMP/known" - # "<": is defined now, take it from the list; ">": is not
}
if [[ ${CC:-gcc} = *clang* ]]; then
    skip "declared: every function links" "clang does not list what is declared"
else
    check "declared: over a thousand functions found" names
    check "declared: all but those listed link" linked
fi
