#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Makes a bzImage of an image, for loaders of Linux: 4 KiB of header and real-mode code (platform/linux/setup.S), then
# the image as it lies in memory, with the part that begins as zeros, which GRUB would not clear.
#
# usage: limpet-bz IMAGE.elf [-o FILE.bz]      without -o: IMAGE.bz, beside it
set -eu
export LC_ALL=C

here=$(dirname "$(readlink -f "$0")")
usage="usage: limpet-bz IMAGE.elf [-o FILE.bz]"
help="limpet-bz: an image as a bzImage, for loaders of Linux

Usage: ${usage#usage: }

What takes a Linux kernel takes the result: QEMU, GRUB, Firecracker, kvmtool.

Options:
  -o FILE                  the result (default: IMAGE.bz, beside the image)
  --version                the version
  --help                   this help

Exit status: 0; 1 when it cannot be made; 2 for wrong use.

Example: limpet-bz mine.elf -o mine.bz"
# shellcheck source=tools/image/wrap.sh
. "$here/lib/wrap.sh"
wrap_begin limpet-bz bz "$@"

base=$((0x100000))      # arch/x86_64/image.lds.S: the 32-bit door of Linux
door=$((base + 0x200)) # and the 64-bit one: loaders of bzImages do not look where it is
PT_LOAD=1
number() { # OFFSET BYTES: a field of the ELF file (ELF-64 Object File Format 1.5, figures 2 and 6)
    od -An -tu"$2" -j"$1" -N"$2" "$image" | tr -d ' \n'
}
segments=() end=$base first=0
for ((i = 0; i < $(number 56 2); i++)); do
    at=$(($(number 32 8) + i * 56))
    address=$(number $((at + 24)) 8) memory=$(number $((at + 40)) 8)
    if [ "$(number $at 4)" != $PT_LOAD ] || [ "$memory" = 0 ]; then continue; fi
    [ "$address" -ge $base ] || die "$image has a segment below 1 MiB: link it with limpet-cc"
    [ "$address" != $base ] || first=1
    segments+=("$(number $((at + 8)) 8) $address $(number $((at + 32)) 8)")
    [ $((address + memory)) -le "$end" ] || end=$((address + memory))
done
[ "$first $(number 24 8)" = "1 $door" ] || die "$image has no door for loaders of Linux: link it with limpet-cc"

write_long() { # OFFSET NUMBER: 4 bytes, little-endian
    local shift bytes=
    for shift in 0 8 16 24; do bytes+=$(printf '\\x%02x' $(($2 >> shift & 255))); done
    printf '%b' "$bytes" | dd of="$work/image.bz" bs=1 seek="$1" conv=notrunc status=none
}
length=$(((end - base + 15) & ~15))
setup=$(stat -c %s "$here/lib/setup.bin")
cp "$here/lib/setup.bin" "$work/image.bz"
truncate -s $((setup + length)) "$work/image.bz"
for segment in "${segments[@]}"; do
    read -r offset address bytes <<< "$segment"
    said=$(dd if="$image" of="$work/image.bz" bs=64K iflag=skip_bytes,count_bytes,fullblock oflag=seek_bytes \
        skip="$offset" count="$bytes" seek=$((setup + address - base)) conv=notrunc status=none 2>&1) ||
        die "cannot make $out: ${said#dd: }"
done
write_long $((0x1f4)) $((length / 16)) # syssize
write_long $((0x260)) $length          # init_size
chmod 644 "$work/image.bz"
mv -f "$work/image.bz" "$out"
