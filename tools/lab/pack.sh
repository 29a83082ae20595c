#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Packs a folder as the lab's initramfs: the same bytes wherever, whenever and by whomever the folder
# was filled.
#
# usage: pack.sh DIR OUT.cpio
# DIR has bin/busybox and lib/modules/VERSION, of which the index is made here. Its times are set to 0.
set -eu
LC_ALL=C
export LC_ALL

die() {
    echo "lab: $*" >&2
    exit 1
}

[ $# -eq 2 ] || die "usage: pack.sh DIR OUT.cpio"
dir=$1 out=$(realpath -m "$2")

version=$(basename "$(echo "$dir"/lib/modules/*/)")
"$dir/bin/busybox" depmod -b "$dir" "$version" || die "depmod failed"
for file in "$dir/lib/modules/$version"/modules.*; do # lists in the order of the folder's entries
    sort -o "$file" "$file"
done

find "$dir" -exec touch -hd @0 {} +
cd "$dir"
find . | sort | cpio -o -H newc --owner=0:0 --reproducible --quiet >"$out" ||
    die "cannot write the initramfs (is the disk full?)"
