# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# limpet report: its page, in a browser too, its Markdown and its CSV; on a result that was measured
# (tests/data) and on one made up to hold what that one has not, and to be hostile.
data=tests/data/report.jsonl
page() { "$B/limpet" report "$@"; }
has() { grep -qF -- "$2" "$1"; }
has_not() { ! has "$@"; }
python() { python3 "tests/page/check.py" "$@"; }

# Two modes, outliers, exits, throughput, skips; and text that would break out if it could.
# shellcheck disable=SC2016 # jq's variables
hostile='"<script>&\"|,\n`x`" as $bad
    | .rows[0].name = $bad
    | .rows[0].exits = {total: 1012, reasons: {npf: 2, io: 1010}}
    | .rows[1].no_exits = "no \($bad) counter"
    | .rows[1] |= del(.histogram)
    | .rows[1].stats.modes = [2000111, 2300222]
    | .rows[1].stats.outliers = {count: 31, low: 1, high: 30, values: [9000333, 7000444]}
    | .rows += [{suite: "throughput", platform: "qemu", name: $bad, unit: "boots/s", better: "more",
                 value: 123.4, runs: [123.4], run: 0},
                {suite: "throughput", platform: "someday", name: "parallel", unit: $bad, better: "more",
                 value: 5, runs: [5], run: 0}]
    | .rows += ([[5, 5, 5], [0, 0], [-3, 1e12], [1e-9], [1e300, 1]] | to_entries | map({suite: "basic", platform: "qemu",
                 name: "odd \(.key)", unit: "cycles", value: 1, run: 0, samples: .value, stats: {p50: .value[0],
                 min: .value[0], p99: .value[0], ci: [.value[0], .value[0]]}}))
    | .runs[0].vmm_version = $bad
    | .skipped = [{suite: "basic", platform: "xen-pvh", reason: $bad}]'
mkdir "$TMP/odd"
jq -c "$hostile" $data > "$TMP/odd/<hostile>&.jsonl"
cat $data "$TMP/odd/<hostile>&.jsonl" > "$TMP/odd/two.jsonl"

check "report: a page" page $data -o "$TMP/page.html"
check "report: its structure, labels, nothing from elsewhere, no script but its own" python html "$TMP/page.html"
check "report: contrast in all colour schemes" python colours "$TMP/page.html"
page $data > "$TMP/piped.html"
check "report: to a pipe, the same" cmp "$TMP/page.html" "$TMP/piped.html"
for text in 'HVM-disk' '<b>lab, emulated</b>' 'lab: KVM, HVM, PVH, HVM-disk</b> <b class="mark">emulated</b>' 'emulated' 'SVM emulated by QEMU TCG' 'local APIC timer' \
    "$(jq -r '.runs[0].image_sha256' $data)" 'accel tcg'; do
    check "report: the page has $text" has "$TMP/page.html" "$text"
done

check "report: Markdown" page --md $data -o "$TMP/page.md"
check "report: its stages add up to the median boot" python stages "$TMP/page.md" $data
check "report: CSV" page --csv $data -o "$TMP/page.csv"
check "report: CSV has every row" python csv "$TMP/page.csv" $data

# Every figure in every form of a recorded run, and of an older file, whose samples of STREAM were rates: computed once more
# by figures.py, and as somebody has read them (figures.tsv).
figures() { # RESULT [EXPECTED]
    local form
    for form in tables md csv; do page --$form "$1" > "$TMP/figures.$form" || return; done
    page "$1" -o "$TMP/figures.html" &&
        python3 tests/page/figures.py check "$1" "$TMP"/figures.{tables,md,html,csv} "${@:2}"
}
check "report: all figures of a recorded run, in every form" figures tests/data/figures.jsonl tests/data/figures.tsv
check "report: all figures of an older file" figures $data
wrong_figures() { # one digit of one figure
    sed -i '0,/| 33 cycles/s//| 34 cycles/' "$TMP/figures.md"
    python3 tests/page/figures.py check tests/data/figures.jsonl "$TMP"/figures.{tables,md,html,csv}
}
figures tests/data/figures.jsonl > "$TMP/out"
expect "report: a wrong figure would be seen" 1 'getpid on qemu: Markdown has .*34 cycles' wrong_figures

wrong_phase() { # one of a boot's, in the drawing alone
    sed -i 's/loader 6,050 ms/loader 6,051 ms/' "$TMP/figures.html"
    python3 tests/page/figures.py check $data "$TMP"/figures.{tables,md,html,csv}
}
figures $data > "$TMP/out"
expect "report: a wrong length in the drawing of boots would be seen" 1 '^the drawing of HVM-disk: .*6,051' wrong_phase

wrong_width() { # a segment's, in the drawing
    figures $data > "$TMP/out" || return
    sed -i '0,/\(<i class="p7" style="width:\)[0-9.]*/s//\112.5/' "$TMP/figures.html"
    python3 tests/page/figures.py check $data "$TMP"/figures.{tables,md,html,csv}
}
expect "report: and a wrong width" 1 '^the drawing of .*: widths ' wrong_width
# The boots of several results, by several doors, at one scale; of another machine they stand apart.
doors=(tests/data/boot-{doors,esp,cd}.jsonl)
check "report: all figures of boots by door, in every form" figures "${doors[0]}"
check "report: boots by several doors" page "${doors[@]}" -o "$TMP/doors.html"
check "report: boots by several doors, one page" python html "$TMP/doors.html"
for text in '<h2>All boots</h2>' 'QEMU-BIOS, disk: VMM ' 'QEMU-UEFI, esp: VMM '; do
    check "report: the page has $text" has "$TMP/doors.html" "$text"
done
jq -c '.host.cpu_model = "Another CPU"' "${doors[1]}" > "$TMP/odd/other.jsonl"
page "${doors[0]}" "$TMP/odd/other.jsonl" > "$TMP/apart.html"
check "report: boots of two machines are not drawn together" has_not "$TMP/apart.html" 'All boots'

check "report: a hostile result" page "$TMP/odd/<hostile>&.jsonl" -o "$TMP/hostile.html"
check "report: plots of odd samples" test "$(grep -c '<strong>odd' "$TMP/hostile.html")" = 5
check "report: cannot break out of the page" python html "$TMP/hostile.html"
for text in '&lt;script&gt;&amp;&quot;|,' '    io' '1,010' '2,000,111; 2,300,222' '9,000,333; 7,000,444; …' \
    '1 low, 30 high' 'two modes' 'boots/s' 'someday' 'SKIP'; do
    check "report: the page has $text" has "$TMP/hostile.html" "$text"
done
page --md "$TMP/odd/<hostile>&.jsonl" > "$TMP/hostile.md"
check "report: nor of Markdown" has_not "$TMP/hostile.md" '<script>'
# shellcheck disable=SC2016 # Markdown's own
check "report: nor out of a cell" has "$TMP/hostile.md" '&lt;script&gt;&amp;"\|, \`x\`'
page --csv "$TMP/odd/<hostile>&.jsonl" > "$TMP/hostile.csv"
check "report: nor of CSV" python csv "$TMP/hostile.csv" "$TMP/odd/<hostile>&.jsonl"
page --csv "$TMP/odd/two.jsonl" | sed 's/two\.jsonl/<hostile>\&.jsonl/' > "$TMP/last.csv"
check "report: a file's last result counts" cmp "$TMP/last.csv" "$TMP/hostile.csv"
check "report: two files" page $data "$TMP/odd/two.jsonl" -o "$TMP/two.html"
check "report: two files, one page" python html "$TMP/two.html"

# Several files side by side.
jq -c '.host.hostname = "beta" | (.host, .runs[]).cpu_model = "Another CPU"' $data > "$TMP/odd/beta.jsonl"
jq -c '.host.hostname = "alpha"' $data > "$TMP/odd/alpha.jsonl"
jq -c '.host.hostname = "beta" | .skipped += [{suite: "stream", platform: "qemu", reason: "it hung"}] | .rows |= map(select(.suite != "stream"))' \
    $data > "$TMP/odd/hung.jsonl"
side_by_side=("$TMP/odd/alpha.jsonl" "$TMP/odd/beta.jsonl" "$TMP/odd/hung.jsonl")
expect "report: several files, by host" 0 '^host, hostname  +alpha  +beta$' page --text "${side_by_side[@]}"
also "report: what differs within a column" '^host, cpu model  +AMD EPYC  +Another CPU; AMD EPYC$'
also "report: how many files a column is of" '^  files  +1 file  +2 files$'
also "report: why there is no figure" '^SKIP beta: it hung$'
also "report: how the columns came about" '^3 results, columns by host\. '
expect "report: by file" 0 '^What differs  +alpha.jsonl  +beta.jsonl  +hung.jsonl$' page --text --columns file "${side_by_side[@]}"
expect "report: by nothing known" 2 'columns: "colour" is not host, version, label or file' page --columns colour "${side_by_side[@]}"
expect "report: several files in Markdown" 0 '^\| cycles per call on QEMU \| alpha \(native, emulated, .*\| beta \(native, emulated, 2 files\) \|$' page --md "${side_by_side[@]}"
check "report: several files, a page" page "${side_by_side[@]}" -o "$TMP/hosts.html"
check "report: several files, one page" python html "$TMP/hosts.html"
check "report: it has them side by side" has "$TMP/hosts.html" '<h2>Side by side</h2>'
mkdir "$TMP/odd/other" && cp "$TMP/odd/beta.jsonl" "$TMP/odd/other/alpha.jsonl"
expect "report: files of one name by their paths" 0 '^What differs  .*/odd/alpha.jsonl  .*/odd/other/alpha.jsonl$' page --text --columns file "$TMP"/odd/{,other/}alpha.jsonl

# The same over time: 20 days, the last eight of which boot a fifth more slowly; and what is no session.
mkdir "$TMP/odd/days"
for day in {10..29}; do
    jq -c --argjson day "$day" '(if $day > 21 then 1.2 else 1 end * (1 + $day * 3 % 5 / 100)) as $f
        | .created = "2026-10-\($day)T10:00:00Z" | .seed = $day | .rows |= map(select(.name == "start to exit") | del(.stats)
        | .value *= $f | .runs[] *= $f | .samples[] *= $f | .ci[] *= $f)
        | .runs |= map(if $day > 21 then .vmm_version = "8.1.0" else . end)' tests/data/figures.jsonl > "$TMP/odd/days/$day.json"
done
history() { "$B/limpet" history "$@"; }
expect "history: a change" 0 '^2026-10-22 10:00  start to exit on QEMU \[ms\] .* worse  .*<? ?[1-4] %$' history --text "$TMP/odd/days"
also "history: what else changed with it" '^Between 2026-10-21 10:00 and 2026-10-22 10:00: QEMU, vmm version: 7\.2\.22'
also "history: how much there is" '^20 sessions, 2026-10-10 to 2026-10-29, 1 rows: 1 change of level in 1 of them, 1$'
expect "history: the same on a terminal" 0 '^2026-10-22 10:00  start to exit on QEMU' script -qec "$B/limpet history $TMP/odd/days" /dev/null
expect "history: in Markdown" 0 '^\| 2026-10-22 10:00 \| start to exit on QEMU \\\[ms\\\] \| 1' history --md "$TMP/odd/days"
history_json() { history --json "$TMP/odd/days" | jq -ec '.series[0] | [(.points | length), .changes[0].since, .better]'; }
expect "history: in JSON" 0 '^\[20,12,"less"\]$' history_json
check "history: a page" history "$TMP/odd/days" -o "$TMP/history.html"
check "history: its structure" python history "$TMP/history.html"
check "history: a plot of each row" test "$(grep -c '<svg role' "$TMP/history.html")" = 1
echo '{"rows"' > "$TMP/odd/days/torn.json"
cp "$TMP/odd/days/10.json" "$TMP/odd/days/copy.jsonl"
expect "history: a bad file is told, the others are shown" 1 '^limpet: .*torn.json:1: ' history --text "$TMP/odd/days"
also "history: how many were bad" '^limpet: history: 1 of 22 files left out$'
also "history: with all the others" '^20 sessions'
also "history: a copy does not count" 'Left out: 1 copy\.'
mkdir "$TMP/odd/empty"
expect "history: an empty folder" 1 'empty has no files \*.json' history "$TMP/odd/empty"
expect "history: no such folder" 1 'No such file' history "$TMP/odd/nowhere"
expect "history: of what?" 2 'of which folder' history
expect "history: one form at a time" 2 'not two of them' history --md --json "$TMP/odd/days"
expect "history: not over what it reads" 2 '10.json' history "$TMP/odd/days" -o "$TMP/odd/days/10.json"

bare() { env -i "$B/limpet" report $data -o "$TMP/bare.html"; }
check "report: without PATH, LANG, HOME and TERM" bare
check "report: the same page" cmp "$TMP/page.html" "$TMP/bare.html"
no_page() { page "$1" > "$TMP/no.html"; }
{ cat $data && echo '{"rows"'; } > "$TMP/odd/torn.jsonl"
expect "report: a torn file" 1 'torn.jsonl:2: ' no_page "$TMP/odd/torn.jsonl"
expect "report: no file" 1 'No such file' no_page "$TMP/nothing.jsonl"
expect "report: of what?" 2 'of which file' page
expect "report: one form at a time" 2 'not two of them' page --md --csv $data
# In short: a screen.
page --text $data > "$TMP/screen"
check "report: in short, the classic tables" grep -qE '^  reschedule \(sched_yield\)  ' "$TMP/screen"
is_screen() { # also after the three lines that make bench and bench -o add
    page --text "$1" > "$TMP/lines" && [ "$(LC_ALL=C.UTF-8 wc -L < "$TMP/lines")" -le 80 ] && [ "$(wc -l < "$TMP/lines")" -le 57 ]
}
for recorded in $data tests/data/result.jsonl tests/data/figures.jsonl; do
    check "report: in short, a screen of ${recorded##*/}" is_screen "$recorded"
done
check "report: in short, a busy machine" grep -q '^QEMU ran (load 12 on 2 CPUs, ' "$TMP/lines"
check "report: in short, what is emulated" grep -q '^KVM, HVM, PVH and HVM-disk ran in a lab whose hardware' "$TMP/screen"
jq -c '.runs |= map(if .platform == "kvm" then .confidential = {possible: "sev", active: "sev"} else . end)' $data > "$TMP/odd/sev.jsonl"
confidential() { page "--$1" "$TMP/odd/sev.jsonl" | tr '\r\n' '  ' > "$TMP/sev.out"; } # FORM
for form in text tables md csv; do check "report: a confidential guest: $form" confidential $form; mv "$TMP/sev.out" "$TMP/sev.$form"; done
page "$TMP/odd/sev.jsonl" -o "$TMP/sev.html"
check "report: a confidential guest, in short" grep -q ' KVM ran confidential guests, ' "$TMP/sev.text"
check "report: a confidential guest, in Markdown" grep -q '| KVM | confidential, active | sev |' "$TMP/sev.md"
check "report: a confidential guest, in the tables" grep -q 'KVM: lab, [^;]*, confidential: sev; ' "$TMP/sev.tables"
page --csv "$TMP/odd/sev.jsonl" -o "$TMP/sev.csv"
check "report: a confidential guest, in CSV" python csv "$TMP/sev.csv" "$TMP/odd/sev.jsonl"
check "report: a confidential guest, on the page" grep -q 'Confidential.*hidden from the host ran on kvm (sev)' "$TMP/sev.html"
check "report: and none elsewhere" test "$(page --text $data | grep -ci confidential)" = 0
expect "report: the same on a terminal" 0 '^  reschedule \(sched_yield\)  ' script -qec "$B/limpet report $data" /dev/null

# A comparison: its three results, what differs, the verdict on every row.
jq -c '.seed = 7 | (.side = "A"), (.side = "A again"), (.side = "B" | .host.cpu_model = "Another CPU")' $data > "$TMP/odd/sides.jsonl"
page --md "$TMP/odd/sides.jsonl" > "$TMP/sides.md"
for text in '## sides.jsonl: side A,' '## sides.jsonl: side A again,' '## sides.jsonl: side B,' '| host, cpu model | AMD EPYC | Another CPU |' \
    'none is told to be worse.**' 'Fewer than 6 rounds tell nothing of noise: -n 6 at least is needed.' '| How many | 0 | 0 | 0 |' '| getpid (basic on KVM, lab, emulated) | cannot tell: -n 6 at least | cycles |'; do
    check "report: a comparison has $text" has "$TMP/sides.md" "$text"
done
page "$TMP/odd/sides.jsonl" -o "$TMP/sides.html"
check "report: a comparison's page" python html "$TMP/sides.html"
page --text "$TMP/odd/sides.jsonl" > "$TMP/sides.txt"
check "report: a comparison in short" grep -qE '^One cannot tell of ([0-9]+) of \1 rows; none is told to be worse\.$' "$TMP/sides.txt"
check "report: CSV names the side" test "$(page --csv "$TMP/odd/sides.jsonl" | grep -c ',A again,')" = "$(jq '.rows | length' $data)"

# One that was measured, of a side against itself, with a planted change of two rows.
# shellcheck disable=SC2016 # jq's variables
planted='def times($f): (.value, .runs[], .least[], .ci[]) |= . * $f | .histogram |= map([.[0] * $f, .[1]])
    | .stats |= with_entries(if .key | IN("n", "coverage") then . elif .value | type == "array" then .value |= map(. * $f)
        elif .value | type == "number" then .value |= . * $f else . end);
    if .side == "B" then .rows |= map(if .name == "malloc(1 MiB)" then times(1.25) elif .name == "sched_yield" then times(0.75) else . end)
        | .runs[].image_sha256 = "0" * 64 else . end'
jq -c "$planted" tests/data/compare.jsonl > "$TMP/planted.jsonl"
check "report: a planted comparison" page "$TMP/planted.jsonl" -o "$TMP/planted.html"
for text in 'planted.jsonl: A, A again and B' '<a href="./planted.jsonl">' '>B is WORSE than A in 1 of 6 rows (malloc(1 MiB) +2' \
    'aria-label="malloc(1 MiB): WORSE, +2' 'aria-label="sched_yield: better, -2' 'cycles; basic on QEMU: WORSE</span>' '; A again: median ' \
    '<summary>Side A again: all its tables and plots'; do
    check "report: its page has $text" has "$TMP/planted.html" "$text"
done

# In a real browser.
in_browser() {
    local hurt
    mkdir -p "$B/report"
    cp "$TMP/page.html" "$B/report/report.html"
    check "report: in a browser, whose console is quiet" tests/page/shots.sh "$B/report/report.html" "$B/report" report
    check "report: dark is another picture" bash -c "! cmp -s $B/report/report-light.png $B/report/report-dark.png"
    check "report: of four platforms prints on 8 pages at most" python pages "$B/report/report.pdf" 8
    check "report: for everyone to read, on a desk and a phone, light and dark; saves its figures" tests/page/access.sh "$TMP/page.html"
    check "report: so does that of a comparison" tests/page/access.sh "$TMP/planted.html"
    # What would keep somebody from reading it is seen.
    sed 's/--soft: #[0-9a-f]*/--soft: #bbb/; s/<html lang="en">/<html>/; 0,/<h4>/s//<h6>/; 0,/ scope="col"/s///; s/<svg role="img"/<svg/; 0,/aria-label="Boots[^"]*"/s///
        s/<caption>[^<]*</<caption></; s/max-width: 68rem/min-width: 80rem/; s/content: "scrolls/xcontent: "scrolls/; s/--step'"'"')/--none'"'"') + nowhere/' "$TMP/page.html" > "$TMP/hurt.html"
    expect "report: a page that keeps people out is seen" 1 'light, phone: the page is [0-9]* wide' tests/page/access.sh "$TMP/hurt.html"
    for hurt in 'light, desk: contrast 1.9' 'no language' 'a heading left out before' 'a heading of nothing' 'a table without a caption' \
        'no hint that it scrolls' 'nowhere is not defined'; do
        also "report: and of what: $hurt" "$hurt"
    done
}
if command -v chromium > /dev/null || tools/setup/setup.sh --only chromium fonts-inter > "$TMP/setup" 2>&1; then
    in_browser
else
    skip "report: in a browser" "chromium is not here: $(tail -n 1 "$TMP/setup")"
fi
