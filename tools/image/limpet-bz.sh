#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Wraps an image as a bzImage, for loaders that know Linux' boot protocol: 4 KiB of header and real-mode code
# (platform/linux/setup.S), then the image as it lies in memory, its cleared part too, which GRUB does not clear.
#
# usage: limpet-bz IMAGE.elf [-o FILE]      FILE: IMAGE.bz beside the image
set -eu
export LC_ALL=C

here=$(dirname "$(readlink -f "$0")")
setup=$here/lib/setup.bin
base=$((0x100000))      # arch/x86_64/image.lds.S
door=$((base + 0x200)) # the 64-bit door of Linux: a loader of bzImages finds it there
die() {
    echo "limpet-bz: $*" >&2
    exit 1
}
usage() {
    sed -n 's/^# usage: /usage: /p' "$0" >&2
    exit 2
}

elf='' out=''
while [ $# -gt 0 ]; do
    case $1 in
    -o) [ $# -gt 1 ] || usage; out=$2; shift ;;
    -o?*) out=${1#-o} ;;
    --help | -h) usage 2>&1 ;;
    -?*) usage ;;
    *) [ -z "$elf" ] || usage; elf=$1 ;;
    esac
    shift
done
[ -n "$elf" ] || usage
[ -n "$out" ] || out=${elf%.elf}.bz
case $elf in -*) elf=./$elf ;; esac
case $out in -*) out=./$out ;; esac

[ ! -d "$elf" ] || die "$elf is a folder"
[ -r "$elf" ] || die "cannot read $elf"
[ ! -e "$out" ] || [ -f "$out" ] || die "$out is there, and is no file"
! [ "$elf" -ef "$out" ] || {
    echo "limpet-bz: $out is the same file as $elf, which is read" >&2
    exit 2
}
[ -r "$setup" ] || die "$setup is missing: build it with make"

# What the ELF header says (ELF-64 Object File Format 1.5, figure 2).
size=$(stat -Lc %s "$elf")
number() { # OFFSET BYTES: little-endian
    od -An -tu"$2" -j"$1" -N"$2" "$elf" | tr -d ' \n'
}
[ "$(head -c 4 "$elf" | od -An -tx1)" = " 7f 45 4c 46" ] || die "$elf is not an ELF file"
[ "$size" -ge 64 ] || die "$elf is cut off in its ELF header"
[ "$(number 4 1)" = 2 ] || die "$elf is a 32-bit ELF file: an x86-64 image is wanted, as limpet-cc makes it"
[ "$(number 5 1) $(number 18 2)" = "1 62" ] || die "$elf is an ELF file for another machine than x86-64"
[ "$(number 16 2)" = 2 ] || die "$elf is no image: limpet-cc makes programs with fixed addresses (ELF type EXEC)"
headers=$(number 32 8) each=$(number 54 2) count=$(number 56 2)
[ "$each" = 56 ] || die "$elf has program headers of an unknown size"
{ [ "${#headers}" -lt 16 ] && [ $((headers + count * each)) -le "$size" ]; } || die "$elf is cut off in its program headers"

# Segments: where each stands in the file and in memory.
segments=() end=$base first=
for ((i = 0; i < count; i++)); do
    at=$((headers + i * each))
    [ "$(number $at 4)" = 1 ] || continue # PT_LOAD
    offset=$(number $((at + 8)) 8) address=$(number $((at + 24)) 8)
    bytes=$(number $((at + 32)) 8) memory=$(number $((at + 40)) 8)
    for value in "$offset" "$address" "$bytes" "$memory"; do
        [ ${#value} -lt 16 ] || die "$elf has a segment beyond what any machine has"
    done
    [ $((offset + bytes)) -le "$size" ] || die "$elf is cut off: a segment goes past the end of the file"
    [ "$bytes" -le "$memory" ] || die "$elf has a segment with more bytes in the file than in memory"
    [ "$memory" != 0 ] || continue
    [ "$address" -ge $base ] || die "$elf has a segment below 1 MiB, where loaders of Linux have their own"
    [ "$address" != $base ] || first=yes
    segments+=("$offset $address $bytes")
    [ $((address + memory)) -le "$end" ] || end=$((address + memory))
done
{ [ "$first" ] && [ "$(number 24 8)" = $door ]; } ||
    die "$elf has not the doors of Linux' boot protocol at 1 MiB: build it with this limpet-cc"
[ $((end - base)) -lt $((1 << 30)) ] || die "$elf takes more than 1 GiB: loaders of Linux would not find room"

work=$(mktemp "$out.XXXXXX") || die "cannot write to $(dirname "$out")"
trap 'rm -f "$work"' EXIT
trap 'exit 130' INT TERM HUP
little() { # NUMBER: 4 bytes
    printf "%b" "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"
}
copy() { # FROM OFFSET BYTES TO
    dd if="$1" of="$work" bs=64K iflag=skip_bytes,count_bytes,fullblock oflag=seek_bytes skip="$2" count="$3" seek="$4" \
        conv=notrunc status=none
}
whole=$(((end - base + 4095) / 4096 * 4096))
cp "$setup" "$work"
truncate -s $((4096 + whole)) "$work"
for segment in "${segments[@]}"; do
    read -r offset address bytes <<< "$segment"
    copy "$elf" "$offset" "$bytes" $((address - base + 4096))
done
little $((whole / 16)) | dd of="$work" bs=1 seek=$((0x1f4)) conv=notrunc status=none # syssize
little $whole | dd of="$work" bs=1 seek=$((0x260)) conv=notrunc status=none         # init_size
chmod "$(printf %o $((0666 & ~$(umask))))" "$work"
mv -f "$work" "$out"
