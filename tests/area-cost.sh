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
value() { sed -n "s/^hello: $1 //p" "$TMP/cost"; }
below() {
    if [ -n "$2" ] && [ "$2" -lt "$3" ]; then return; fi
    echo "$1: ${2:-nothing}, not below $3"
    return 1
}
check "goal: under 10,000 instructions to main" below main "$(value main.insns)" 10000
check "goal: under 15,000 to the first line" below line "$(value first_line.insns)" 15000
check "goal: under 20 accesses before main" below accesses $(($(value main.port) + $(value main.mmio))) 20
check "goal: at most 400 KiB touched" below KiB "$(value ram.kib)" 401
check "goal: in at most two 2 MiB regions" below regions "$(value ram.regions)" 3
check "goal: a first touch within 300 instructions" below fault "$(value page_fault.min_nostos)" 301
strip -o "$TMP/stripped" "$B/apps/hello.elf"
check "goal: hello.elf under 200 KB" below bytes "$(stat -c %s "$TMP/stripped")" 200000

# Whole process, interleaved with a guest that does nothing, on the leanest microvm: minimum and
# median of 20. Time is noisy where the rest here is not: one quiet round in ten will do.
floor_guest() { cc -nostdlib -static -no-pie -Wl,-Ttext=0x100000 -Wl,--build-id=none tests/floor.S -o "$TMP/floor.elf"; }
lean() {
    local began=${EPOCHREALTIME/[.,]/}
    qemu-system-x86_64 -accel tcg -cpu max -m 512 -nodefaults -no-user-config -no-reboot \
        -machine microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off \
        -display none -serial null -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$1" > /dev/null 2>&1
    echo $((${EPOCHREALTIME/[.,]/} - began))
}
over_the_floor() {
    local round i a b
    for round in 1 2 3 4 5 6 7 8 9 10; do
        : > "$TMP/floor"
        : > "$TMP/hello"
        for ((i = 0; i < 20; i++)); do
            lean "$TMP/floor.elf" >> "$TMP/floor"
            lean "$B/apps/hello.elf" >> "$TMP/hello"
        done
        a=$(sort -n "$TMP/hello" | sed -n 1p) b=$(sort -n "$TMP/floor" | sed -n 1p)
        local least=$((a - b))
        a=$(sort -n "$TMP/hello" | sed -n 10p) b=$(sort -n "$TMP/floor" | sed -n 10p)
        local median=$((a - b))
        echo "round $round: hello minus floor: minimum $least µs, median $median µs (floor $b µs)"
        if [ $least -le 2000 ] && [ $median -le 2000 ]; then return 0; fi
    done
    return 1
}
check "floor: the guest that does nothing" floor_guest
check "goal: hello within 2 ms of it" over_the_floor
