# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bench --count beside a Linux guest: ratios of exact counts, and their mean. Takes minutes: long.
counted() {
    "$B/limpet" bench --count basic --only "getpid,sched_yield" -p qemu,linux-qemu --norm linux-qemu \
        --timeout 900 -o "$TMP/counted.json" > "$TMP/counted"
}
if [ -f "$B/cost/plugin.so" ] && "$B/limpet" platforms | grep -q "^linux-qemu *native"; then
    check "count beside Linux: both" counted
    check "count beside Linux: as often called" jq -se '[.[].rows[] | select(.name == "basic: getpid") | .calls] | length == 2 and .[0] == .[1]' "$TMP/counted.json"
    check "count beside Linux: a system call is more" jq -se '[.[].rows[] | select(.name == "basic: getpid")] | map({key: .platform, value: .counts.instructions}) | from_entries
        | .["linux-qemu"] > 5 * .qemu' "$TMP/counted.json"
    check "count beside Linux: a mean of two rows" grep -E "^basic: geometric mean, instructions .*0\.[0-9]+ \(n 2\)" "$TMP/counted"
    expect "count beside Linux: the same as CSV" 0 '^count,qemu,basic: geometric mean,0\.[0-9]+,,,,2,linux-qemu$' \
        "$B/limpet" report "$TMP/counted.json" --norm linux-qemu --csv
else
    skip "count beside Linux" "no counting plugin, or no Linux kernel for the platform linux-qemu"
fi
