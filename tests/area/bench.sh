# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The measuring itself: a benchmark added by hand, results that nothing loses, what compare says.

# docs/benchmarks.md, done as it says: its lines go before and into the table.
add_benchmark() {
    # shellcheck disable=SC2016 # no expansion is meant
    sed -n '/^```diff/,/^```/p' docs/benchmarks.md | sed -n 's/^+\([^+].*\)$/\1/p; s/^+$//p' > "$TMP/lines"
    [ "$(wc -l < "$TMP/lines")" -le 10 ] || return
    mkdir -p "$TMP/added"
    awk -v lines="$TMP/lines" '/^static const struct benchmark table/ {
            while ((getline line < lines) > 0)
                if (line ~ /^    \{"/) row = line; else print line
            print
            print row
            next
        } { print }' apps/basic/main.c > "$TMP/added/main.c"
    "$B/limpet-cc" -O2 -Wall -Werror -I apps/lib -I apps/basic "$TMP/added/main.c" apps/basic/cpus.c apps/lib/*.c -o "$TMP/added/basic.elf" || return
    cp "$B/apps/ruler.elf" "$TMP/added"
    LIMPET_APPS="$TMP/added" "$B/limpet" bench basic -p qemu -n 2 --only clock_gettime,getpid -o "$TMP/added.json" || return
    jq -e '[.rows[].name] == ["clock_gettime", "getpid"] and (.rows[0].stats.n == 2000)' "$TMP/added.json"
}
check "a benchmark added as docs/benchmarks.md says" add_benchmark
expect "bench: a row that there is none of" 2 'basic has no row "nonsense"' "$B/limpet" bench basic -p qemu -n 1 --only nonsense
own_rows() { LIMPET_APPS="$TMP/added" "$B/limpet" bench basic -p qemu -n 1 --only nonsense; }
expect "bench: nor in an app of one's own" 1 'status 2' own_rows

cat > "$TMP/none.c" << 'END'
#include "bench.h"
static size_t none(uint32_t *samples) { (void)samples; return 0; }
static const struct benchmark table[] = {{"none", .take = none}};
int main(int argc, char **argv) { return bench_main("none", table, 1, argc, argv); }
END
check "a table of one's own" "$B/limpet-cc" -O2 -I apps/lib "$TMP/none.c" apps/lib/*.c -o "$TMP/none.elf"
expect "bench: no samples are no measurement" 1 'none is not valid' "$B/limpet" run "$TMP/none.elf" -p qemu

# Files: what is no result is refused by its line; a result is appended, or the file is as it was.
mkdir "$TMP/broken"
printf 'x\n' > "$TMP/broken/foreign.json"
expect "results: a foreign file is refused" 1 'foreign.json:1: no JSON' "$B/limpet" bench boot -p qemu -n 1 -o "$TMP/broken/foreign.json"
"$B/limpet" bench boot -p qemu -n 1 -o "$TMP/grow.json" > "$TMP/tables"
cpu_time() { # of QEMU, in its rows and in the run's record, where the machine's state stands too
    tests/schema.py "$TMP/grow.json" &&
        jq -e '([.rows[] | select(.name | startswith("CPU of the VMM")).value] | length == 2 and add > 0) as $rows
            | .runs[0].busy | $rows and .user_s + .system_s > 0 and .wall_s > 0 and .cpus > 0 and .load >= 0' "$TMP/grow.json"
}
check "boot: CPU time of the VMM" cpu_time
head -c 1000 "$TMP/grow.json" > "$TMP/broken/cut.json"
cat "$TMP/grow.json" "$TMP/broken/cut.json" > "$TMP/broken/cut2.json"
expect "results: a truncated line is refused" 1 'cut2.json:2: the line is cut off' "$B/limpet" compare "$TMP/grow.json" "$TMP/broken/cut2.json"
# kill -9 at so many random moments, one in each slice of twice the time that a run takes, so that some finish: only whole
# results are left, and every finished one.
killed_at_random() {
    local finished=1 whole began=${EPOCHREALTIME/./} took i kills=${KILLS:-10}
    "$B/limpet" bench boot -p qemu -n 1 -o "$TMP/other.json" > "$TMP/tables"
    took=$((${EPOCHREALTIME/./} - began))
    for ((i = 0; i < kills; i++)); do
        "$B/limpet" bench boot -p qemu -n 1 -o "$TMP/grow.json" > "$TMP/tables" 2>&1 &
        sleep "$(awk "BEGIN { print ($i + $RANDOM / 32768) / $kills * 2 * $took / 1e6 }")"
        kill -9 $! 2> /dev/null
        wait $! 2> /dev/null && finished=$((finished + 1))
    done
    jq -e .schema "$TMP/grow.json" > "$TMP/schemas" || return
    whole=$(wc -l < "$TMP/grow.json")
    echo "$finished finished, $whole in the file"
    # One more may be there for each that was killed after its rename and before its exit.
    [ "$whole" -ge "$finished" ] && [ "$whole" = "$(wc -l < "$TMP/schemas")" ] && [ "$finished" -gt 1 ]
}
check "results: kill -9 at random moments loses none" killed_at_random

# Many runs are made in parts, which a lab boots anew (area lab).
parts() {
    "$B/limpet" bench basic boot -p qemu -n 13 --only getpid -o "$TMP/parts.json" && tests/schema.py "$TMP/parts.json" &&
        jq -e 'all(.rows[]; .parts == [4, 4, 5] and (.runs | length) == 13) and all(.runs[]; .count == 13) and (.runs | length) == 2' "$TMP/parts.json"
}
check "bench: many runs, in parts" parts

unlike() {
    "$B/limpet" bench boot -p qemu -n 6 -o "$TMP/one.json" > "$TMP/tables" && "$B/limpet" bench boot -p qemu -n 6 --mem 128 -o "$TMP/two.json" > "$TMP/tables" &&
        "$B/limpet" compare "$TMP/one.json" "$TMP/two.json"
}
expect "compare: unlike machines are refused" 1 'mem_mib differs: 512, 128' unlike
# One result against a changed one: every other run takes twice as long; too few runs; nothing; better; worse.
# The value of a row is the median of its runs, or it is left out.
# shellcheck disable=SC2016 # jq's own
fit='def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
    .rows |= map(.value = (.runs | median) | if .samples then .samples = .runs else . end)'
against() { # FILTER
    jq -c "$1 | $fit" "$TMP/one.json" > "$TMP/broken/changed.json" && "$B/limpet" compare "$TMP/steady.json" "$TMP/broken/changed.json"
}
steady='.rows |= map(.runs = [range(8) | 100 + . / 10] | del(.least))'
jq -c "$steady | $fit" "$TMP/one.json" > "$TMP/steady.json"
expect "compare: the same" 0 '^([0-9]+) rows: \1 no difference, 0 B worse, 0 B better, 0 cannot tell$' against "$steady"
expect "compare: what noise hides is not told" 4 '^([0-9]+) rows: 0 no difference, 0 B worse, 0 B better, \1 cannot tell$' \
    against '.rows |= map(.runs = [100, 200, 100, 200, 100, 200, 100, 200] | del(.least))'
expect "compare: -n that would tell" 4 'cannot tell: -n [0-9]{3,} would$' against '.rows |= map(.runs = [100, 200, 100, 200, 100, 200, 100, 200] | del(.least))'
expect "compare: too few runs are not told" 4 'cannot tell: -n 6 at least$' against '.rows |= map(.runs = [100, 100, 100] | del(.least))'
expect "compare: one row that cannot be told is enough" 4 ', 1 cannot tell$' against "$steady | .rows[0].runs = [100]"
expect "compare: worse counts more than not told" 3 ', 1 cannot tell$' \
    against "$steady | .rows[1].runs = [100] | (.rows[] | select(.name == \"start to exit\")).runs |= map(. * 2)"
expect "compare: better" 0 ' B is less, better$' against "$steady | (.rows[] | select(.name == \"start to exit\")).runs |= map(. / 2)"
expect "compare: what differs besides the figures" 0 '^  QEMU, vmm version: A .*, B 99.9$' against "$steady | .runs[].vmm_version = \"99.9\""
expect "compare: nothing to compare" 1 '^0 rows' against '.rows = [] | .runs = []'

# Sides that do not start cost no time; a relative path is meant as seen from here.
cat > "$TMP/failing qemu" << 'END'
#!/bin/sh
starts=$(cat "$COUNT" 2> /dev/null || echo 0)
echo $((starts + 1)) > "$COUNT"
[ "$starts" -lt 5 ] && exec qemu-system-x86_64 "$@"
echo "no more" >&2
exit 3
END
chmod +x "$TMP/failing qemu"
ln -s "$(command -v qemu-system-x86_64)" "$TMP/qemu"
relative() { (cd "$TMP" && COUNT="$TMP/count" "$LIMPET" compare "$@"); }
LIMPET=$(realpath "$B/limpet")
expect "compare: a QEMU by a relative path" 4 '^  QEMU, program: A qemu-system-x86_64, B .*/\./qemu$' relative --b "--qemu ./qemu" basic --only getpid -n 1
expect "compare: a QEMU that is not there" 121 '"\./none": No such file' relative --b "--qemu ./none" basic
expect "compare: a QEMU that is none" 1 'B on QEMU: ' relative --b "--qemu /bin/true" basic
not_measured() { ! relative --b "--qemu /bin/true" basic | grep -q .; }
check "compare: then nothing is measured" not_measured
expect "compare: a side that fails later" 1 '^getpid \[cycles\] .* 4  cannot tell: -n 6 at least$' \
    relative --b '--qemu "./failing qemu"' basic --only getpid -n 30 -o kept.json
kept() { tests/schema.py "$TMP/kept.json" && jq -es 'map(.side) == ["A", "A again", "B"] and all(.[]; .rows[0].runs | length == 4) and (.[2].skipped[0].reason | startswith("run 5 of 30: "))' "$TMP/kept.json"; }
check "compare: what was measured before is kept" kept
expect "compare: a side has no help" 2 'unknown option "--help"' "$B/limpet" compare --a "--help" boot -n 1
expect "compare: an open quote" 2 'a quote is left open' "$B/limpet" compare --b '--cpu "max' boot -n 1
