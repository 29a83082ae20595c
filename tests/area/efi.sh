# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# UEFI: the image as a UEFI program, by OVMF: a sample of what area efis runs; what limpet-efi refuses.
# shellcheck source=tests/efi/boot.sh
. tests/efi/boot.sh
hello=$B/apps/hello.efi

# What is wrong is told in one sentence, and nothing is written.
wrong() { # NAME STATUS SENTENCE WORD…
    local name=$1 status=$2 sentence=$3
    shift 3
    expect "limpet-efi: $name" "$status" "^limpet-efi: $sentence\$" "$B/limpet-efi" "$@"
    check "limpet-efi: $name: one line, no file left" one_line
}
one_line() { [ "$(wc -l < "$TMP/last")" = 1 ] && [ -z "$(find "$TMP/no" "$TMP/new.efi" "$TMP/new.efi".* 2> /dev/null)" ]; }
patched() { # FILE OFFSET BYTES: as printf has them
    cp "$B/apps/hello.elf" "$1"
    printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
head -c 60000 "$B/apps/hello.elf" > "$TMP/short.elf"
head -c 40 "$B/apps/hello.elf" > "$TMP/stump.elf"
: > "$TMP/empty.elf"
patched "$TMP/arm.elf" 18 '\0267\0'
patched "$TMP/32.elf" 4 '\01'
patched "$TMP/unaligned.elf" $((64 + 56 + 24)) '\0020' # the second program header's p_paddr
note=$(LC_ALL=C grep -obUaP '\x12\x00\x00\x00Xen\x00' "$B/apps/hello.elf" | head -n 1 | cut -d: -f1)
patched "$TMP/nopvh.elf" "$note" '\0377' # another type
new=(-o "$TMP/new.efi")
wrong "a file cut short" 1 '.*short.elf has a segment that goes past the end of the file' "$TMP/short.elf" "${new[@]}"
wrong "a stump" 1 '.*stump.elf is cut off in its ELF header' "$TMP/stump.elf" "${new[@]}"
wrong "an empty file" 1 '.*empty.elf is not an ELF file' "$TMP/empty.elf" "${new[@]}"
wrong "another architecture" 1 '.*arm.elf is an ELF file for another machine than x86-64' "$TMP/arm.elf" "${new[@]}"
wrong "32 bits" 1 '.*32.elf is a 32-bit ELF file: an x86-64 one is wanted' "$TMP/32.elf" "${new[@]}"
wrong "not at a page" 1 '.*unaligned.elf has a segment that does not begin at a page .*' "$TMP/unaligned.elf" "${new[@]}"
wrong "no PVH note" 1 '.*nopvh.elf has no PVH note .build it with limpet-cc.' "$TMP/nopvh.elf" "${new[@]}"
wrong "no such file" 1 'cannot read /no/such.elf: No such file or directory' /no/such.elf "${new[@]}"
wrong "a folder" 1 'cannot read /: it is not a regular file' / "${new[@]}"
cp "$B/apps/hello.elf" "$TMP/same.elf"
ln -f "$TMP/same.elf" "$TMP/link.elf"
wrong "the output is the input" 2 '.*link.elf is the same file as .*same.elf, which is read' "$TMP/same.elf" -o "$TMP/link.elf"
wrong "no folder for the output" 1 'cannot write in /no/such' "$B/apps/hello.elf" -o /no/such/new.efi
wrong "the output is a folder" 1 'cannot write .*: it is not a regular file' "$B/apps/hello.elf" -o "$TMP"
expect "limpet-efi: no image named" 2 '^usage: limpet-efi IMAGE.elf' "$B/limpet-efi"
mkdir -p "$TMP/a b"
cp "$B/apps/hello.elf" "$TMP/a b/c d.elf"
check "limpet-efi: blanks in a path, the output beside the image" env -i PATH="$PATH" "$B/limpet-efi" "$TMP/a b/c d.elf"
check "limpet-efi: the same bytes again" cmp "$TMP/a b/c d.efi" "$hello"

if [ ! -f $OVMF/OVMF_CODE_4M.fd ]; then
    skip "boots by UEFI" "OVMF is missing: install the package ovmf"
else
    check "efi: -kernel, q35, OVMF 4M" arguments ovmf _4M _4M q35 -kernel "$hello" -append 'a "b c"'
    "$B/limpet-efi" "$B/tests/guest/fault.elf" -o "$TMP/fault.efi"
    folder status "$TMP/fault.efi" 7
    check "efi: an ESP of 4 MiB" esp status
    expect "efi: the ESP, pc, OVMF 2M, two CPUs: status 7" 7 '^ending by 7$' \
        ovmf "" "" pc -smp 2 -drive "format=raw,file=$TMP/status.img"
    expect "efi: 1 MiB is taken until the end, in 400 pieces, the map stale" 0 '^argument 1: x$' first "stale taken pieces -- x" "$hello"
    also "efi: that many pieces are told" 'more than 128 pieces: [0-9]+ KiB of RAM in the smallest are not used'
    also "efi: the map was stale" 'first: the map is stale$'
    expect "efi: 1 MiB is not given back" 99 'LIMPET: Firmware keeps the memory at 1 MiB, where the image belongs.$' first "kept -- x" "$hello"
    also "efi: the image came back with an error" 'came back with an error'
    "$B/limpet-efi" "$B/tests/guest/system.elf" -o "$TMP/system.efi"
    expect "efi: main's stack is as large as elsewhere, though the map is in pieces" 0 'PASS main_stack$' \
        ovmf _4M _4M q35 -kernel "$TMP/system.efi" -append main_stack
    check "Secure Boot: signed without a warning" sign "$hello" "$TMP/signed.efi"
    check "Secure Boot: what is signed boots" arguments secure -kernel "$TMP/signed.efi" -append 'a "b c"'
    folder unsigned "$hello"
    check "Secure Boot: what is not is refused" says 'Access Denied' secure -drive "format=raw,file=fat:rw:$TMP/unsigned"
fi
