# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The result format: its schema, and that the schema is strict; the examples of docs/results.md.
check "schema: the kept result" tests/schema.py tests/data/result.jsonl
confidential() { jq -c '.runs[].confidential = {possible: "sev-es", active: "sev"}' tests/data/result.jsonl > "$TMP/sev.jsonl" && tests/schema.py "$TMP/sev.jsonl"; }
check "schema: a confidential guest" confidential
twice() { cat tests/data/result.jsonl tests/data/result.jsonl > "$TMP/twice" && tests/schema.py "$TMP/twice"; }
check "schema: two results in a file" twice

# refused NAME PATTERN FILTER: the kept result after a good one, changed by a jq filter
changed() { { cat tests/data/result.jsonl && jq -c "$1" tests/data/result.jsonl; } > "$TMP/bad" && tests/schema.py "$TMP/bad"; }
refused() { expect "schema refuses: $1" 1 "^$TMP/bad:2: .*$2" changed "$3"; }
refused "another schema" 'schema.*limpet-result-2' '.schema = "limpet-result-1"'
refused "an unknown key" 'extra' '.extra = 1'
refused "an unknown key of a row" 'rows\[0\].*extra' '.rows[0].extra = 1'
refused "a missing key" "rows\[3\].*'value' is a required" '.rows[3] |= del(.value)'
refused "a unit of its own" 'rows\[0\]\.unit' '.rows[0].unit = "parsecs"'
refused "a platform that is no name" 'rows\[0\]\.platform' '.rows[0].platform = "Xen PVH"'
refused "text as a number" 'rows\[0\]\.value' '.rows[0].value = "32.8"'
refused "a row without repetitions" 'rows\[0\]\.runs' '.rows[0].runs = []'
refused "parts that are not its runs" 'rows\[0\]\.parts: they add up to 99' '.rows[0].parts = [98, 1]'
refused "a run that is not there" 'rows\[2\]\.run: there are only' '.rows[2].run = 99'
refused "statistics without their median" "stats.*'p50' is a required" '.rows[0].stats |= del(.p50)'
refused "a coverage of no interval" "stats.*'ci' is a dependency" '.rows[0].stats |= (del(.ci) | .coverage = 0.95)'
refused "a coverage of more than all" "coverage" '.rows[0] |= (.ci = [1, 2] | .coverage = 95)'
refused "STREAM without its times" "'avg_s' is a required" '.rows |= map(del(.avg_s))'
refused "samples and histogram both" 'rows\[[0-9]+\]' \
    '.rows |= map(if .samples then .histogram = [[1, 1]] else . end)'
refused "a histogram of triples" 'histogram' '(.rows[] | select(.histogram)).histogram[0] = [1, 2, 3]'
refused "emulated by nobody" 'emulated_by' '.runs[0].emulated_by = null'
refused "a protection that there is not" "confidential.active" '.runs[0].confidential = {possible: "sev", active: "yes"}'
refused "a hash that is none" 'image_sha256' '.runs[0].image_sha256 = "abc"'
refused "a local date" 'created' '.created = "2026-11-21 11:06"'
refused "a load of one number" 'load' '.host.load = [1]'
refused "a skip without reason" 'reason' '.skipped = [{suite: "boot", platform: "kvm"}]'
cut_off() { { cat tests/data/result.jsonl; head -c 1000 tests/data/result.jsonl; } > "$TMP/bad" && tests/schema.py "$TMP/bad"; }
expect "schema refuses: a line cut off" 1 "^$TMP/bad:2: no JSON" cut_off
described() {
    jq -e '[paths(objects) as $p | select($p[-2] == "properties" and all($p[]; . != "if" and . != "then" and . != "else"))
            | getpath($p) as $field | select($field | has("description") or .["$ref"] == "#/$defs/host" or .["$ref"] == "#/$defs/stats" or .["$ref"] == "#/$defs/ruler" | not)
            | $p | join(".")] | . as $rest | ($rest | tostring | stderr) | $rest == []' docs/result.schema.json
}
check "schema: every field has a description" described

# The examples, each in a folder where r.json is the kept result.
mkdir "$TMP/examples" && cp tests/data/result.jsonl "$TMP/examples/r.json"
# shellcheck disable=SC2016 # $ is the end of a line
sed -n '/^```sh$/,/^```$/{/^```/!p}' docs/results.md > "$TMP/examples/list"
example() { sed -n "$1p" "$TMP/examples/list" | (cd "$TMP/examples" && bash -euo pipefail); }
expect "docs/results.md: the newest figures" 0 "^basic	qemu	getpid	32.79	cycles$" example 1
expect "docs/results.md: stages of a boot" 0 '^3 to cpu: [0-9.]+$' example 2
expect "docs/results.md: a figure over time" 0 "^2026-11-21T11:06:59Z	xen-pvh	lab	64.59$" example 3
# Every sample, and the manual's snippets that draw a figure of it: their medians and intervals are the tool's.
mkdir "$TMP/samples"
samples() { "$B/limpet" report --csv=samples tests/data/figures.jsonl tests/data/report.jsonl > "$TMP/samples/samples.csv"; }
check "samples: as CSV" samples
all_samples() { # as many as the results have, each row's in its own unit
    python3 - "$TMP/samples/samples.csv" tests/data/figures.jsonl tests/data/report.jsonl << 'END'
import collections, csv, json, sys
have, want = collections.Counter(), collections.Counter()
for line in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""), strict=True):
    have[line["file"], line["platform"], line["suite"], line["row"], line["unit"], float(line["value"])] += int(line["count"])
for path in sys.argv[2:]:
    for row in json.loads(open(path).read().split("\n")[0])["rows"]:
        pairs = row.get("histogram") or [[v, 1] for v in row.get("samples") or row["runs"]]
        unit = row.get("sample_unit", row["unit"]) if row.get("samples") or row.get("histogram") else row["unit"]
        if row["suite"] == "stream":
            continue # an older file's are rates
        for value, count in pairs:
            want[path.split("/")[-1], row["platform"], row["suite"], row["name"], unit, value] += count
have = collections.Counter({k: n for k, n in have.items() if k[2] != "stream"})
wrong = [f"{k}: {have[k]}, not {want[k]}" for k in have | want if have[k] != want[k]]
print("\n".join(wrong[:9]) or f"{have.total()} samples")
sys.exit(bool(wrong) or not want)
END
}
expect "samples: all of them" 0 '^[0-9]{6} samples$' all_samples
snippet() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/!p}" docs/results.md > "$TMP/samples/snippet.$1"; }
drawn() { # LANGUAGE INTERPRETER: it draws, and tells what the tool tells of each platform
    rm -f "$TMP/samples/boots.pdf"
    snippet "$1" && (cd "$TMP/samples" && "$2" "snippet.$1") > "$TMP/samples/$1.out" &&
        head -c 4 "$TMP/samples/boots.pdf" | grep -q '%PDF' && cat "$TMP/samples/$1.out"
}
# By hand: qemu has both files' boots, 6 and 3; the others three.
python3 - "$TMP/samples/samples.csv" > "$TMP/samples/want" << 'END'
import csv, statistics, sys
boots = {}
for line in csv.DictReader(open(sys.argv[1], encoding="utf-8")):
    if line["row"] == "start to exit":
        boots.setdefault(line["platform"], []).append(float(line["value"]))
ranks = {3: 1, 9: 2} # of n, the k-th smallest and greatest hold the median in 95 % (n < 6: all)
for name, v in boots.items():
    k = ranks[len(v)]
    print(name, len(v), *(f"{x:.3f}" for x in (statistics.median(v), sorted(v)[k - 1], sorted(v)[-k])))
END
as_wanted() { drawn "$@" | awk '{ printf "%s %d %.3f %.3f %.3f\n", $1, $2, $3, $4, $5 }' | diff "$TMP/samples/want" -; }
for python in python3 /usr/bin/python3; do # Debian's Python has Debian's matplotlib, though another may come first
    plots=
    "$python" -c 'import matplotlib' 2> "$TMP/import" && plots=yes && break
done
if [ "$plots" ]; then
    check "docs/results.md: a figure in Python" as_wanted python "$python"
else
    skip "docs/results.md: a figure in Python" "python3-matplotlib is not here: $(tail -n 1 "$TMP/import")"
fi
if command -v Rscript > /dev/null; then
    check "docs/results.md: a figure in R" as_wanted r Rscript
else
    skip "docs/results.md: a figure in R" "Rscript is not here (r-base-core, 200 MB with what it needs)"
fi

expect "docs/results.md: three examples" 0 '^3 ' wc -l "$TMP/examples/list"
