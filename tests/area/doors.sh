# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Every door on every machine: the arguments a "b c" and status 7 arrive; makes docs/boot.md's table: long.

# shellcheck source=tests/efi/boot.sh
. tests/efi/boot.sh
line='a "b c"'
elf=$B/tests/guest/door.elf
bios_disk() { # DISK GRUB's_commands…: a disk for a BIOS whose GRUB does this to the files in $TMP/grub
    local dir=$TMP/grub
    printf '%s\n' "${@:2}" boot > "$dir/grub.cfg"
    tar -C "$dir" --format=ustar -cf "$TMP/grub.tar" --exclude=grub.cfg .
    grub-mkimage -O i386-pc -p '(memdisk)/' -m "$TMP/grub.tar" -c "$dir/grub.cfg" -o "$TMP/core.img" \
        biosdisk memdisk tar multiboot multiboot2 linux linux16 boot || return
    cat /usr/lib/grub/i386-pc/boot.img "$TMP/core.img" > "$1"
    truncate -s %1M "$1"
}
wrappings() {
    "$B/limpet-bz" "$elf" -o "$TMP/door.bz" &&
        "$B/limpet-efi" "$elf" -o "$TMP/door.efi" &&
        "$B/limpet-iso" "$elf" -o "$TMP/door.iso" -- a "b c" || return
    # QEMU prefers multiboot; without its magic number the PVH door is taken.
    cp "$elf" "$TMP/pvh.elf"
    printf XXXX | dd of="$TMP/pvh.elf" bs=1 conv=notrunc status=none \
        seek="$(LC_ALL=C grep -obUaP '\x02\xb0\xad\x1b' "$elf" | head -n 1 | cut -d: -f1)" || return
    mkdir "$TMP/grub"
    strip -o "$TMP/grub/door.elf" "$elf" && cp "$TMP/door.bz" "$TMP/grub" || return
    bios_disk "$TMP/multiboot.img" "multiboot (memdisk)/door.elf $line" &&
        bios_disk "$TMP/multiboot2.img" "multiboot2 (memdisk)/door.elf $line" &&
        bios_disk "$TMP/linux.img" "linux (memdisk)/door.bz $line" &&
        bios_disk "$TMP/linux16.img" "linux16 (memdisk)/door.bz $line" || return
    folder esp "$TMP/door.efi" "$line"
    esp esp && sign "$TMP/door.efi" "$TMP/signed.efi"
}
check "wrappings, disks" wrappings

# The machine says the arguments, and its last line the status; before the first line a firmware has cleared its screen.
arrived() { # FILE
    tr -d '\r' < "$1" > "$TMP/said"
    grep -aq 'argument 1: <a>$' "$TMP/said" && grep -aq '^argument 2: <b c>$' "$TMP/said" &&
        grep -aq '^LIMPET: exit 7$' "$TMP/said" && return
    tail -n 20 "$TMP/said"
    return 1
}
seen=()
cell() { # MACHINE DOOR WHERE COMMAND…
    # shellcheck disable=SC2154 # tests/run counts
    local before=$failed
    check "$1 × $2" "${@:4}"
    [ "$failed" != "$before" ] || seen+=("$1|$2|$3")
}
qemu() { # MACHINE OPTION…
    timeout 120 qemu-system-x86_64 -M "$1" -nographic -no-reboot "${@:2}" < /dev/null > "$TMP/console" 2>&1
    arrived "$TMP/console"
}
uefi() { # SIZE MACHINE OPTION…: the size is "" (2 MiB) or "_4M"
    ovmf "$1" "$1" "${@:2}" > /dev/null
    arrived "$TMP/console"
}
signed() {
    secure -kernel "$TMP/signed.efi" -append "$line" > /dev/null
    arrived "$TMP/console"
}

for machine in pc q35 microvm; do
    cell "QEMU $machine" multiboot TCG qemu $machine -kernel "$elf" -append "$line"
    cell "QEMU $machine" pvh TCG qemu $machine -kernel "$TMP/pvh.elf" -append "$line"
done
for machine in pc q35 microvm isapc; do
    cell "QEMU $machine" "bz" TCG qemu $machine -cpu max -kernel "$TMP/door.bz" -append "$line"
done
for door in multiboot multiboot2 linux linux16; do
    cell "QEMU pc, SeaBIOS" "GRUB's \`$door\`" TCG qemu pc -drive file="$TMP/$door.img",format=raw
done
for machine in pc q35; do
    cell "QEMU $machine, SeaBIOS" "ISO as CD" TCG qemu $machine -cdrom "$TMP/door.iso"
    cell "QEMU $machine, SeaBIOS" "ISO as disk" TCG qemu $machine -drive file="$TMP/door.iso",format=raw
    for size in "" _4M; do
        flash=${size#_}
        flash=${flash:-2M}
        cell "QEMU $machine, OVMF $flash" "efi" TCG uefi "$size" $machine -kernel "$TMP/door.efi" -append "$line"
        cell "QEMU $machine, OVMF $flash" "a 4 MiB EFI disk" TCG uefi "$size" $machine -drive file="$TMP/esp.img",format=raw
        cell "QEMU $machine, OVMF $flash" "ISO as CD" TCG uefi "$size" $machine -cdrom "$TMP/door.iso"
        cell "QEMU $machine, OVMF $flash" "ISO as disk" TCG uefi "$size" $machine -drive file="$TMP/door.iso",format=raw
    done
done
cell "QEMU q35, OVMF 4M" "a folder" TCG uefi _4M q35 -drive format=raw,file="fat:rw:$TMP/esp"
cell "QEMU q35, Secure Boot" "efi, signed" TCG signed
cell "QEMU q35, Secure Boot" "unsigned: refused" TCG says 'Access Denied' secure -drive "format=raw,file=fat:rw:$TMP/esp"

# limpet-vmm as a stand-in for other VMMs, on this machine's KVM, though that may interpret.
stand_in() { # DOOR OPTION…
    local image=$elf
    case $1 in bz*) image=$TMP/door.bz ;; esac
    "$B/limpet-vmm" --door "$@" --timeout 60 "$image" -- a "b c" < /dev/null > "$TMP/console" 2>&1
    arrived "$TMP/console"
}
stand_ins() {
    local door
    for door in pvh long; do cell limpet-vmm $door "$1" stand_in $door; done
    for door in pvh linux32 linux64 bz32 bz64; do
        for ports in zeros ones; do
            cell "limpet-vmm, unknown ports read $ports" $door "$1" stand_in $door --bare=$ports
        done
    done
}
if [ ! -w /dev/kvm ]; then
    skip "limpet-vmm, here" "no /dev/kvm that could be used; the lab's follow"
elif "$B/limpet" platforms | grep -q '^vmm  *native'; then
    stand_ins KVM
else
    stand_ins "a KVM that interprets"
fi

# Real KVM and real Xen, natively or in the labs, in one boot of each.
mkdir "$TMP/apps"
cp -p "$elf" "$TMP/door.bz" "$TMP/door.efi" "$TMP/apps"
check "an ISO without arguments, as limpet run takes it" "$B/limpet-iso" "$elf" -o "$TMP/apps/door.iso"
door_session() { # LAB: the script on standard input
    LIMPET_APPS=$TMP/apps "$B/limpet" lab exec "$1" -- "$(session_words; cat)" > "$TMP/$1" 2>&1
}
on_kvm() {
    door_session kvm << 'END'
for door in multiboot bz; do
    part "kvm $door" ./limpet run door -p kvm --door $door --timeout 300 -- a "b c"
done
part "kvm-bios" ./limpet run door -p kvm-bios --timeout 600 -- a "b c"
for door in long pvh linux64 linux32 bz32 bz64; do
    part "vmm $door" ./limpet run door -p vmm --door $door -- a "b c"
done
for ports in zeros ones; do
    for door in linux64 linux32 pvh bz32 bz64; do
        image=apps/door.elf
        case $door in bz*) image=apps/door.bz ;; esac
        part "bare $ports $door" ./limpet-vmm --no-xsave --door $door --bare=$ports --timeout 60 $image -- a "b c"
    done
done
END
}
on_xen() {
    door_session xen << 'END'
for p in xen-pvh xen-hvm xen-hvm-disk; do
    part "$p" ./limpet run door -p $p --timeout 900 -- a "b c"
done
END
}
in_lab() { # LAB PART STATUS: it ended so, and the arguments arrived
    ended "$1" "$2" "$3" 'argument 1: <a>.?$' '^argument 2: <b c>.?$' '^(LIMPET: exit 7.?|== .*: 7)$'
}
check "a session on KVM" on_kvm
for door in multiboot bz; do cell "QEMU/KVM q35" $door KVM in_lab kvm "kvm $door" 7; done
cell "QEMU/KVM pc, SeaBIOS" "ISO as disk" KVM in_lab kvm kvm-bios 7
for door in long pvh linux64 linux32 bz32 bz64; do
    cell limpet-vmm $door KVM in_lab kvm "vmm $door" 7
done
for ports in zeros ones; do
    for door in linux64 linux32 pvh bz32 bz64; do
        cell "limpet-vmm, unknown ports read $ports" $door KVM in_lab kvm "bare $ports $door" 0
    done
done
check "a session on Xen" on_xen
cell "Xen PVH" pvh Xen in_lab xen xen-pvh 7
cell "Xen HVM" "pvh, in place of hvmloader" Xen in_lab xen xen-hvm 7
cell "Xen HVM, SeaBIOS" "ISO as disk" Xen in_lab xen xen-hvm-disk 7
# A domain that OVMF starts, which in a lab mostly ends QEMU (CAVEATS.md): in labs.sh.

# docs/boot.md has just these: a row for each machine, DOORS_UPDATE=1 writes them.
table() {
    printf '%s\n' "${seen[@]}" | awk -F'|' '
        { key = $1 "|" $3; if (!(key in doors)) keys[++n] = key; doors[key] = doors[key] (doors[key] ? ", " : "") $2 }
        END {
            print "| machine | on | doors |\n| --- | --- | --- |"
            for (i = 1; i <= n; i++) { split(keys[i], k, "|"); print "| " k[1] " | " k[2] " | " doors[keys[i]] " |" }
        }'
}
table > "$TMP/table"
if [ "${DOORS_UPDATE-}" ]; then
    sed -i -e "/<!-- seen:begin -->/r $TMP/table" -e '/<!-- seen:begin -->/,/<!-- seen:end -->/{/^|/d}' docs/boot.md
fi
check "docs/boot.md: the table of doors" diff <(sed -n '/<!-- seen:begin -->/,/<!-- seen:end -->/{/^|/p}' docs/boot.md) "$TMP/table"
