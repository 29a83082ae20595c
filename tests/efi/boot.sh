# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots by UEFI, for the areas efi and efis: OVMF of Debian's package ovmf, in QEMU without KVM.
OVMF=/usr/share/OVMF

# ovmf CODE VARS MACHINE OPTION…: the first two as the files of OVMF are called. The guest's console goes to standard
# output; the status is the guest's own, 99 when it did not end by itself.
ovmf() {
    local code=$1 vars=$2 machine=$3 status=0
    shift 3
    timeout "${LIMIT:-120}" qemu-system-x86_64 -M "$machine" -m 256 -nographic -no-reboot -nic none \
        -drive if=pflash,format=raw,readonly=on,file=$OVMF/OVMF_CODE"$code".fd \
        -drive if=pflash,format=raw,snapshot=on,file=$OVMF/OVMF_VARS"$vars".fd \
        -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" < /dev/null > "$TMP/console" 2>&1 || status=$?
    tr -d '\r' < "$TMP/console"
    [ $((status & 1)) = 1 ] || return 99
    return $((status >> 1))
}
# With Secure Boot, and the keys of that package.
secure() { ovmf _4M.secboot _4M.snakeoil q35,smm=on -global driver=cfi.pflash01,property=secure,value=on "$@"; }

# arguments COMMAND…: it is hello, ends with status 0, and has a and "b c".
arguments() {
    local status=0
    "$@" > "$TMP/said" || status=$?
    cat "$TMP/said"
    [ $status = 0 ] && grep -qx 'argument 1: a' "$TMP/said" && grep -qx 'argument 2: b c' "$TMP/said" &&
        ! grep -q 'argument 3' "$TMP/said"
}

# folder NAME IMAGE [LINE]: a folder as an ESP has it, with the line in the file of arguments.
folder() {
    mkdir -p "$TMP/$1/EFI/BOOT"
    cp "$2" "$TMP/$1/EFI/BOOT/BOOTX64.EFI"
    [ $# -lt 3 ] || printf '# arguments\n%s\n' "$3" > "$TMP/$1/EFI/BOOT/BOOTX64.CMD"
}
# esp NAME: the folder as a disk, all of which is a FAT file system.
esp() {
    rm -f "$TMP/$1.img"
    truncate -s 4M "$TMP/$1.img"
    mformat -i "$TMP/$1.img" :: && mcopy -i "$TMP/$1.img" -s "$TMP/$1/EFI" ::
}
disk() { printf '%s\n' -drive "format=raw,file=$1"; }

# What has Secure Boot's keys; their passphrase is the package's.
sign() { # IMAGE SIGNED
    openssl rsa -in /usr/share/ovmf/PkKek-1-snakeoil.key -passin pass:snakeoil -out "$TMP/key" 2> "$TMP/openssl" &&
        sbsign --key "$TMP/key" --cert /usr/share/ovmf/PkKek-1-snakeoil.pem --output "$2" "$1" > "$TMP/sbsign" 2>&1
    cat "$TMP/openssl" "$TMP/sbsign"
    [ "$(cat "$TMP/sbsign")" = "Signing Unsigned original image" ] # and no warning
}

# Firmware that is spoiled before the image comes: tests/efi/first.c.
first() { # WORDS IMAGE OPTION…
    local words=$1
    mkdir -p "$TMP/first"
    cp "$2" "$TMP/first/image.efi"
    shift 2
    ovmf _4M _4M q35 -kernel "$B/tests/efi/first.efi" -append "$words" -drive "format=raw,file=fat:rw:$TMP/first" "$@"
}
# says PATTERN COMMAND…: firmware says so, and goes on by itself, which nobody waits for.
says() {
    local deadline=$((SECONDS + 120)) machine
    : > "$TMP/console"
    "${@:2}" > /dev/null &
    machine=$!
    until grep -q "$1" "$TMP/console" || ! kill -0 $machine 2> /dev/null || [ $SECONDS -ge $deadline ]; do sleep 0.2; done
    pkill -P $machine
    wait $machine
    cat "$TMP/console"
    grep -q "$1" "$TMP/console" && ! grep -q 'Hello from Limpet' "$TMP/console"
}
