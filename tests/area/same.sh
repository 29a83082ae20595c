# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The same bytes of any folder: what is built here against what is built in another place, in OTHER
# where somebody has built one from scratch, else in a copy that shares newlib.
other=${OTHER-}
copy() {
    mkdir -p "$TMP/another place"
    tar --exclude=./build --exclude=./.git -c . | tar -x -C "$TMP/another place" &&
        mkdir -p "$TMP/another place/$B" && cp -r "$B/newlib" "$TMP/another place/$B/"
}
build() { make -s -C "$TMP/another place" "${products[@]/#/$B/}"; }
products=(apps/hello.elf apps/hello.efi apps/hello.iso limpet limpet-vmm)
if [ -z "$other" ]; then
    other="$TMP/another place/$B"
    check "same: a copy in another place" copy
    check "same: it builds" build
else
    products=(apps/*.elf apps/*.efi apps/*.iso limpet limpet-vmm newlib/lib/libc.a newlib/lib/libm.a lab/image/initrd.cpio)
fi
cd_build=$PWD/$B
for file in "${products[@]}"; do
    for path in "$cd_build"/$file; do
        check "same: ${path#"$cd_build/"}" cmp "$path" "$other/${path#"$cd_build/"}"
    done
done

# Who includes a header of ours is made anew with it.
anew() { make -n -W "$1" "$B/$2" | grep -qF "$3"; }
check "same: a public header makes the kernel anew" anew kernel/include/limpet.h obj/kernel/libc/limpet.c.o kernel/libc/limpet.c
check "same: and apps" anew kernel/include/limpet.h obj/apps/micro/pages.c.o apps/micro/pages.c
check "same: and Linux's programs" anew apps/lib/bench.h linux/apps/micro/pages.c.o apps/micro/pages.c

# The lab's initramfs: what is in it once more, its files made in another order, at another time.
again() {
    mkdir "$TMP/first" "$TMP/second"
    (cd "$TMP/first" && cpio -id --quiet) < "$B/lab/image/initrd.cpio"
    (cd "$TMP/first" && find . | sort -r | cpio -pd --quiet "$TMP/second") &&
        tools/lab/pack.sh "$TMP/second" "$TMP/second.cpio" && cmp "$TMP/second.cpio" "$B/lab/image/initrd.cpio"
}
sorted() { for file in "$TMP"/second/lib/modules/*/modules.*; do LC_ALL=C sort -c "$file" || return; done; }
check "same: the lab is built" "$B/limpet" lab build
check "same: its initramfs, packed again" again
check "same: in an order that is no folder's" sorted
