# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# UEFI: every firmware, machine and size (every way: area doors); the suites' apps; $EFI_BOOTS (200) boots without a failure: long.
# shellcheck source=tests/efi/boot.sh
. tests/efi/boot.sh
hello=$B/apps/hello.efi
for app in fault smp; do "$B/limpet-efi" "$B/tests/guest/$app.elf" -o "$TMP/$app.efi"; done

folder esp "$hello" 'a "b c"'
check "efis: an ESP of 4 MiB" esp esp
for size in "" _4M; do
    for machine in q35 pc; do
        name="efis: OVMF${size:-_2M}, $machine"
        on=(ovmf "$size" "$size" "$machine")
        expect "$name, status 7" 7 'ending by 7$' "${on[@]}" -kernel "$TMP/fault.efi" -append 7
        expect "$name, no arguments" 0 'Hello from Limpet!$' "${on[@]}" -kernel "$hello"
        check "$name: there were none" sh -c "! grep -q argument '$TMP/last'"
        for mem in 64 8G; do
            check "$name, $mem" arguments "${on[@]}" -m $mem -smp 2 -kernel "$hello" -append 'a "b c"'
        done
        guest_checks "$name, two CPUs:" "${on[@]}" -smp 2 -kernel "$TMP/smp.efi" -append "env.STRESS_SECONDS=1 pinning all_at_once clocks_agree"
        also_two() { grep -q '2 CPUs$' "$TMP/guest"; }
        check "$name: two CPUs are there" also_two
    done
done

# UEFI's shell: the words behind the program's name.
mkdir -p "$TMP/shell"
cp "$hello" "$TMP/shell/hello.efi"
printf 'fs0:\r\nhello.efi a "b c"\r\n' > "$TMP/shell/startup.nsh"
check "efis: by the shell" arguments ovmf _4M _4M q35 -drive "format=raw,file=fat:rw:$TMP/shell"
printf 'fs0:\r\necho a b > hello.cmd\r\nhello.efi\r\n' > "$TMP/shell/startup.nsh" # which it writes in UTF-16
expect "efis: by the shell, and a file of its echo" 0 '^argument 2: b$' ovmf _4M _4M q35 -drive "format=raw,file=fat:rw:$TMP/shell"
# The limit: what is longer is refused, and firmware goes on.
long=$(printf %04093d 1)
expect "efis: 4095 bytes of arguments" 0 "^argument 2: $long\$" ovmf _4M _4M q35 -kernel "$hello" -append "a $long"
expect "efis: 4096 bytes of arguments" 99 'LIMPET: The arguments are longer than 4095 bytes.$' first "-- ab $long" "$hello"
expect "efis: without ACPI" 0 '^argument 1: x$' first "no-acpi -- x" "$hello"
expect "efis: 1 MiB is taken until the end" 0 '^argument 1: x$' first "taken -- x" "$hello"
expect "efis: without NX" 127 'LIMPET: panic: The CPU lacks NX .no-execute pages., without which Limpet cannot run: give' \
    ovmf _4M _4M q35 -cpu max,-nx -kernel "$hello"
# A file of arguments that is far too long.
folder long "$hello" x
yes '# a remark' | head -c 20000 > "$TMP/long/EFI/BOOT/BOOTX64.CMD"
check "efis: a file of arguments that is too long" \
    says 'LIMPET: The file with the arguments (.cmd) is too long: it must have less than 16384 bytes.' \
    ovmf _4M _4M q35 -drive "format=raw,file=fat:rw:$TMP/long"

expect "efis: basic" 0 '^getpid ' ovmf _4M _4M q35 -kernel "$B/apps/basic.efi"
expect "efis: stream" 0 'Solution Validates' ovmf _4M _4M q35 -kernel "$B/apps/stream.efi" -append "-n 100000 -r 2"

same_as_qemu() { # APP ARGUMENT…: the vmm suite's
    "$B/limpet" run "$1" -p qemu -- "${@:2}" > "$TMP/plain" && "$B/limpet" run "$1" -p qemu-uefi -- "${@:2}" > "$TMP/uefi" &&
        cmp "$TMP/plain" "$TMP/uefi"
}
for app in fibonacci matrix characters multiply counter hypercall; do
    check "efis: $app, as on qemu" same_as_qemu $app --once
done
expect "efis: isolation" 0 'its memory was its own' "$B/limpet" run isolation -p qemu-uefi -- 7 100

machines=(q35 pc)
many() {
    local i
    for ((i = 0; i < ${EFI_BOOTS:-200}; i++)); do
        arguments ovmf _4M _4M "${machines[i % 2]}" -smp $((i / 2 % 2 + 1)) -kernel "$hello" -append 'a "b c"' > "$TMP/boot" || {
            echo "boot $i:"
            cat "$TMP/boot"
            return 1
        }
    done
}
check "efis: ${EFI_BOOTS:-200} boots" many
