# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# limpet-vmm: bad images anywhere; guests on this machine's KVM when it interprets; all of it where KVM has
# hardware, natively or in the lab.
expect "vmm: help" 0 '^Usage: limpet-vmm' "$B/limpet-vmm" --help
expect "vmm: wrong option" 2 'unknown option "--nonsense"' "$B/limpet-vmm" --nonsense
expect "vmm: which image" 2 'which image' "$B/limpet-vmm"
expect "vmm: too many processors" 2 'number from 1 to 64' "$B/limpet-vmm" --smp 65 "$B/apps/hello.elf"
expect "vmm: arguments without --" 2 'come after --' "$B/limpet-vmm" "$B/apps/hello.elf" a
patched() { # OFFSET BYTES: hello with other bytes there
    cp "$B/apps/hello.elf" "$TMP/patched.elf"
    printf '%b' "$2" | dd of="$TMP/patched.elf" bs=1 seek="$1" conv=notrunc status=none
    "$B/limpet-vmm" "$TMP/patched.elf"
}
cut_off() {
    head -c "$1" "$B/apps/hello.elf" > "$TMP/cut.elf"
    "$B/limpet-vmm" "$TMP/cut.elf"
}
expect "vmm: no such image" 120 'cannot read /no/such' "$B/limpet-vmm" /no/such
expect "vmm: a folder" 120 'not a regular file' "$B/limpet-vmm" /
expect "vmm: not an ELF file" 120 'is not an ELF file' "$B/limpet-vmm" /etc/passwd
expect "vmm: an empty file" 120 'is not an ELF file' cut_off 0
expect "vmm: cut off in the header" 120 'cut off in its ELF header' cut_off 20
expect "vmm: cut off in the program headers" 120 'cut off in its program headers' cut_off 100
expect "vmm: cut off in a segment" 120 'past the end of the file' cut_off 10000
expect "vmm: 32-bit" 120 'is a 32-bit ELF file' patched 4 '\001'
expect "vmm: another machine" 120 'another machine' patched 18 '\0267'
expect "vmm: no PVH note" 120 'no PVH note' "$B/limpet-vmm" "$B/limpet-vmm"
expect "vmm: too little memory" 120 "outside the guest's memory" "$B/limpet-vmm" --mem 4 "$B/limpet-vmm"
expect "vmm: no such door" 2 '"efi" is none of long, pvh, linux64, linux32, bz64 and bz32' "$B/limpet-vmm" --door efi "$B/apps/hello.elf"
expect "vmm: bare how?" 2 '"2" is neither zeros nor ones' "$B/limpet-vmm" --bare=2 "$B/apps/hello.elf"
old_entry() { # an image's entry elsewhere, as before it had Linux' doors
    cp "$B/apps/hello.elf" "$TMP/patched.elf"
    printf '\040\001' | dd of="$TMP/patched.elf" bs=1 seek=24 conv=notrunc status=none
    "$B/limpet-vmm" --door "$1" "$TMP/patched.elf"
}
expect "vmm: no 64-bit Linux door" 120 'has no 64-bit Linux door' old_entry linux64
expect "vmm: no 32-bit Linux door" 120 'has no 32-bit Linux door' old_entry linux32
expect "vmm: an ELF file as a bzImage" 120 'is an ELF file: this door wants a bzImage' "$B/limpet-vmm" --door bz64 "$B/apps/hello.elf"
expect "vmm: a bzImage as an ELF file" 120 'is not an ELF file' "$B/limpet-vmm" --door linux64 "$B/apps/hello.bz"
bz() { # OFFSET BYTES: hello's bzImage with other bytes there
    cp "$B/apps/hello.bz" "$TMP/patched.bz"
    printf '%b' "$2" | dd of="$TMP/patched.bz" bs=1 seek="$1" conv=notrunc status=none
    "$B/limpet-vmm" --door bz64 "$TMP/patched.bz"
}
cut_bz() {
    head -c "$1" "$B/apps/hello.bz" > "$TMP/cut.bz"
    "$B/limpet-vmm" --door bz32 "$TMP/cut.bz"
}
expect "vmm: not a bzImage" 120 'not a Linux kernel image' "$B/limpet-vmm" --door bz32 /etc/passwd
expect "vmm: a bzImage cut off in its header" 120 'cut off in its setup header' cut_bz 600
expect "vmm: a bzImage cut off in its real-mode code" 120 'cut off in its real-mode code' cut_bz 4096
expect "vmm: a bzImage cut off" 120 'cut off: its setup header tells of more bytes' cut_bz 20000
expect "vmm: a bzImage of an old protocol" 120 'before 2.06' bz 518 '\005\002'
expect "vmm: a bzImage without a 64-bit door" 120 'no 64-bit door' bz 566 '\0\0'
expect "vmm: a zImage" 120 'zImage' bz 529 '\0'
long_line() { "$B/limpet-vmm" --door "$1" "$2" -- "$(head -c 2048 /dev/zero | tr '\0' x)"; }
if [ -w /dev/kvm ]; then # what a guest takes is looked at when there is one
    expect "vmm: a command line over Firecracker's limit" 2 'longer than 2047 bytes, the most by --door linux64' long_line linux64 "$B/apps/hello.elf"
    expect "vmm: a command line over the bzImage's limit" 2 'longer than 2047 bytes, the most by --door bz32' long_line bz32 "$B/apps/hello.bz"
else
    skip "vmm: command lines over the limits" "no /dev/kvm"
fi
many_modules() {
    local options=()
    for ((i = 0; i < 300; i++)); do options+=(--module /etc/passwd); done
    "$B/limpet-vmm" "${options[@]}" "$@" "$B/apps/hello.elf"
}
expect "vmm: 300 modules, as Linux" 2 'gets one module at most \(its initrd\), not 300' many_modules --door linux64
expect "vmm: 300 modules, bare" 2 'gets one module at most' many_modules --bare
no_module() { "$B/limpet-vmm" --module /no/such "$B/apps/hello.elf"; }
expect "vmm: no such module" 120 'cannot read /no/such' no_module
expect "vmm: --sev with a bit that lies in memory" 2 'neither "possible" nor "es" nor a bit from 39' "$B/limpet-vmm" --sev=38 "$B/apps/hello.elf"
expect "vmm: --sev with no number" 2 'neither "possible" nor "es" nor a bit from 39' "$B/limpet-vmm" --sev=47x "$B/apps/hello.elf"
expect "vmm: --sev by a door without page tables" 2 'only --door long' "$B/limpet-vmm" --sev --door pvh "$B/apps/hello.elf"
expect "vmm: --sev=es by a door with page tables" 2 'only --door pvh' "$B/limpet-vmm" --sev=es "$B/apps/hello.elf"
expect "vmm: --sev with several processors" 2 'only with --smp 1' "$B/limpet-vmm" --sev --smp 2 "$B/apps/hello.elf"

mkdir -p "$TMP/vmm/apps"
ln -s "$PWD/$B/limpet" "$PWD/$B/limpet-vmm" "$TMP/vmm"
cp "$B"/apps/{hello,demo}.elf "$B"/tests/guest/{fault,threads,sync,memory,system,private,echo}.elf "$TMP/vmm/apps"
for app in hello fault; do check "vmm: $app.bz" "$B/limpet-bz" "$TMP/vmm/apps/$app.elf"; done
check "vmm: a small guest is built" "${CC:-cc}" -nostdlib -static -no-pie -Iplatform -o "$TMP/vmm/apps/small.elf" \
    -Wl,-n,-Ttext=0x100000,--build-id=none,--no-warn-rwx-segments tests/vmm/small.S
check "vmm: a guest with the EFI stub's guarded RDMSR is built" "$B/limpet-cc" -O2 -mgeneral-regs-only tests/vmm/guard.c platform/efi/guard.S \
    -o "$TMP/vmm/apps/guard.elf"
here() { (cd "$TMP/vmm" && LIMPET_APPS=apps PLAIN=$1 bash "$OLDPWD/tests/vmm/checks.sh"); }
everything() {
    if "$B/limpet" platforms | grep -q '^vmm  *native'; then here ""; else
        LIMPET_APPS="$TMP/vmm/apps" "$B/limpet" lab exec kvm -- "$(cat tests/vmm/checks.sh)"
    fi
}
if "$B/limpet" platforms | grep '^vmm ' | grep -q 'KVM here interprets'; then
    guest_checks "vmm here:" here 1
    expect "vmm here: more memory than one block of page tables is for" 0 '^Hello' "$B/limpet-vmm" --mem 66000 "$B/apps/hello.elf"
    expect "vmm here: limpet run" 0 '^Hello' "$B/limpet" run hello -p vmm
    expect "vmm here: what KVM cannot interpret" 121 'cannot emulate the instruction.*bytes [0-9a-f ]+; KVM here interprets' \
        "$B/limpet" run basic -p vmm
else
    skip "vmm here" "not a KVM that interprets: $("$B/limpet" platforms | sed -n 's/^kvm *//p')"
fi
guest_checks "vmm:" everything

# The same image, in turn, beside QEMU's leanest machine.
check "vmm: boots measured beside QEMU's" "$B/limpet" bench boot -p kvm,vmm -n 10 -o "$TMP/vmm.json"
half() { # ROW
    jq -e --arg row "$1" '
        [.rows[] | select(.name == $row)] | map({key: .platform, value}) | from_entries
        | debug | .vmm * 2 <= .kvm' "$TMP/vmm.json"
}
check "vmm: a boot takes at most half as long as with QEMU" half "start to exit"
check "vmm: and so does its set-up" half "to start"
