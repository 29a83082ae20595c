# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs that check the library OS from inside.
export CONTENTION_SECONDS=${CONTENTION_SECONDS:-10}
guest() { "$B/limpet" run "$B/tests/guest/$1.elf" -p qemu --timeout 300 "${@:2}"; }

guest_checks "threads:" guest threads -e CONTENTION_SECONDS="$CONTENTION_SECONDS"
guest_checks "threads without XSAVE:" guest threads --cpu qemu64 -e CONTENTION_SECONDS=1
guest_checks "sync:" guest sync
guest_checks "signals:" guest signals
guest_checks "signals without XSAVE:" guest signals --cpu qemu64 -- actions exceptions
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
guest_checks "system:" guest system --module "$TMP/module.txt" -e "GIVEN=a b\"c\\"
guest_checks "mapping:" guest mapping
for right in write none unmapped execute end; do
    expect "a fault in a mapping is told by name: $right" 123 '^LIMPET: panic: page fault: .* at 0x4000000[0-9]000, (wh|beyond)' guest mapping -- fault $right
done
