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
for row in "first page access" "second touch" "rdtsc pair"; do
    expect "bench: $row, alone" 0 "^$row +QEMU +[0-9]" "$B/limpet" bench basic -p qemu -n 1 --only "$row"
done
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

# A program of one's own: its rows, or its whole run.
cat > "$TMP/rows.c" << 'END'
#include "bench.h"
static void nothing(uint64_t n) { while (n-- != 0) __asm__ volatile(""); }
static const struct benchmark table[] = {{"nothing", .call = nothing}};
int main(int argc, char **argv) { return bench_main("mine", table, 1, argc, argv); }
END
cat > "$TMP/own program.c" << 'END'
#include <stdio.h>
#include <string.h>
#include <time.h>
int main(int argc, char **argv)
{
    struct timespec t;
    for (int i = 1; i < argc; i++)
        printf("argument %s\n", argv[i]);
    clock_gettime(CLOCK_MONOTONIC, &t);
    if (argc > 1 && strcmp(argv[1], "varies") == 0)
        printf("%ld\n", t.tv_nsec);
    while (argc > 1 && strcmp(argv[1], "stays") == 0)
        ;
    return argc > 1 && strcmp(argv[1], "fails") == 0;
}
END
programs() {
    "$B/limpet-cc" -O2 -I apps/lib "$TMP/rows.c" apps/lib/*.c -o "$TMP/ruler.elf" && # a name that is taken inside
        "$B/limpet-cc" -O2 "$TMP/own program.c" -o "$TMP/own program.elf" && "$B/limpet-cc" -O0 "$TMP/own program.c" -o "$TMP/other.elf"
}
check "bench: programs of one's own" programs
rows_told() {
    "$B/limpet" bench "$TMP/ruler.elf" -p qemu -n 2 -o "$TMP/own.json" && tests/schema.py "$TMP/own.json" &&
        jq -e '[.rows[] | .suite, .name] == ["program", "nothing"] and (.rows[0].runs | length) == 2 and .rows[0].stats.n == 2000
            and .runs[0].image == "ruler.elf"' "$TMP/own.json"
}
check "bench: rows of one's own" rows_told
bench_own() { "$B/limpet" bench "$TMP/own program.elf" -p qemu -n 2 "$@"; }
expect "bench: a plain program" 0 '^start to exit \[ms\] +[0-9]' bench_own --warmup 1 --prepare "echo x >> '$TMP/prepared'" -o "$TMP/plain.json" -- "a b"
also "bench: with its arguments" "^own program\.elf 'a b', median +QEMU$"
plain() {
    tests/schema.py "$TMP/plain.json" && [ "$(wc -l < "$TMP/prepared")" = 3 ] &&
        jq -e '.runs[0] | .arguments == "'"'a b'"'" and .warmup == 1 and .count == 2 and .output_sha256 == "'"$(echo 'argument a b' | sha256sum | cut -d' ' -f1)"'"' "$TMP/plain.json" &&
        "$B/limpet" report --md "$TMP/plain.json" | grep -q '^| start to exit'
}
check "bench: the record of a plain program" plain
expect "bench: it must say the same" 1 'line 2 is "[0-9]+", was "[0-9]+" \(--any-output' bench_own -- varies
expect "bench: or need not" 0 '^start to exit' bench_own --any-output -- varies
expect "bench: to a line" 0 '^start to the text \(--until\) \[ms\] +[0-9]' bench_own --until "argument st" -- stays
expect "bench: a line that never comes" 1 '"nonsense" was never seen: the app ended with status 0' bench_own --until nonsense
expect "bench: a program that fails" 1 'the app ended with status 1' bench_own -- fails
expect "bench: a command before it that fails" 1 'the command of --prepare failed' bench_own --prepare "false"
expect "bench: no suite of that name without a program" 2 'give your program itself' "$B/limpet" bench program
expect "bench: one program" 2 'one program of your own at a time' "$B/limpet" bench ./a.elf ./b.elf
expect "bench: arguments are a program's" 2 'is for a program of your own' "$B/limpet" bench basic -- x
expect "bench: a program that is not there" 120 'cannot read the image ./none.elf' "$B/limpet" bench ./none.elf -p qemu
expect "bench: a quarter of the runs" 0 '^ +n +3$' "$B/limpet" bench "$TMP/own program.elf" -p qemu --quick
limited() { # the first run of each is made
    bench_own -n 11 --time-limit 0.001s -o "$TMP/limited.json" && tests/schema.py "$TMP/limited.json" &&
        jq -e '.partial == "--time-limit" and (.rows[0].runs | length) == 1' "$TMP/limited.json"
}
check "bench: a limit of time" limited
interrupted() { # once something was measured: what of it is whole is kept, and says that it is partial
    local pid status=0
    : > "$TMP/begun"
    "$B/limpet" bench "$TMP/own program.elf" -p qemu -n 1000 --prepare "echo x >> '$TMP/begun'" -o "$TMP/cut.json" &
    pid=$! # whose SIGINT the shell has set to be ignored
    while [ "$(wc -l < "$TMP/begun")" -lt 3 ]; do sleep 0.1; done
    kill -TERM $pid
    wait $pid || status=$?
    [ $status = 143 ] && tests/schema.py "$TMP/cut.json" && "$B/limpet" report --md "$TMP/cut.json" | grep -q '^## .* (partial: interrupted)' &&
        jq -e '.partial == "interrupted" and (.rows[0].runs | length) == .runs[0].count and .runs[0].count >= 2' "$TMP/cut.json"
}
check "bench: an interruption keeps what is measured" interrupted
compare_own() { "$B/limpet" compare -p qemu -n 2 "$@"; }
expect "compare: programs of one's own" 4 '^  image, SHA-256: A own program\.elf [0-9a-f]+, B other\.elf ' \
    compare_own --a "\"$TMP/own program.elf\"" --b "$TMP/other.elf --smp 2"
expect "compare: one program, two arguments" 4 '^  arguments: A x, B y$' compare_own "$TMP/own program.elf" --b "-- y" -- x
also "compare: what it says" '^  what the program says, SHA-256: A '
expect "compare: a program on one side" 2 'B has no program of its own' compare_own --a "./a.elf" --b ""

# Files: what is no result is refused by its line; a result is appended, or the file is as it was.
mkdir "$TMP/broken"
printf 'x\n' > "$TMP/broken/foreign.json"
expect "results: a foreign file is refused" 1 'foreign.json:1: no JSON' "$B/limpet" bench boot -p qemu -n 1 -o "$TMP/broken/foreign.json"
"$B/limpet" bench boot -p qemu -n 1 --label "with ä" -o "$TMP/grow.json" > "$TMP/tables"
check "bench: a label" jq -e '.label == "with ä"' "$TMP/grow.json"
expect "bench: the label on the page" 0 '^## .*grow\.json: with ä, 20' "$B/limpet" report --md "$TMP/grow.json"
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

# Files against files: sessions made of one that was measured. A session's row is a value and runs around it; the value of a
# row is the median of its runs, or it is left out.
"$B/limpet" bench boot -p qemu -n 6 -o "$TMP/one.json" > "$TMP/tables"
# shellcheck disable=SC2016 # jq's own
fit='def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;
    .rows |= map(.value = (.runs | median) | if .samples then .samples = .runs else . end)'
mkdir "$TMP/sides"
session() { # NAME NUMBER VALUE [FILTER]
    jq -c ".seed = $2 | .rows |= map(.runs = [range(8) | $3 + . / 100] | del(.least, .p95_runs, .p99_runs)) | ${4-.} | $fit" "$TMP/one.json" > "$TMP/sides/$1$2.json"
}
side() { # NAME VALUE VALUE VALUE [FILTER]
    session "$1" 1 "$2" "${5-.}" && session "$1" 2 "$3" "${5-.}" && session "$1" 3 "$4" "${5-.}"
}
exit_row() { echo "(.rows[] | select(.name == \"start to exit\")).runs |= map(. * $1)"; } # FACTOR
side a 100 100.2 100.4 && side same 100.1 100.3 100.5 && side worse 100 100.2 100.4 "$(exit_row 1.2)"
side better 100 100.2 100.4 "$(exit_row 0.8)" && side noisy 90 100 115 && side other 100 100.2 100.4 '.runs[].mem_mib = 128'
side less 100 100.2 100.4 '.rows = [] | .runs = []'
sessions() { # SIDE [OPTION…]: A against it
    local side=$1
    shift
    (cd "$TMP/sides" && "$LIMPET" compare "$@" a1.json a2.json a3.json -- "$side"1.json "$side"2.json "$side"3.json)
}
LIMPET=$(realpath "$B/limpet")
expect "compare: the same" 0 '^B is the same within 5 % in all [0-9]+ rows\.$' sessions same
expect "compare: worse" 3 '^B is WORSE than A in 1 of [0-9]+ rows \(start to exit \+20\.0 %\); [0-9]+ the same within 5 %\.$' sessions worse
also "compare: a row of it" '^start to exit \[ms\] .* \+20\.0 % .*  3  +WORSE$'
expect "compare: better" 0 '; 1 better \(start to exit -20\.0 %\); ' sessions better
expect "compare: what noise hides is not told" 4 ' cannot tell, some [0-9]+ sessions would$' sessions noisy
also "compare: nor in the sentence" '^One cannot tell of ([0-9]+) of \1 rows; none is told to be worse\.$'
expect "compare: cannot tell, and that is well" 0 '^One cannot tell' sessions noisy --unsure-ok
expect "compare: a wide margin" 0 '^B is the same within 50 % in all' sessions worse --within 50
expect "compare: worse, but not by so much" 0 '^B is WORSE than A in 1' sessions worse --fail-above 25
expect "compare: worse by more" 3 '^B is WORSE than A in 1' sessions worse --fail-above 15%
expect "compare: some rows" 0 '^B is the same within 5 % in all 2 rows\.$' sessions worse --rows "door to main,memory of the VMM"
also "compare: some rows, told so" '^2 rows judged together \(--rows\)'
expect "compare: no such row" 5 'no row "nonsense" in common' sessions worse --rows "door to main,nonsense"
expect "compare: unlike machines are refused" 5 'mem_mib differs: 512, 128' sessions other
expect "compare: unlike machines, by force" 0 '^B is the same within' sessions other --force
expect "compare: nothing to compare" 5 'no row in common' sessions less
expect "compare: what differs besides the figures" 5 '^Nothing is compared: ' sessions less
one_session() { (cd "$TMP/sides" && "$LIMPET" compare a1.json worse2.json); }
expect "compare: one session a side never gives a verdict" 4 '^start to exit .* \+20\.. % .* cannot tell: one session a side$' one_session
also "compare: and says what would" 'Three files a side'
two_sessions() { (cd "$TMP/sides" && "$LIMPET" compare a1.json a2.json -- worse1.json worse2.json); }
expect "compare: nor do two" 4 ' cannot tell: two sessions a side$' two_sessions
twice() { (cd "$TMP/sides" && "$LIMPET" compare a1.json a2.json a1.json -- worse1.json worse2.json worse3.json); }
expect "compare: no session counts twice" 2 'a1.json and a1.json end with the same result' twice
expect "compare: several files want a --" 2 'several of each side' "$B/limpet" compare "$TMP/one.json" "$TMP/one.json" "$TMP/one.json"
expect "compare: -n is of sides" 2 '-n is for sides that take turns' sessions same -n 6
expect "compare: a percentage" 2 '"-5" is not a number of percent' sessions same --within=-5
expect "compare: Markdown" 3 '^\*\*B is WORSE than A in 1 of' sessions worse --md
also "compare: Markdown's table" '^\| start to exit \\\[ms\\\] \| .* \| WORSE \|$'
compared_json() {
    sessions worse --json > "$TMP/compared.json"
    [ $? = 3 ] && jq -e '(.rows[] | select(.name == "start to exit")) as $r | $r.word == "worse" and $r.n == 3 and $r.p < 0.01
        and $r.p_holm >= $r.p and $r.h > 0 and ($r.interval | length) == 2 and $r.interval[0] < $r.estimate and .m > 5
        and (.sentence | startswith("B is WORSE"))' "$TMP/compared.json"
}
check "compare: JSON" compared_json
parts_are_sessions() { # three boots of a lab in one file are three sessions; three parts here are one
    jq -c '.runs[].mode = "lab" | .rows |= map(.runs = [100, 100.1, 100.2, 101, 101.1, 101.2, 100.5, 100.6, 100.7] | .parts = [3, 3, 3] | del(.least)) | '"$fit" \
        "$TMP/one.json" > "$TMP/sides/lab.json" && sed 's/"mode":"lab"/"mode":"native"/' "$TMP/sides/lab.json" > "$TMP/sides/native.json" &&
        "$B/limpet" compare "$TMP/sides/lab.json" "$TMP/sides/lab.json" | grep -q '^B is the same within 5 % in all' &&
        ! "$B/limpet" compare "$TMP/sides/native.json" "$TMP/sides/native.json" > "$TMP/native.txt" && grep -q 'one session a side$' "$TMP/native.txt"
}
check "compare: boots of a lab are sessions" parts_are_sessions

# Sides in turn: rounds until it is told; the page and the text of the file agree with what compare said.
automatic() {
    "$B/limpet" compare --a "" --b "" basic --only getpid --rows "getpid" --within 40 -n auto --most 15 -o "$TMP/auto.json" > "$TMP/auto.txt" || [ $? = 4 ] || return
    cat "$TMP/auto.txt"
    tests/schema.py "$TMP/auto.json" && jq -es 'all(.[]; .looks >= 1 and .within == 0.4 and .judged_rows == "getpid" and (.rows[0].runs | length) >= 10
        and (.rows[0].p99_runs | length) == (.rows[0].runs | length))' "$TMP/auto.json" &&
        "$B/limpet" report --text "$TMP/auto.json" > "$TMP/auto.report" && tail -n +5 "$TMP/auto.txt" | cmp - "$TMP/auto.report" &&
        "$B/limpet" report "$TMP/auto.json" -o "$TMP/auto.html" && sed 's/&nbsp;/ /g' "$TMP/auto.html" | grep -F "$(tail -n 1 "$TMP/auto.txt")"
}
check "compare: rounds until it is told" automatic
again() { # as text and, of the same measurement, as Markdown
    "$B/limpet" compare "$TMP/auto.json" > "$TMP/again.txt" || [ $? = 4 ] || return
    cmp "$TMP/again.txt" "$TMP/auto.report" && { "$B/limpet" compare "$TMP/auto.json" --md || [ $? = 4 ]; } | grep '^\*\*'
}
check "compare: what it wrote, told once more" again
expect "compare: one result is no comparison" 2 'does not end with what limpet compare -o writes' "$B/limpet" compare "$TMP/one.json"
expect "compare: a budget is for those" 2 'go with -n auto' "$B/limpet" compare --b "" basic --budget 10m
expect "compare: a budget is a time" 2 '"soon" is not a time' "$B/limpet" compare --b "" basic -n auto --budget soon
expect "compare: a number of rounds" 2 '"some" is not a number from 1 to 100000, or auto' "$B/limpet" compare --b "" basic -n some

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
expect "compare: a QEMU by a relative path" 4 '^  QEMU, program: A qemu-system-x86_64, B .*/\./qemu$' relative --b "--qemu ./qemu" basic --only getpid -n 1
expect "compare: a QEMU that is not there" 121 '"\./none": No such file' relative --b "--qemu ./none" basic
expect "compare: a QEMU that is none" 1 'B on QEMU: ' relative --b "--qemu /bin/true" basic
not_measured() { ! relative --b "--qemu /bin/true" basic | grep -q .; }
check "compare: then nothing is measured" not_measured
expect "compare: a side that fails later" 1 '^getpid \[cycles\] .* 4  +cannot tell: -n 6 at least$' \
    relative --b '--qemu "./failing qemu"' basic --only getpid -n 30 -o kept.json
kept() { tests/schema.py "$TMP/kept.json" && jq -es 'map(.side) == ["A", "A again", "B"] and all(.[]; .rows[0].runs | length == 4) and (.[2].skipped[0].reason | startswith("run 5 of 30: "))' "$TMP/kept.json"; }
check "compare: what was measured before is kept" kept
expect "compare: a side has no help" 2 'unknown option "--help"' "$B/limpet" compare --a "--help" boot -n 1
expect "compare: an open quote" 2 'a quote is left open' "$B/limpet" compare --b '--cpu "max' boot -n 1
