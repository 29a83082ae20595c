# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What a boot costs: the ruler checked, then the counts against docs/cost.md and the goals.
check "cost: the plugin counts exactly" tools/cost/selftest.sh "$B/cost/plugin.so"
check "cost: as docs/cost.md says, within 2 %" make -s B="$B" cost
tools/cost/cost.sh -v "$B/cost/plugin.so" "$B/apps/hello.elf" > "$TMP/row" 2> "$TMP/cost"
cat "$TMP/row" >> "$TMP/cost"
value() { sed -n "s/^hello: $1 //p" "$TMP/cost"; }
below() {
    if [ -n "$2" ] && [ "$2" -lt "$3" ]; then return; fi
    echo "$1: ${2:-nothing}, not below $3"
    return 1
}
check "goal: under 10,000 instructions to main" below main "$(value main.insns)" 10000
check "goal: under 15,000 to the first line" below line "$(value first_line.insns)" 15000
check "goal: under 20 accesses before main" below accesses $(($(value main.port) + $(value main.mmio))) 20
check "goal: at most 400 KiB touched" below KiB "$(value ram.kib)" 401
check "goal: in at most two 2 MiB regions" below regions "$(value ram.regions)" 3
check "goal: a first touch within 300 instructions" below fault "$(value page_fault.min_nostos)" 301
strip -o "$TMP/stripped" "$B/apps/hello.elf"
check "goal: hello.elf under 200 KB" below bytes "$(stat -c %s "$TMP/stripped")" 200000
