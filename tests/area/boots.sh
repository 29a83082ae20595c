# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# $BOOTS boots in a row (1000), and every status there is: long.
boots=${BOOTS:-1000}
many_boots() { # OPTION…
    local i
    for ((i = 1; i <= boots; i++)); do
        "$B/limpet" run hello -p qemu "$@" > "$TMP/console" 2>&1 || {
            echo "boot $i of $boots:"
            cat "$TMP/console"
            return 1
        }
    done
}
check "$boots boots in a row" many_boots
check "$boots boots in a row, as a bzImage" many_boots --door bz
every_status() {
    local status got bad=0
    for ((status = 0; status < 256; status++)); do
        got=0
        "$B/limpet" run "$B/tests/guest/fault.elf" -p qemu -- $status || got=$?
        [ $got = $status ] || { echo "status $status came out as $got"; bad=1; }
    done
    return $bad
}
check "all 256 statuses" every_status
every_status_in_lab() {
    session kvm 1500 << 'END'
for p in kvm vmm; do
    bad=0
    for s in $(seq 0 255); do
        got=0; ./limpet run fault -p $p --mem 64 -- $s > /tmp/said 2>&1 || got=$?
        [ $got = $s ] || { echo "status $s came out as $got"; cat /tmp/said; bad=1; }
    done
    part "statuses $p" test $bad = 0
done
END
}
check "lab: a session of 512 boots" every_status_in_lab
for p in kvm vmm; do check "$p: all 256 statuses" ended kvm "statuses $p" 0; done

# By Linux' doors, as foreign VMMs enter a guest.
mkdir -p "$TMP/apps" && ln -sf "$(realpath "$B/apps/hello.bz")" "$TMP/apps"
boots_by_door() { # DOOR IMAGE: by limpet-vmm
    local door=$1 image=$2 i
    for ((i = 1; i <= boots; i++)); do
        if ! "$B/limpet-vmm" --timeout 60 --door "$door" "$image" -- a 'b c' > "$TMP/console" 2>&1 ||
            ! tr -d '\r' < "$TMP/console" | cmp - "$TMP/expected"; then
            echo "boot $i of $boots:"
            cat "$TMP/console"
            return 1
        fi
    done
}
printf '%s\n' "Hello from Limpet!" "argument 1: a" "argument 2: b c" "LIMPET: exit 0" > "$TMP/expected"
by_door_in_lab() {
    {
        echo "boots=$boots"
        cat << 'END'
printf '%s\n' "Hello from Limpet!" "argument 1: a" "argument 2: b c" "LIMPET: exit 0" > /tmp/expected
boots_by_door() { # DOOR IMAGE
    for i in $(seq $boots); do
        ./limpet-vmm ${LIMPET_EMULATED:+--no-xsave} --timeout 60 --bare --door $1 $2 -- a "b c" > /tmp/said 2>&1
        status=$?
        tr -d '\r' < /tmp/said | cmp - /tmp/expected && [ $status = 0 ] || { echo "boot $i: $status"; cat /tmp/said; return 1; }
    done
}
part "boots by linux64" boots_by_door linux64 apps/hello.elf
part "boots by bz64" boots_by_door bz64 apps/hello.bz
END
    } | session kvm 3000
}
if "$B/limpet" platforms | grep '^vmm ' | grep -q 'KVM here interprets'; then
    check "$boots boots by linux64, where KVM interprets" boots_by_door linux64 "$B/apps/hello.elf"
    check "$boots boots by bz64, where KVM interprets" boots_by_door bz64 "$B/apps/hello.bz"
fi
check "lab: a session of $((2 * boots)) boots by Linux' doors" by_door_in_lab
for d in linux64 bz64; do check "vmm, bare: $boots boots by $d" ended kvm "boots by $d" 0; done
