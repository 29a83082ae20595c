#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes a disk that a BIOS boots: boot sector, the smallest GRUB core, the image in GRUB's memory disk.
#
# usage: mkdisk.sh IMAGE.elf DISK.img [--multiboot2] [ARGUMENTS…]
set -eu

die() {
    echo "mkdisk: $*" >&2
    exit 1
}

[ $# -ge 2 ] || die "usage: mkdisk.sh IMAGE.elf DISK.img [--multiboot2] [ARGUMENTS…]"
image=$1 disk=$2 door=multiboot
shift 2
if [ "${1:-}" = --multiboot2 ]; then
    door=multiboot2
    shift
fi
grub=/usr/lib/grub/i386-pc
command -v grub-mkimage > /dev/null || die "grub-mkimage is missing: install the package grub-common"
[ -f $grub/boot.img ] || die "$grub/boot.img is missing: install the package grub-pc-bin"
[ -r "$image" ] || die "cannot read $image"
# shellcheck disable=SC3013 # dash and busybox have it too
! [ "$image" -ef "$disk" ] || {
    echo "mkdisk: $disk is the same file as $image, which is read" >&2
    exit 2
}

work=$(mktemp -d "$disk.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
strip -o "$work/image.elf" "$image" || die "$image is not an ELF file" # what a BIOS reads takes time
tar -C "$work" --format=ustar --mtime=@0 --mode=644 --owner=0 --group=0 --numeric-owner -cf "$work/memdisk.tar" image.elf

# GRUB's own quoting: in single quotes everything but a single quote stands for itself.
line="$door (memdisk)/image.elf"
for word; do
    line="$line '$(printf '%s' "$word" | sed "s/'/'\\\\''/g")'"
done
printf '%s\nboot\n' "$line" > "$work/grub.cfg"
grub-mkimage -O i386-pc -p '(memdisk)/' -m "$work/memdisk.tar" -c "$work/grub.cfg" -o "$work/core.img" \
    biosdisk memdisk tar "$door" boot
cat $grub/boot.img "$work/core.img" > "$work/disk.img"
truncate -s %1M "$work/disk.img" # whole cylinders of a made-up disk; some BIOSes want room at its end
mv "$work/disk.img" "$disk"
