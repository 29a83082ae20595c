#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# limpet-iso: an image as one file that a PC boots as a CD and as a disk, by BIOS and by UEFI.
#
# usage: limpet-iso IMAGE.elf [-o FILE.iso] [--efi IMAGE.efi] [-- ARGUMENTS…]
#
# -o FILE         the result; by default IMAGE.iso beside IMAGE.elf
# --efi FILE      what UEFI starts, such as one signed by sbsign; by default limpet-efi makes it of IMAGE.elf
# -- ARGUMENTS…   the image's words, as behind QEMU's -append: limpet.OPTION and env.NAME=VALUE come first
#
# What is in it:
#   /boot/bios.img    GRUB, for a BIOS: the CD's boot image, which the master boot record starts too
#   /boot/args.cfg    what GRUB does: multiboot of the next file, with the arguments
#   /boot/image.elf   the image, without its debug data
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
CLUSTER=2048 # of the ESP: a CD's sector
# The same bytes of any day: the first that a FAT has.
SOURCE_DATE_EPOCH=315532800 TZ=UTC0
export SOURCE_DATE_EPOCH TZ

die() {
    echo "limpet-iso: $*" >&2
    exit 1
}
usage() {
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
}

# need TOOL-OR-FILE PACKAGE
need() {
    command -v "$1" > /dev/null || [ -f "$1" ] || die "$1 is missing: install the package $2"
}

# Every word, quoted by the function of that name, each after a blank.
quoted() { # FUNCTION WORD…
    how=$1
    shift
    for word; do
        printf ' '
        $how "$word"
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

# slot FILE LOADER LINE: writes it, with its comment.
slot() {
    printf '# limpet-iso: arguments for %s\n%s\n' "$2" "$3" > "$1"
    free=$((SLOT - $(wc -c < "$1")))
    [ $free -ge 0 ] || die "the arguments are $((-free)) bytes too long: $SLOT bytes are all the room they have"
    [ $free = 0 ] || printf '%*s\n' $((free - 1)) '' | tr ' ' '#' >> "$1"
}

# The FAT with what UEFI starts.
make_esp() { # EFI CMD ESP
    clusters=$((($(wc -c < "$1") + CLUSTER - 1) / CLUSTER + SLOT / CLUSTER + 2)) # two folders
    sectors=$((clusters * (CLUSTER / 512) + clusters * 4 / 512 + 8)) # two tables of 16 bits at most; what is before
    mformat -i "$3" -C -T $sectors -h 1 -s 1 -c $((CLUSTER / 512)) -r 1 -N 4c494d50 ::
    mmd -i "$3" ::/EFI ::/EFI/BOOT
    mcopy -i "$3" "$2" ::/EFI/BOOT/BOOTX64.CMD
    mcopy -i "$3" "$1" ::/EFI/BOOT/BOOTX64.EFI
}

image='' out='' efi=''
while [ $# -gt 0 ]; do
    case $1 in
    -o | --efi)
        [ $# -ge 2 ] || usage
        [ "$1" = -o ] && out=$2 || efi=$2
        shift
        ;;
    --)
        shift
        break
        ;;
    -*) usage ;;
    *)
        [ -z "$image" ] || usage
        image=$1
        ;;
    esac
    shift
done
[ -n "$image" ] || usage
here=$(dirname "$(readlink -f "$0")")
out=${out:-${image%.elf}.iso}
grub=/usr/lib/grub/i386-pc
need grub-mkimage grub-common
need $grub/boot_hybrid.img grub-pc-bin
need xorriso xorriso
need mformat mtools
for file in "$image" ${efi:+"$efi"}; do
    { [ -f "$file" ] && [ -r "$file" ]; } || die "cannot read $file"
    # shellcheck disable=SC3013 # dash and busybox have it too
    ! [ "$file" -ef "$out" ] || die "$out is the same file as $file, which is read"
done
newline='
'
for word; do
    [ -n "$word" ] || die "an empty argument cannot be given to GRUB, which drops it"
    case $word in *"$newline"*) die "an argument with a newline cannot be put into an ISO" ;; esac
done

work=$(mktemp -d "$out.XXXXXX" 2> /dev/null) || die "cannot write in $(dirname "$out")"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
boot=$work/tree/boot
mkdir -p "$boot"
uefi=$(quoted for_uefi "$@")
slot "$boot/args.cfg" GRUB "multiboot /boot/image.elf$(quoted for_grub "$@")"
slot "$work/args.cmd" UEFI "${uefi# }"
strip -o "$boot/image.elf" "$image" 2> /dev/null || die "$image is not an ELF file"
if [ -z "$efi" ] && [ -x "$here/limpet-efi" ]; then
    efi=$work/image.efi
    "$here/limpet-efi" "$image" -o "$efi"
fi
uefi_part=
if [ -n "$efi" ]; then
    make_esp "$efi" "$work/args.cmd" "$boot/esp.img"
    uefi_part='-eltorito-alt-boot -e boot/esp.img -no-emul-boot -efi-boot-part --efi-boot-image'
fi

printf 'source /boot/args.cfg\nboot\n' > "$work/grub.cfg"
grub-mkimage -O i386-pc-eltorito -p /boot -c "$work/grub.cfg" -o "$boot/bios.img" \
    biosdisk iso9660 multiboot boot configfile
find "$work/tree" -exec touch -d @$SOURCE_DATE_EPOCH {} +
# shellcheck disable=SC2086 # options
xorriso -as mkisofs -quiet -no-pad -V LIMPET -o "$work/iso" \
    -c boot/boot.cat -b boot/bios.img -no-emul-boot -boot-load-size 4 -boot-info-table --grub2-boot-info \
    --grub2-mbr $grub/boot_hybrid.img --protective-msdos-label \
    $uefi_part "$work/tree" 2> "$work/log" || {
    cat "$work/log" >&2
    die "xorriso failed (its words are above)"
}
mv "$work/iso" "$out"
