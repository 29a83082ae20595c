# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The lab's image: what is damaged is noticed before a lab boots, what is in use stays, what is left is removed.
mkdir -p "$TMP/tree/lab/whole/root/usr/bin" "$TMP/tree/lab/whole/root/lib"
cp "$B/limpet" "$TMP/tree"
(
    cd "$TMP/tree/lab/whole" || exit
    for file in vmlinux initrd.cpio xen xen.args kvm.args root/usr/bin/qemu root/lib/libjansson.so.4.14; do
        seq 30000 > $file
    done
    ln -s libjansson.so.4.14 root/lib/libjansson.so.4
    find . ! -type d | sort | xargs sha256sum > ../sums
    mv ../sums .
    printf 'key 1\nsums %s\n' "$(sha256sum < sums | cut -d' ' -f1)" > manifest
)
# damaged NAME COMMAND…: the command spoils the image in its folder.
damaged() {
    local name=$1
    shift
    rm -rf "$TMP/tree/lab/image"
    cp -a "$TMP/tree/lab/whole" "$TMP/tree/lab/image"
    (cd "$TMP/tree/lab/image" && "$@")
    expect "image: $name" 125 'its image is damaged: .*; to build it anew: limpet lab build$' \
        timeout 20 "$TMP/tree/limpet" run "$B/apps/hello.elf" -p xen-pvh
}
flip() { # FILE OFFSET: a byte becomes another; the file's size and time stay
    local byte
    touch -r "$1" time
    byte=$(od -An -tu1 -j "$2" -N 1 "$1")
    printf "%b" "\\x$(printf %x $((byte ^ 64)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
    touch -r time "$1"
}
damaged "an empty kernel" truncate -s 0 vmlinux
damaged "an initramfs cut short" truncate -s -1 initrd.cpio
damaged "a byte of the kernel" flip vmlinux 100000
damaged "a byte of the hypervisor" flip xen 100000
damaged "a program is missing" rm root/usr/bin/qemu
damaged "a library became a folder" sh -c 'rm root/lib/libjansson.so.4 && mkdir root/lib/libjansson.so.4'
damaged "no programs at all" mv root somewhere
damaged "arguments changed" sh -c 'echo -S >> xen.args'
damaged "a list of sums cut short" sed -i 3,9d sums
damaged "no manifest" rm manifest
damaged "a manifest of zeros" dd if=/dev/zero of=manifest bs=100 count=1 status=none
expect "image: its state tells" 0 '^xen: damaged: .*limpet lab build' "$TMP/tree/limpet" lab status xen
expect "image: not damaged by a copy" 0 '^xen: built' sh -c "rm -rf '$TMP/tree/lab/image'; mv '$TMP/tree/lab/whole' '$TMP/tree/lab/image'; '$TMP/tree/limpet' lab status xen"

check "image: builds" "$B/limpet" lab build
mkdir -p "$TMP/lab/image.0000used" "$TMP/lab/image.0000free/root" "$TMP/lab/image.AbCdEf/debs"
cp -a "$B/lab/image/." "$TMP/lab/image.1111"
ln -s image.1111 "$TMP/lab/image"
sed -i 's/^seen .*/seen something else/' "$TMP/lab/image/manifest"
flock -s "$TMP/lab/image.0000used" sleep 120 &
user=$!
swept() {
    tools/lab/build.sh "$TMP/lab/image" || return
    ls "$TMP/lab"
    [ "$(echo "$TMP"/lab/*)" = "$(echo "$TMP"/lab/image{,.0000used,.1111,.lock})" ]
}
check "image: up to date by apt's word; what nobody uses is removed" swept
mkdir "$TMP/lab/image.GhIjKl"
check "image: up to date by itself; likewise" swept
kill $user
mkdir "$TMP/bin"
printf '#!/bin/sh\necho head\necho disk 1000 990 10 99%% /\n' > "$TMP/bin/df"
chmod +x "$TMP/bin/df"
sed -i 's/^\(key\|seen\) .*/\1 another/' "$TMP/lab/image/manifest"
expect "image: too little room is told before the download" 1 '^lab: [0-9]+ MB are needed in .*, 10 MB are free there$' \
    env PATH="$TMP/bin:$PATH" tools/lab/build.sh "$TMP/lab/image"
expect "image: and the old one stands" 0 '^image.1111$' readlink "$TMP/lab/image"
