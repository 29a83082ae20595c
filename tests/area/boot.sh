# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots by hand, as a user does: every machine, door, CPU and memory size.
by_hand() {
    timeout 60 qemu-system-x86_64 -nographic -append "a b" "$@" < /dev/null > "$TMP/console" 2>&1
    local status=$?
    grep -q 'Hello from Limpet!' "$TMP/console" && grep -q 'argument 2: b' "$TMP/console" &&
        [ "$(tail -n 1 "$TMP/console" | tr -d '\r')" = "LIMPET: exit 0" ] && return $((status & ~1))
    cat "$TMP/console"
    return 99
}
hello=(-kernel "$B/apps/hello.elf")

for machine in pc q35 microvm; do
    check "by hand: $machine, off by itself" by_hand "${hello[@]}" -M $machine
    check "by hand: $machine, isa-debug-exit" by_hand "${hello[@]}" -M $machine \
        -device isa-debug-exit,iobase=0xf4,iosize=4
done
for cpu in qemu64 max EPYC Skylake-Client; do
    for mem in 32 512 4G 20G; do
        check "by hand: $cpu, $mem" by_hand "${hello[@]}" -M q35 -cpu $cpu -m $mem
    done
done
check "by hand: 16 MiB" by_hand "${hello[@]}" -M microvm -m 16

# QEMU prefers multiboot; without its magic number the PVH door is taken.
pvh_image() {
    local at
    at=$(LC_ALL=C grep -obUaP '\x02\xb0\xad\x1b' "$B/apps/hello.elf" | head -n 1 | cut -d: -f1)
    cp "$B/apps/hello.elf" "$TMP/pvh.elf"
    printf 'XXXX' | dd of="$TMP/pvh.elf" bs=1 seek="$at" conv=notrunc status=none
}
check "PVH door: an image without multiboot" pvh_image
for machine in pc q35 microvm; do
    check "PVH door: $machine" by_hand -kernel "$TMP/pvh.elf" -M $machine
done

# GRUB, from the smallest BIOS disk: hello by a command on standard input.
from_disk() { # MODULES…
    local dir="$TMP/disk"
    mkdir -p "$dir"
    cat > "$dir/grub.cfg"
    strip -o "$dir/image.elf" "$B/apps/hello.elf"
    tar -C "$dir" --format=ustar -cf "$dir/memdisk.tar" image.elf
    grub-mkimage -O i386-pc -p '(memdisk)/' -m "$dir/memdisk.tar" -c "$dir/grub.cfg" -o "$dir/core.img" \
        biosdisk memdisk tar boot "$@" || return
    cat /usr/lib/grub/i386-pc/boot.img "$dir/core.img" > "$dir/disk.img"
    truncate -s %1M "$dir/disk.img"
    timeout 60 qemu-system-x86_64 -nographic -M pc -m 512 -drive file="$dir/disk.img",format=raw \
        < /dev/null > "$TMP/console" 2>&1
    cat "$TMP/console"
}
by_grub() { # multiboot or multiboot2
    printf "%s (memdisk)/image.elf a b 'it'\\\\''s \$c'\nboot\n" "$1" | from_disk "$1"
    grep -q 'argument 2: b' "$TMP/console" && grep -qF "argument 3: it's \$c" "$TMP/console" &&
        grep -q 'LIMPET: exit 0' "$TMP/console"
}
for door in multiboot multiboot2; do check "GRUB: $door" by_grub $door; done

# A memory map in pieces, as GRUB's cutmem makes it: of 60 holes nothing is lost, of 150 it is told what is.
in_pieces() {
    local i
    for ((i = 1; i <= $1; i++)); do
        printf 'cutmem 0x%x 0x%x\n' $((0x4000000 + i * 0x100000)) $((0x4010000 + i * 0x100000))
    done > "$TMP/holes"
    printf 'multiboot (memdisk)/image.elf\nboot\n' | cat "$TMP/holes" - | from_disk multiboot mmap | grep LIMPET
}
all_of_it() { in_pieces 60 && grep -q 'LIMPET: exit 0' "$TMP/console" && ! grep -q 'not used' "$TMP/console"; }
check "memory map: 60 holes, nothing is lost" all_of_it
expect "memory map: 150 holes" 0 'more than 128 pieces: 24635 KiB of RAM in the smallest are not used' in_pieces 150
