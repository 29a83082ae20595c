# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs that check the library OS from inside.
export CONTENTION_SECONDS=${CONTENTION_SECONDS:-10}
guest() { "$B/limpet" run "$B/tests/guest/$1.elf" -p qemu --timeout 300 "${@:2}"; }

guest_checks "threads:" guest threads -e CONTENTION_SECONDS="$CONTENTION_SECONDS"
guest_checks "threads without XSAVE:" guest threads --cpu qemu64 -e CONTENTION_SECONDS=1
guest_checks "sync:" guest sync
guest_checks "cancel:" guest cancel
guest_checks "signals:" guest signals
guest_checks "signals without XSAVE:" guest signals --cpu qemu64 -- actions exceptions
guest_checks "queues:" guest queues
guest_checks "queues, 4 CPUs:" guest queues --smp 4
guest_checks "inversion:" guest inversion
guest_checks "traps:" guest traps
guest_checks "traps, 4 CPUs:" guest traps --smp 4
guest_checks "memory:" guest memory
guest_checks "heap:" guest heap
guest_checks "memory with 3500 MiB:" guest memory --mem 3500 -- page_tables_are_counted
guest_checks "memory with 16 MiB:" guest memory --mem 16 -- more_than_there_is \
    fresh_memory_is_zero exhaust_by_small_blocks
guest_checks "memory, 2 MiB pages:" "$B/limpet" run "$B/tests/guest/memory.elf" -p qemu \
    --timeout 300 --kernel heap=2m
echo "brought along" > "$TMP/module.txt"
guest_checks "files:" guest files
guest_checks "pipes:" guest pipes
guest_checks "clocks:" guest clocks
guest_checks "clocks, 3 CPUs:" guest clocks --smp 3
guest_checks "system:" guest system --module "$TMP/module.txt" -e "GIVEN=a b\"c\\"
guest_checks "mapping:" guest mapping
for right in write none unmapped execute end; do
    expect "a fault in a mapping is told by name: $right" 123 '^LIMPET: panic: page fault: .* at 0x4000000[0-9]000, (wh|beyond)' guest mapping -- fault $right
done
# A folder as the guest's root: the same program writes the tree down there and here.
root_folder() {
    local r="$TMP/a root"
    mkdir -p "$r/sub dir/deep" "$r/empty" && echo hello > "$r/f" && : > "$r/none" && ln "$r/f" "$r/sub dir/hard" &&
        ln -s ../f "$r/sub dir/link" && head -c 100000 "$B/limpet" > "$r/sub dir/deep/big" && chmod 4711 "$r/f" &&
        for i in {1..300}; do echo "$i" > "$r/sub dir/deep/$i"; done && touch -d @12345 "$r/none" "$r/sub dir/deep" &&
        cc -o "$TMP/tree" tests/guest/tree.c && "$TMP/tree" "$r" > "$TMP/tree.here"
}
root_same() { "$B/limpet" run "$B/tests/guest/tree.elf" -p qemu --root "$TMP/a root" "$@" > "$TMP/tree.there" && diff "$TMP/tree.here" "$TMP/tree.there"; }
check "root: a folder with all kinds of names" root_folder
check "root: the guest's tree is the same" root_same -- /
check "root: and with a module beside it" root_same --module "$TMP/module.txt" -- /
root_is_a_copy() { # a file of two names is written to: it is longer under the second one
    ! root_same -- / write > "$TMP/out" && grep -q '^> 104711 2 .* /sub dir/hard 10 ' "$TMP/out" && [ "$(grep -c '^>' "$TMP/out")" = 1 ]
}
check "root: what the guest writes stays there" root_is_a_copy
mkfifo "$TMP/a root/fifo"
expect "root: no FIFO" 2 "^limpet: --root: cannot take .*/a root/fifo into the guest's root: it is no file, folder or symbolic link$" \
    "$B/limpet" run hello -p qemu --root "$TMP/a root"
expect "root: no folder" 2 '^limpet: --root: cannot take /nowhere into' "$B/limpet" run hello -p qemu --root /nowhere
