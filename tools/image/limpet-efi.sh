#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes a UEFI program of an image: the stub (platform/efi) with the ELF, stripped, in a section of its own.
#
# usage: limpet-efi IMAGE.elf [-o FILE.efi]      without -o: IMAGE.efi, beside it
set -eu

here=$(dirname "$(readlink -f "$0")")
stub=$here/lib/stub.efi
usage="usage: limpet-efi IMAGE.elf [-o FILE.efi]"
help="limpet-efi: an image as a program for UEFI

Usage: ${usage#usage: }

Puts the image behind a stub, which takes the machine over from the firmware.
Copied to EFI/BOOT/BOOTX64.EFI of a FAT, it is what a UEFI machine starts.

Options:
  -o FILE                  the result (default: IMAGE.efi, beside the image)
  --version                the version
  --help                   this help

Exit status: 0; 1 when it cannot be made; 2 for wrong use.

Example: limpet-efi mine.elf -o mine.efi"
# shellcheck source=tools/image/wrap.sh
. "$here/lib/wrap.sh"
wrap_begin limpet-efi efi "$@"

wrap_strip
# Behind the stub's last section, at the next page.
end=$(objdump -h "$stub" | awk '
    function value(hex,  i, n) { for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1; return n }
    $1 ~ /^[0-9]+$/ { end = value($4) + value($3) }
    END { printf "0x%x", int((end + 4095) / 4096) * 4096 }')
said=$(objcopy --add-section .limpet="$work/image.elf" \
    --set-section-flags .limpet=contents,alloc,load,readonly,data --change-section-vma .limpet="$end" \
    "$stub" "$work/image.efi" 2>&1) || die "$image: objcopy failed: $said"
# The same bytes at any time: objcopy leaves the hour in the header, and a checksum of all, which no firmware reads.
header=$(od -An -tu4 -j 60 -N 4 "$work/image.efi")
for field in 8 88; do # PE format: COFF header, TimeDateStamp; optional header, CheckSum
    printf '\0\0\0\0' | dd of="$work/image.efi" bs=1 seek=$((header + field)) conv=notrunc status=none
done
chmod 644 "$work/image.efi"
mv -f "$work/image.efi" "$out"
