# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What boots a lab again and again: the suite vmm on KVM and Xen, natively or in the labs; many runs, in parts: long.
parts() { # many runs: the lab is booted anew for each part
    "$B/limpet" bench boot -p kvm -n 12 -o "$TMP/parts.json" > "$TMP/tables" &&
        jq -e 'all(.rows[]; .parts == [4, 4, 4]) and .runs[0].count == 12 and .skipped == []' "$TMP/parts.json"
}
check "lab: builds" "$B/limpet" lab build kvm
check "bench: many runs, in three boots of the lab" parts

# shellcheck source=/dev/null
. tests/vmm/rows.sh
in_lab() { # PLATFORMS LAB N: the suite, in one boot of the lab; a busy machine may spoil a clock's check
    "$B/limpet" bench vmm -p "$1" -n 1 --parallel "$3" -o "$TMP/$2.json" ||
        "$B/limpet" bench vmm -p "$1" -n 1 --parallel "$3" -o "$TMP/$2.json"
}
exits() { # PLATFORM FILE: every call of hypercall was one, and computing needs none
    jq -e --arg p "$1" '
        [.rows[] | select(.suite == "vmm" and .platform == $p) | {key: .name, value: .exits}] | from_entries
        | debug | .["hypercall, CPUID"].reasons.cpuid == 4096 and .["hypercall, port"].reasons.io == 4097
        and (.["fibonacci(90)"].reasons | [.io, .cpuid, .msr] | all(. == null))
        and .["hello, start to exit"].total > 0' "$2"
}
on_kvm=kvm
! "$B/limpet" platforms | grep -qE '^vmm +(native|lab)' || on_kvm="kvm vmm"
check "bench vmm: on $on_kvm" in_lab "${on_kvm/ /,}" kvm 4
for p in $on_kvm; do
    check "bench vmm: every row on $p" rows "$p" 4 "$TMP/kvm.json"
    check "bench vmm: exits on $p" exits "$p" "$TMP/kvm.json"
done
expect "replay mini-kvm: four at once on kvm" 1 'KVM +[0-9.]+ ms +[0-9]+ +holds: all at the same time' "$B/limpet" replay mini-kvm "$TMP/kvm.json"
check "bench vmm: on Xen" in_lab xen-pvh,xen-hvm xen 2
for p in xen-pvh xen-hvm; do
    check "bench vmm: every row on $p" rows $p 2 "$TMP/xen.json"
    check "bench vmm: exits on $p" exits $p "$TMP/xen.json"
done
# A domain that UEFI starts, where a boot takes most of a minute: a status, the classic suites, its boot stage by stage.
# The lab is QEMU; that of Debian 12 may stop there (tools/lab/README.md): a boot of the lab for each, tried again.
by_uefi() { # COMMAND…
    local status
    for _ in 1 2; do
        status=0
        "$@" > "$TMP/tried" 2>&1 || status=$?
        grep -q 'tcg_handle_interrupt: assertion failed' "$TMP/tried" || break
    done
    cat "$TMP/tried"
    return $status
}
uefi() { # NAME STATUS PATTERN COMMAND…
    by_uefi "${@:4}" > "$TMP/came"
    local status=$?
    if grep -q 'tcg_handle_interrupt: assertion failed' "$TMP/came"; then
        skip "xen-hvm-uefi: $1" "the lab's QEMU stopped twice (tools/lab/README.md)"
    else
        expect "xen-hvm-uefi: $1" "$2" "$3" eval "cat '$TMP/came'; (exit $status)"
    fi
}
uefi "an argument, and the status" 7 'ending by 7' "$B/limpet" run "$B/tests/guest/fault.elf" -p xen-hvm-uefi -- 7
for suite in basic stream boot; do
    uefi $suite 0 HVM-UEFI "$B/limpet" bench $suite -n 1 -p xen-hvm-uefi -o "$TMP/uefi.json"
done
