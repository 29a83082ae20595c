#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# limpet-iso: an image as one file that a PC boots as a CD and as a disk, by BIOS and by UEFI.
#
# usage: limpet-iso [--efi FILE.efi] IMAGE.elf [-o FILE.iso] [-- ARGUMENTS…]
#
# --efi FILE      what UEFI starts, such as one signed by sbsign; without it limpet-efi makes one of IMAGE.elf
# -o FILE         the result; without it IMAGE.iso beside IMAGE.elf
# -- ARGUMENTS…   the image's words, as behind QEMU's -append: limpet.OPTION and env.NAME=VALUE come first
#
# What is in it:
#   /boot/bios.img    GRUB, for a BIOS: the CD's boot image, which the master boot record starts too
#   /boot/args.cfg    what GRUB does: multiboot of the next file, with the arguments
#   /boot/image.elf   the image without its debug data, packed by gzip, which GRUB undoes: to read takes a BIOS time
#   the ESP, a FAT: the CD's boot image for UEFI, and as a disk the only partition of the GPT
#     EFI/BOOT/BOOTX64.EFI   the image by limpet-efi
#     EFI/BOOT/BOOTX64.CMD   its arguments
#
# The two files of arguments are slots: SLOT bytes in one piece, uncompressed, at a multiple of 512 bytes of
# the ISO, with nothing but themselves to be changed. Whoever has a copy of the ISO can write other arguments
# over them without any tool. Each begins with a line that is nowhere else at a multiple of 512 bytes:
#
#   # limpet-iso: arguments for GRUB
#   multiboot /boot/image.elf 'ONE' 'TWO'…
#
#       A word stands in single quotes, a single quote in it as '\''. GRUB has no way to hand on an empty word.
#
#   # limpet-iso: arguments for UEFI
#   "ONE" "TWO"…
#
#       The image's argument line itself (blanks split, "…" groups, \ escapes the next character).
#
# A newline ends the line; the rest of the slot is a comment: # to its last byte, which is a newline.
set -eu
LC_ALL=C.UTF-8
export LC_ALL
SLOT=4096
CLUSTER=2048 # of the ESP, in bytes: as a CD's sector
# The same bytes at any time: the first that a FAT can tell.
SOURCE_DATE_EPOCH=315532800 TZ=UTC0
export SOURCE_DATE_EPOCH TZ

here=$(dirname "$(readlink -f "$0")")
grub=/usr/lib/grub/i386-pc
usage="usage: limpet-iso [--efi FILE.efi] IMAGE.elf [-o FILE.iso] [-- ARGUMENTS…]"
help="limpet-iso: an image as a file that boots as a CD and as a disk

Usage: ${usage#usage: }

A PC starts the result by BIOS (GRUB is in it) and by UEFI.

Options:
  --efi FILE               what UEFI starts, such as a program signed by sbsign
                           (default: what limpet-efi makes of IMAGE.elf)
  -o FILE                  the result (default: IMAGE.iso, beside the image)
  --version                the version
  --help                   this help

ARGUMENTS are the image's words, as behind QEMU's -append. They lie in two
slots, which can be written over in a copy; the head of this script says how.

Exit status: 0; 1 when it cannot be made; 2 for wrong use.

Example: limpet-iso mine.elf -o mine.iso -- a b"
# shellcheck source=tools/image/wrap.sh
. "$here/lib/wrap.sh"

need() { # PROGRAM-OR-FILE PACKAGE
    command -v "$1" > /dev/null || [ -f "$1" ] || die "$1 is missing: install the package $2"
}

check_efi() {
    { [ -f "$efi" ] && [ -r "$efi" ]; } || die "cannot read $efi"
    [ "$(head -c 2 "$efi" | tr -d '\0')" = MZ ] || die "$efi is no program for UEFI: limpet-efi makes one"
    # shellcheck disable=SC3013 # dash and busybox have it too
    ! [ "$efi" -ef "$out" ] || die "$out is the same file as $efi, which is read" 2
}

# Every word, each after a blank, as the function quotes it.
quoted() { # FUNCTION WORD…
    how=$1
    shift
    for word; do
        printf ' '
        "$how" "$word"
    done
}
for_grub() {
    printf "'"
    printf %s "$1" | sed "s/'/'\\\\''/g"
    printf "'"
}
for_uefi() {
    printf '"'
    printf %s "$1" | sed 's/["\\]/\\&/g'
    printf '"'
}

slot() { # FILE LOADER LINE
    printf '# limpet-iso: arguments for %s\n%s\n' "$2" "$3" > "$1"
    free=$((SLOT - $(wc -c < "$1")))
    [ $free -ge 0 ] || die "the arguments are too long: with all that goes with them $((SLOT - free)) bytes, and $SLOT have room"
    [ $free = 0 ] || printf '%*s\n' $((free - 1)) '' | tr ' ' '#' >> "$1"
}

# The FAT with what UEFI starts, in $work: names without a colon or @@, which mtools would understand.
make_esp() {
    clusters=$((($(wc -c < image.efi) + CLUSTER - 1) / CLUSTER + SLOT / CLUSTER + 2)) # two folders
    sectors=$((clusters * (CLUSTER / 512) + clusters * 4 / 512 + 8)) # two tables of 16 bits at most; what is before
    mformat -i esp.img -C -T $sectors -h 1 -s 1 -c $((CLUSTER / 512)) -r 1 -N 4c494d50 :: &&
        mmd -i esp.img ::/EFI ::/EFI/BOOT &&
        mcopy -i esp.img args.cmd ::/EFI/BOOT/BOOTX64.CMD &&
        mcopy -i esp.img image.efi ::/EFI/BOOT/BOOTX64.EFI
}

# Of tree/, with 300 KiB of zeros (-pad): SeaBIOS counts a disk that is not of the old kind (AHCI, virtio) in cylinders of
# 504 KiB, and does not read one that has less than one.
make_iso() {
    printf 'source /boot/args.cfg\nboot\n' > grub.cfg &&
        grub-mkimage -O i386-pc-eltorito -p /boot -c grub.cfg -o tree/boot/bios.img biosdisk iso9660 gzio multiboot boot configfile &&
        mv esp.img tree/boot &&
        find tree -exec touch -d @$SOURCE_DATE_EPOCH {} + &&
        xorriso -as mkisofs -quiet -pad -V LIMPET -o iso \
            -c boot/boot.cat -b boot/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \
            --grub2-mbr $grub/boot_hybrid.img --protective-msdos-label \
            -eltorito-alt-boot -e boot/esp.img -no-emul-boot -efi-boot-part --efi-boot-image tree
}

efi=''
case ${1-} in
--efi)
    [ $# -ge 2 ] || usage
    efi=$2
    shift 2
    ;;
--efi=*)
    efi=${1#--efi=}
    shift
    ;;
esac
wrap_begin limpet-iso iso "$@"
shift "$wrap_shift"
need grub-mkimage grub-common
need $grub/boot_hybrid.img grub-pc-bin
need xorriso xorriso
need mformat mtools
[ -z "$efi" ] || check_efi
for word; do
    [ -n "$word" ] || die "an empty argument cannot be given: GRUB, which starts the image for a BIOS, drops it"
    case $word in *[[:cntrl:]]*) die "an argument with a tab, a newline or the like cannot be given: it would not arrive" ;; esac
done

mkdir -p "$work/tree/boot"
uefi=$(quoted for_uefi "$@")
slot "$work/tree/boot/args.cfg" GRUB "multiboot /boot/image.elf$(quoted for_grub "$@")"
slot "$work/args.cmd" UEFI "${uefi# }"
if [ -n "$efi" ]; then
    cp "$efi" "$work/image.efi"
else
    "$here/limpet-efi" "$image" -o "$work/image.efi" || exit
fi
wrap_strip
gzip -9n < "$work/image.elf" > "$work/tree/boot/image.elf"
said=$( (cd "$work" && make_esp && make_iso) 2>&1) || die "cannot make $out: $said"
mv -f "$work/iso" "$out"
