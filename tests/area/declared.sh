# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Declared is defined: a program with the address of every function that a header for apps declares links.
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
    "$B/limpet-cc" "$TMP/main.c" "$TMP/table.s" -o "$TMP/table.elf" 2> "$TMP/said" && [ ! -s "$TMP/missing" ] && return
    cat "$TMP/missing" 2> /dev/null # headers that do not compile
    sed -n "s/.*undefined reference to/no/p; /undefined/!p" "$TMP/said" | sort -u
    return 1
}
if [[ ${CC:-gcc} = *clang* ]]; then
    skip "declared: every function links" "clang does not list what is declared"
else
    check "declared: over a thousand functions found" names
    check "declared: every function links, every header compiles" linked
fi
