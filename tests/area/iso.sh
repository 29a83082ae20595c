# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# ISOs: as a CD and as a disk, by BIOS and by UEFI; arguments, written over in a copy, too; what limpet-iso refuses.
# shellcheck source=tests/efi/boot.sh
. tests/efi/boot.sh
cat > "$TMP/words.c" << 'END_OF_SOURCE'
#include <stdio.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    puts(".");
    return 7;
}
END_OF_SOURCE
check "a program" "$B/limpet-cc" -Wall -Wextra -Werror -O2 "$TMP/words.c" -o "$TMP/words.elf"
# shellcheck disable=SC1003,SC2016 # nothing is meant to be expanded
words=(a "b c" "it's \$c" '\' '"d"' "#" '$(e) `f`' 'ä' '-- \x')
# shellcheck disable=SC2016 # a pattern
said() { # WORD…: as the program says them, for grep -E
    printf '[%s]' "$@" | sed 's/[][\.*^$(){}+?|]/\\&/g'
    printf '\\.$'
}
check "limpet-iso: with arguments" "$B/limpet-iso" "$TMP/words.elf" -- "${words[@]}"
check "a program for UEFI" "$B/limpet-efi" "$TMP/words.elf"

bios() { # MACHINE OPTION…
    timeout 60 qemu-system-x86_64 -display none -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 -M "$@" \
        < /dev/null | tr -d '\r'
    return $((PIPESTATUS[0] >> 1))
}

small() {
    "$B/limpet-cc" -O2 tests/small.c -o "$TMP/small.elf" && "$B/limpet-iso" "$TMP/small.elf"
}

# by_bios NAME MACHINE OPTION…: the program has its words, and ends with its status.
by_bios() { expect "BIOS: $1" 7 "^$(said "${words[@]}")" bios "${@:2}"; }
iso=$TMP/words.iso
by_bios "a CD, pc" pc -cdrom "$iso"
by_bios "a disk, pc" pc -drive "format=raw,file=$iso"
by_bios "a CD, q35" q35 -cdrom "$iso"
check "an ISO of a small image" small
expect "BIOS: that as a disk of AHCI" 0 '^small$' bios q35 -drive "format=raw,file=$TMP/small.iso"
by_bios "a disk beside another, q35" q35 -drive "format=raw,file=$iso" -drive "format=raw,file=$B/apps/hello.iso"
if [ ! -f $OVMF/OVMF_CODE_4M.fd ]; then
    skip "UEFI" "OVMF is missing: install the package ovmf"
else
    expect "UEFI: a CD, q35, OVMF 4M" 7 "^$(said "${words[@]}")" ovmf _4M _4M q35 -cdrom "$iso"
    expect "UEFI: a disk, pc, OVMF 2M" 7 "^$(said "${words[@]}")" ovmf "" "" pc -drive "format=raw,file=$iso"
    check "Secure Boot: the program signed" sign "$TMP/words.efi" "$TMP/signed.efi"
    check "Secure Boot: an ISO with it" "$B/limpet-iso" --efi "$TMP/signed.efi" "$TMP/words.elf" -o "$TMP/signed.iso" -- a "b c"
    expect "Secure Boot: boots" 7 '^\[a\]\[b c\]\.$' secure -drive "format=raw,file=$TMP/signed.iso"
fi

# Other arguments, written over those in a copy, as tools/image/limpet-iso.sh tells.
over() { # LOADER LINE
    local at mark="# limpet-iso: arguments for $1"
    at=$(LC_ALL=C grep -obUa "$mark" "$TMP/over.iso" | cut -d: -f1)
    [ $((at % 512)) = 0 ] || return
    printf '%s\n%s\n%4096s\n' "$mark" "$2" '' | tr ' ' '#' | sed '1,2s/#/ /g; 1s/^ /#/' | head -c 4095 > "$TMP/slot"
    echo >> "$TMP/slot"
    [ "$(tail -c +$((at + 1)) "$TMP/over.iso" | head -c 4096 | tail -c 1 | od -An -tx1)" = " 0a" ] &&
        dd if="$TMP/slot" of="$TMP/over.iso" bs=512 seek=$((at / 512)) conv=notrunc status=none
}
cp "$iso" "$TMP/over.iso"
check "a slot for GRUB, written over" over GRUB "multiboot /boot/image.elf 'x y' 'it'\\''s'"
check "a slot for UEFI, written over" over UEFI '"u v" w'
expect "BIOS: the new arguments" 7 "^\[x y\]\[it's\]\.\$" bios pc -cdrom "$TMP/over.iso"
[ ! -f $OVMF/OVMF_CODE_4M.fd ] ||
    expect "UEFI: the new arguments" 7 '^\[u v\]\[w\]\.$' ovmf _4M _4M q35 -drive "format=raw,file=$TMP/over.iso"

# The same bytes at any time and place, whatever the environment.
elsewhere() {
    mkdir -p "$TMP/a b::@@c"
    cp "$B/apps/hello.elf" "$TMP/a b::@@c/x y.elf"
    env -i PATH="$PATH" TZ=Asia/Tokyo SOURCE_DATE_EPOCH=1 "$B/limpet-iso" "$TMP/a b::@@c/x y.elf" &&
        cmp "$TMP/a b::@@c/x y.iso" "$B/apps/hello.iso"
}
check "limpet-iso: the same bytes again" elsewhere

# What is wrong is told in one sentence, and nothing is written.
wrong() { # NAME STATUS SENTENCE WORD…
    expect "limpet-iso: $1" "$2" "^limpet-iso: $3\$" "$B/limpet-iso" "${@:4}"
    check "limpet-iso: $1: one line, no file left" one_line
}
one_line() { [ "$(wc -l < "$TMP/last")" = 1 ] && [ -z "$(find "$TMP"/new* 2> /dev/null)" ]; }
hello=$B/apps/hello.elf new=(-o "$TMP/new.iso")
head -c 60000 "$hello" > "$TMP/short.elf"
cp "$hello" "$TMP/same.elf"
ln -f "$TMP/same.elf" "$TMP/link.elf"
wrong "a file cut short" 1 '.*short.elf has a segment that goes past the end of the file' "$TMP/short.elf" "${new[@]}"
wrong "the output is the input" 2 '.*link.elf is the same file as .*same.elf, which is read' "$TMP/same.elf" -o "$TMP/link.elf"
wrong "the output is the program for UEFI" 2 '.*words.efi is the same file as .*words.efi, which is read' \
    --efi "$TMP/words.efi" "$hello" -o "$TMP/words.efi"
wrong "no program for UEFI there" 1 'cannot read /no/such.efi' --efi /no/such.efi "$hello" "${new[@]}"
wrong "no program for UEFI" 1 '.*hello.elf is no program for UEFI: limpet-efi makes one' --efi "$hello" "$hello" "${new[@]}"
wrong "no folder for the output" 1 'cannot write in /no/such' "$hello" -o /no/such/new.iso
wrong "an empty argument" 1 'an empty argument cannot be given: GRUB.*' "$hello" "${new[@]}" -- a ''
for character in $'\n' $'\t'; do
    wrong "an argument with a control character" 1 'an argument with a tab, a newline or the like cannot be given.*' \
        "$hello" "${new[@]}" -- "a${character}b"
done
wrong "too many arguments" 1 'the arguments are too long: with all that goes with them 4[0-9]* bytes, and 4096 have room' \
    "$hello" "${new[@]}" -- "$(printf %04090d 1)"
expect "limpet-iso: no image named" 2 '^usage: limpet-iso' "$B/limpet-iso" -- a
mkdir "$TMP/bin"
ln -s /usr/bin/* "$TMP/bin"
without() { # PROGRAM PACKAGE
    rm "$TMP/bin/$1"
    PATH=$TMP/bin wrong "without $1" 1 "$1 is missing: install the package $2" "$hello" "${new[@]}"
    ln -s "/usr/bin/$1" "$TMP/bin/$1"
}
without grub-mkimage grub-common
without xorriso xorriso
without mformat mtools
fails_late() { # and leaves what was there
    printf '#!/bin/sh\necho the disk is full >&2\nexit 5\n' > "$TMP/xorriso"
    chmod +x "$TMP/xorriso"
    mv "$TMP/xorriso" "$TMP/bin/xorriso"
    echo old > "$TMP/old.iso"
    PATH=$TMP/bin "$B/limpet-iso" "$hello" -o "$TMP/old.iso"
    echo "status $?, left: $(cat "$TMP/old.iso" "$TMP"/old.iso.*)"
}
expect "limpet-iso: a tool fails: what it says" 0 '^limpet-iso: cannot make .*: the disk is full$' fails_late
also "limpet-iso: and that nothing is written" '^status 1, left: old$'
