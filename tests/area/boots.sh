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
