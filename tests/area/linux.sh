# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The doors of Linux' boot protocol: bzImages from real mode, GRUB's linux and linux16, the 64-bit entry.
mkdir -p "$TMP/disk"
cat > "$TMP/words.c" << 'END_OF_SOURCE'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    const char *path = getenv("MODULE"), *value = getenv("VALUE");
    char line[64];
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    if (value != NULL)
        printf("{%s}", value);
    FILE *module = path != NULL ? fopen(path, "r") : NULL;
    if (module != NULL && fgets(line, sizeof line, module) != NULL)
        printf("<%s>", line);
    puts(".");
    return 7;
}
END_OF_SOURCE
check "linux: a program" "$B/limpet-cc" -Wall -Wextra -Werror -O2 "$TMP/words.c" -o "$TMP/words.elf"
check "linux: its bzImage" "$B/limpet-bz" "$TMP/words.elf"

# ends STATUS LINE COMMAND…: of QEMU by isa-debug-exit, and the console has the line.
qemu() {
    timeout 60 qemu-system-x86_64 -display none -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" \
        < /dev/null | tr -d '\r'
    return $((PIPESTATUS[0] >> 1))
}
bz() { qemu -kernel "$TMP/words.bz" "$@"; }

for machine in pc q35 microvm isapc; do
    expect "bz: $machine: arguments and status" 7 '^\[a\]\[b c\]\.$' \
        bz -M $machine -cpu max -append 'a "b c"'
done
expect "bz: 16 MiB" 7 '\[a\]\.$' bz -M microvm -m 16 -append a
expect "bz: 20 GiB" 7 '\[a\]\.$' bz -M q35 -m 20G -append a
expect "bz: no arguments" 7 '^\.$' bz -M microvm

# A line that the loader shares.
expect "line: GRUB's word is not the app's" 7 '^\[a\]\.$' bz -M microvm -append 'BOOT_IMAGE="/x y.bz" a'
expect "line: behind -- stand the arguments" 7 '^\[limpet\.x\]\[--\]\[b c\]\{1 2\}\.$' \
    bz -M microvm -append 'noapic root=/dev/vda env.VALUE="1 2" ro -- limpet.x -- "b c"'
expect "line: limpet.line=shared, at the other doors" 7 '^\[a\]\.$' \
    qemu -M microvm -kernel "$TMP/words.elf" -append 'limpet.line=shared pci=off -- a'
long_line() { bz -M microvm -append "$(printf '%*s' "$1" '' | tr ' ' x)"; }
expect "line: 4095 bytes" 7 '^\[x{4095}\]\.$' long_line 4095
expect "line: 4096 bytes are too many" 127 'panic: The arguments are longer than 4095 bytes' long_line 4096

echo brought along > "$TMP/module.txt"
for machine in pc microvm; do
    expect "initrd: $machine" 7 '<brought along' \
        bz -M $machine -initrd "$TMP/module.txt" -append "env.MODULE=/modules/initrd -- a"
done
expect "initrd: by a name" 7 '<brought along' \
    bz -M microvm -initrd "$TMP/module.txt" -append 'limpet.name=a%20b.txt env.MODULE="/modules/a b.txt"'
cp "$TMP/module.txt" "$TMP/d e,f.txt"
expect "initrd: limpet run tells the name" 7 '<brought along' \
    "$B/limpet" run "$TMP/words.elf" -p qemu --door bz -e MODULE="/modules/d e,f.txt" --module "$TMP/d e,f.txt" -- a

# GRUB, from the smallest BIOS disk.
from_disk() { # COMMAND ARGUMENTS [LINES BEFORE [LINES BEHIND]]
    local grub=/usr/lib/grub/i386-pc
    [ -f "$TMP/disk.tar" ] || tar -C "$TMP" --format=ustar -cf "$TMP/disk.tar" words.bz module.txt
    printf '%s\n%s (memdisk)/words.bz %s\n%s\nboot\n' "${3-}" "$1" "$2" "${4-}" > "$TMP/disk/grub.cfg"
    grub-mkimage -O i386-pc -p '(memdisk)/' -m "$TMP/disk.tar" -c "$TMP/disk/grub.cfg" -o "$TMP/disk/core.img" \
        biosdisk memdisk tar "$1" boot mmap || return
    cat $grub/boot.img "$TMP/disk/core.img" > "$TMP/disk/disk.img"
    truncate -s %1M "$TMP/disk/disk.img"
    qemu -M pc -m 512 -drive file="$TMP/disk/disk.img",format=raw
}
holes() { # NUMBER: as many pieces of RAM are taken out of the map
    local i
    for ((i = 1; i <= $1; i++)); do
        printf 'cutmem 0x%x 0x%x\n' $((0x4000000 + i * 0x100000)) $((0x4010000 + i * 0x100000))
    done
}
for command in linux linux16; do
    expect "GRUB: $command: arguments, status, module" 7 "\\[a\\]\\[b c\\]\\[it's \\\$d\\]<brought along" \
        from_disk $command "env.MODULE=/modules/initrd -- a 'b c' 'it'\\''s \$d'" '' "initrd${command#linux} (memdisk)/module.txt"
    # Of more than 128 entries none is overlooked: the same is lost as by multiboot.
    expect "GRUB: $command: a map of 150 holes" 7 'more than 128 pieces: 24635 KiB of RAM in the smallest are not used' \
        from_disk $command a "$(holes 150)"
done

# The ELF header's entry: 64-bit mode, and 32-bit mode as at the PVH door.
address() { nm "$TMP/words.elf" | awk -v name="$1" '$3 == name { print "0x" $1 }'; }
enter() { # NAME OPTION…
    cc -nostdlib -static -no-pie -Wl,-Ttext=0x2000000,-edoor,--build-id=none -DENTRY="$(address linux64_door)" "${@:2}" \
        tests/enter.S -o "$TMP/$1.elf"
}
at_entry() { qemu -kernel "$TMP/$1.elf" -device loader,file="$TMP/words.elf" "${@:2}"; }
check "entry: a loader in 64-bit mode" enter enter64 -DLINUX64
check "entry: a loader in 32-bit mode" enter enter32
for machine in pc microvm; do
    expect "entry: $machine, 64-bit mode" 7 '\[a\]\[b c\]\{1\}\.$' \
        at_entry enter64 -M $machine -cpu max -append 'ro env.VALUE=1 -- a "b c"'
    expect "entry: $machine, 32-bit mode" 7 '\[a\]\[b c\]\{1\}\.$' \
        at_entry enter32 -M $machine -cpu max -append 'env.VALUE=1 a "b c"'
done

# A CPU that lacks something is told so at each of these doors.
for lacks in "max,-nx:NX" "qemu64,-lm:long mode" "max,-sse2:SSE2" "qemu32:long mode .*NX"; do
    for machine in pc microvm; do
        expect "a CPU: bz, $machine, ${lacks%%:*}" 127 "panic: The CPU lacks .*${lacks#*:}" \
            bz -M $machine -cpu "${lacks%%:*}"
    done
done
for lacks in "max,-nx:NX" "max,-sse2:SSE2"; do
    expect "a CPU: 64-bit entry, ${lacks%%:*}" 127 "panic: The CPU lacks .*${lacks#*:}" \
        at_entry enter64 -M microvm -cpu "${lacks%%:*}"
done

# Ends without isa-debug-exit: by S5, and where there is none by the keyboard controller, without a word.
plain() {
    timeout 60 qemu-system-x86_64 -nographic -no-reboot -kernel "$TMP/words.bz" "$@" < /dev/null > "$TMP/console" 2>&1 &&
        [ "$(tail -n 1 "$TMP/console" | tr -d '\r')" = "LIMPET: exit 7" ]
}
for machine in q35 microvm isapc; do check "end: $machine, by itself" plain -M $machine -cpu max; done

# What cannot be wrapped.
wrong() { # NAME STATUS PATTERN WORDS…
    rm -f "$TMP/wrong.bz"
    expect "limpet-bz: $1" "$2" "^limpet-bz: .*$3" "$B/limpet-bz" "${@:4}"
    check "limpet-bz: $1: no file" [ ! -e "$TMP/wrong.bz" ]
}
expect "limpet-bz: wrong use" 2 '^usage: limpet-bz' "$B/limpet-bz"
expect "limpet-bz: an option that is none" 2 '^usage: limpet-bz' "$B/limpet-bz" -x "$TMP/words.elf"
wrong "no such file" 1 'cannot read /no/such.elf: No such file' /no/such.elf -o "$TMP/wrong.bz"
head -c 50 "$TMP/words.elf" > "$TMP/cut.elf"
wrong "a cut-off header" 1 'cut.elf is cut off in its ELF header' "$TMP/cut.elf" -o "$TMP/wrong.bz"
head -c 100000 "$TMP/words.elf" > "$TMP/cut.elf"
wrong "a cut-off segment" 1 'cut.elf has a segment that goes past the end of the file' "$TMP/cut.elf" -o "$TMP/wrong.bz"
echo '.globl _start; _start: ret' > "$TMP/small.S"
cc -m32 -nostdlib -static -no-pie "$TMP/small.S" -o "$TMP/small.elf"
wrong "a 32-bit file" 1 'small.elf is a 32-bit ELF file: an x86-64 one is wanted' "$TMP/small.elf" -o "$TMP/wrong.bz"
wrong "the host's program" 1 'no program with fixed addresses' "$(command -v ls)" -o "$TMP/wrong.bz"
cc -nostdlib -static -no-pie -Wl,-Ttext=0x100000,-edoor,--build-id=none tests/floor.S -o "$TMP/floor.elf"
wrong "a foreign image" 1 'floor.elf has a segment that does not begin at a page' "$TMP/floor.elf" -o "$TMP/wrong.bz"
cp "$TMP/words.elf" "$TMP/older.elf"
printf '\0' | dd of="$TMP/older.elf" bs=1 seek=25 conv=notrunc status=none # its entry is another
wrong "an image without these doors" 1 'older.elf has no door for loaders of Linux' "$TMP/older.elf" -o "$TMP/wrong.bz"
wrong "no folder for it" 1 'cannot write in /no/such' "$TMP/words.elf" -o /no/such/wrong.bz
wrong "a device" 1 'cannot write /dev/null: it is not a regular file' "$TMP/words.elf" -o /dev/null
before=$(sha256sum < "$TMP/words.elf")
wrong "onto the image" 2 'is the same file as .*words.elf, which is read' "$TMP/words.elf" -o "$TMP/words.elf"
check "limpet-bz: onto the image: as it was" [ "$before" = "$(sha256sum < "$TMP/words.elf")" ]
mkdir -p "$TMP/a b"
check "limpet-bz: a path with a space" "$B/limpet-bz" "$TMP/words.elf" -o "$TMP/a b/c d.bz"
check "limpet-bz: the same bytes again" cmp "$TMP/words.bz" "$TMP/a b/c d.bz"
