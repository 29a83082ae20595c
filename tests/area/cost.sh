# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What a boot costs: the ruler checked, then the counts against docs/cost.md and the goals.
check "cost: the plugin counts exactly" tools/cost/selftest.sh "$B/cost/plugin.so"
if grep -q '^cc=.*clang' "$B/limpet-cc"; then
    skip "cost: as docs/cost.md says" "the table holds gcc's images, these are clang's"
else
    check "cost: as docs/cost.md says, within 2 %" make -s B="$B" cost
fi
tools/cost/cost.sh -v "$B/cost/plugin.so" "$B/apps/hello.elf" > "$TMP/row" 2> "$TMP/cost"
cat "$TMP/row" >> "$TMP/cost"
tools/cost/cost.sh -v "$B/cost/plugin.so" "$B/apps/demo.elf" >> "$TMP/cost" 2>&1 # hello touches no page first
value() { sed -n "s/^${2:-hello}: $1 //p" "$TMP/cost"; }
below() {
    if [ -n "$2" ] && [ "$2" -lt "$3" ]; then return; fi
    echo "$1: ${2:-nothing}, not below $3"
    return 1
}
check "goal: under 10,000 instructions to main" below main "$(value main.insns)" 10000
check "goal: under 15,000 to the first line" below line "$(value first_line.insns)" 15000
accesses() { value main.port | grep . && value main.mmio | grep . && below accesses $(($(value main.port) + $(value main.mmio))) 20; }
check "goal: under 20 accesses before main" accesses
check "goal: at most 400 KiB touched" below KiB "$(value ram.kib)" 401
check "goal: in at most two 2 MiB regions" below regions "$(value ram.regions)" 3
# By Linux' doors (docs/cost.md has them all).
tools/cost/cost.sh --doors "$B/cost/plugin.so" {bz,linux64,pc-bz}:"$B/apps/hello.elf" > "$TMP/doors" 2>&1
linux_doors() {
    cat "$TMP/doors"
    awk -F' *[|] *' 'NR > 2 { gsub(",", ""); n++; if ($6 > 3600 || $7 != 4) bad = 1 } END { exit bad || n != 3 }' "$TMP/doors"
}
check "goal: by Linux' doors at most 3,600 instructions to main, and 4 accesses" linux_doors
touched() { [ "$(value page_fault.count demo)" -gt 0 ] && below fault "$(value page_fault.min_nostos demo)" 341; }
check "goal: a first touch, without the zeroing, within 340 instructions" touched
# What is named is linked, and nothing else.
check "bytes: a program with one write()" "$B/limpet-cc" -O2 tests/small.c -o "$TMP/small.elf"
nothing_else() { ! nm "$TMP/small.elf" | grep -E ' (_malloc_r|_free_r|memfs_[a-z]*|slab_alloc|region_create|pthread_create|_v?f?i?printf_r)$'; }
check "bytes: it has no malloc, files, threads, printf" nothing_else
bytes() { # IMAGE MOST
    strip -o "$TMP/stripped" "$1" && below bytes "$(stat -c %s "$TMP/stripped")" "$2"
}
check "bytes: it is under 90,000" bytes "$TMP/small.elf" 90000
check "bytes: hello is under 100,000" bytes "$B/apps/hello.elf" 100000

# Whole process, in turn with a guest that does nothing, on the leanest microvm. 2 ms on a machine where that one takes
# 25 ms: 8 % of it. Of hello minus the mean of the floors before and behind it the median's 99 % interval must be below
# that; a busy machine takes more rounds, and one that is too busy may not tell.
floor_guest() { cc -nostdlib -static -no-pie -Wl,-Ttext=0x100000 -Wl,--build-id=none tests/floor.S -o "$TMP/floor.elf"; }
lean() {
    local began=${EPOCHREALTIME/[.,]/}
    qemu-system-x86_64 -accel tcg -cpu max -m 512 -nodefaults -no-user-config -no-reboot \
        -machine microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off \
        -display none -serial null -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$1" > /dev/null 2>&1
    echo $((${EPOCHREALTIME/[.,]/} - began))
}
over_the_floor() {
    local name="goal: hello within 8 % of it" i floor low high before after
    after=$(lean "$TMP/floor.elf")
    for ((i = 1; i <= 400; i++)); do
        before=$after
        echo "$(lean "$B/apps/hello.elf") $((before + (after = $(lean "$TMP/floor.elf"))))" >> "$TMP/turns"
        [ $((i % 40)) = 0 ] || continue
        floor=$(awk '{ print $2 / 2 }' "$TMP/turns" | sort -g | sed -n $((i / 2))p)
        read -r low high < <(awk '{ print $1 - $2 / 2 }' "$TMP/turns" | sort -g | awk -v n=$i -v floor="$floor" '
            { d[NR] = $1 / floor * 100 }
            END { half = 1.29 * sqrt(n); print d[int(n / 2 - half)], d[int(n / 2 + half) + 1] }')
        echo "$i rounds: hello takes $low to $high % more than $floor µs" >> "$TMP/out"
        if awk "BEGIN { exit !($high <= 8) }"; then ok "$name"; return; fi
        if awk "BEGIN { exit !($low > 8) }"; then fail "$name"; return; fi
    done
    skip "$name" "in $((i - 1)) rounds this machine tells $low to $high % only: too busy"
}
check "floor: the guest that does nothing" floor_guest
over_the_floor
