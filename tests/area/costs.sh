# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What a boot costs by every door, those behind much firmware too; and that make cost finds what is planted: long.
if grep -q '^cc=.*clang' "$B/limpet-cc"; then
    skip "costs: as docs/cost.md says" "the table holds gcc's images, these are clang's"
else
    check "costs: by every door as docs/cost.md says, within 2 %" make -s B="$B" cost-doors
    # In a copy of the tree and what is built: an extra call in a function must make `make cost` fail, for the row that
    # the function is in.
    tree=$TMP/tree
    with_lab() { copy_tree "$tree" && ln -s "$(realpath "$B/lab")" "$tree/build/"; }
    finds() { # FILE FUNCTION LINE ROW: the call comes before the line of the function, whose text begins so
        cp -p "$1" "$TMP/unplanted"
        awk -v name="$2" -v line="$3" '
            index($0, name "(") && /^[a-z_].*[^;]$/ && !done {
                print "static __attribute__((noinline)) void planted(void)"
                print "{\n    for (volatile unsigned i = 0; i < 10; i++)\n        ;\n}\n"
                in_it = 1
            }
            in_it && index($0, line) == 1 { print "    planted();"; in_it = 0; done = 1 }
            { print }
            END { exit !done }' "$1" > "$tree/$1" || return
        local status=0
        env -u MAKEFLAGS -u MAKELEVEL make -s -C "$tree" "-j$(nproc)" cost > "$TMP/found" 2>&1 || status=$?
        cp "$TMP/unplanted" "$tree/$1"
        grep -E '^cost: |error' "$TMP/found"
        [ $status != 0 ] && grep -qE "^cost: $4: .* became .* allowed" "$TMP/found"
    }
    check "costs: a copy of the tree" with_lab
    check "costs: an extra call in a boot is found" finds kernel/boot/main.c boot_main '    reached("memory");' "hello: instructions to main"
    check "costs: an extra call in malloc is found" finds kernel/libc/malloc.c heap_malloc '    busy(l, 1);' "malloc, free, 64 B: instructions"
    check "costs: an extra call in a page fault is found" finds kernel/mm/region.c region_fault '    unsigned shift;' "page fault, 4 KiB: instructions"
fi
