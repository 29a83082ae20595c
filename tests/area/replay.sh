# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Published tables beside ours, from a result file that is kept here.
DATA=tests/data/result.jsonl

# with FILTER COMMAND…: the kept result after a jq filter, as $TMP/replayed
with() {
    jq -c "$1" $DATA > "$TMP/replayed" || return 99
    "$B/limpet" replay hermitcore "$TMP/replayed"
}

# The columns: theirs, ours, ours/theirs, verdict; 84 cells were published.
cells() { "$B/limpet" replay hermitcore $DATA | grep -cE ' [0-9.]+ +[0-9.]+ +[0-9.]+[* ] +[a-zA-Z0-9]'; }
expect "replay: every published cell has a verdict" 0 '^84$' cells
expect "replay: emulated rows are not judged" 0 'KVM +9 +48\.7 +1 +5\.41\*  emulated: only the shape counts' \
    "$B/limpet" replay hermitcore $DATA
expect "replay: native ones are" 0 'QEMU +122 +32\.8 +1 +0\.269 +3\.7 × faster' "$B/limpet" replay hermitcore $DATA
expect "replay: a published shape" 0 'getpid +KVM < HVM ≈ PVH < QEMU' "$B/limpet" replay hermitcore $DATA
expect "replay: the DHCP time-out is none of boot" 0 'HVM +6140 .*not comparable: .*DHCP' \
    "$B/limpet" replay hermitcore $DATA
expect "replay: what stands beside boot" 0 'beside it: unpause to main +HVM +8\.3 +10' "$B/limpet" replay hermitcore $DATA
expect "replay: on hardware, rows are judged" 0 'KVM +79 +38\.5 +1 +0\.487 +2\.1 × faster' \
    with '.runs |= map(.mode = "native" | .emulated = (.platform == "qemu"))'
expect "replay: on hardware, all are ranked" 0 'sched_yield .* KVM ≈ HVM < QEMU < PVH  holds in [0-9] of 6' \
    with '.runs |= map(.mode = "native" | .emulated = (.platform == "qemu"))'
expect "replay: the interval counts" 0 'QEMU +122 .*the same within the interval' \
    with '(.rows[] | select(.name == "getpid" and .platform == "qemu")).runs = [30, 32.79, 130, 31, 33, 32.79]'
expect "replay: a missing row" 1 'KVM +9 +- +SKIP: our result has no such row' \
    with '.rows |= map(select(.name != "getpid" or .platform != "kvm"))'
expect "replay: a skipped suite, and how many cells" 1 '^limpet: 4 published cells' \
    with '.rows |= map(select(.suite != "basic" or .platform != "kvm"))
          | .skipped = [{suite: "basic", platform: "kvm", reason: "no KVM today"}]'
expect "replay: the reason of a skipped suite" 1 'SKIP: no KVM today' \
    with '.rows |= map(select(.suite != "basic" or .platform != "kvm"))
          | .skipped = [{suite: "basic", platform: "kvm", reason: "no KVM today"}]'
expect "replay: another unit" 1 'KVM +80 +- +SKIP: our result has another unit' \
    with '(.rows[] | select(.name == "door to main")).unit = "ns"'
expect "replay: another STREAM" 0 'QEMU +5153\.7 .*not comparable: ours had arrays of another size' \
    with '(.rows[] | select(.suite == "stream")) |= (.elements = 1000000 | .value /= 14 | .runs |= map(. / 14))'
expect "replay: a rate, a time and bytes that do not go together" 1 \
    'stream, Copy on qemu is left out: its samples are neither seconds nor MB/s of passes of 16000000 bytes' \
    with '(.rows[] | select(.suite == "stream")).elements = 1000000'
expect "replay: another machine" 0 'QEMU +122 .*not comparable: ours had other memory' \
    with '.runs |= map(.mem_mib = 1024)'
expect "replay: wrong results" 0 'QEMU +5153\.7 .*not comparable: ours computed wrong results' \
    with '(.runs[] | select(.valid)).valid.ok = false'
expect "replay: a busy machine, of any suite" 0 'QEMU: native, .*; on a busy machine: load 9\.0 on 2 CPUs \(stream\)$' \
    with '(.runs[] | select(.suite == "stream" and .platform == "qemu")).busy = {load: 9.0, cpus: 2, stolen: 0}'
expect "replay: another platform only" 1 'PVH +12 +- +SKIP: not measured in our result' \
    with 'del(.rows[], .runs[] | select(.platform == "xen-pvh")) | .rows |= map(.run = 0)'
expect "replay: no rows at all" 1 '^limpet: 84 published cells' with '.rows = [] | .runs = []'
expect "replay: without a name, the names" 2 '^  hermitcore ' "$B/limpet" replay
expect "replay: claims, none of them measured" 1 'VMM +- +SKIP: our result has nothing of this suite there' \
    "$B/limpet" replay all $DATA
expect "replay: unknown name" 2 'no publication "nonsense"; there are:' "$B/limpet" replay nonsense
only() { # FILE FILTER: the kept result's rows and runs that it takes
    jq -c "[.runs | to_entries[] | select(.value | $2) | .key] as \$kept | .runs |= map(select($2)) |
        .rows |= map(select(.run as \$r | \$kept | index(\$r)) | .run as \$r | .run = (\$kept | index(\$r)))" $DATA > "$1"
}
in_two() {
    only "$TMP/basic.json" '.suite == "basic"' && only "$TMP/other.json" '.suite != "basic"' || return 99
    "$B/limpet" replay hermitcore "$TMP/basic.json" "$TMP/other.json"
}
expect "replay: two files" 0 'QEMU +122 +32\.8 +1 +0\.269 +3\.7 × faster' in_two
expect "replay: of a file without a suite" 1 '^limpet: 16 published cells' "$B/limpet" replay hermitcore "$TMP/other.json"
# Rows of suites that the kept result has not, of rows that it has: as if basic's were those.
as_rows() { # SUITE NAME PUBLICATION FILTER
    jq -c "(.runs[], .rows[]) |= (if .suite == \"basic\" then .suite = \"$1\" else . end) |
        (.rows[] | select(.name == \"getpid\")) |= (.name = \"$2\") | $4" $DATA > "$TMP/replayed" || return 99
    "$B/limpet" replay "$3" "$TMP/replayed"
}
expect "replay: CPUID, on a processor that QEMU emulates" 1 'vm:bare, 50 % +0\.61 µs +KVM +[0-9.]+ µs +[0-9]+ +emulated: not judged' \
    as_rows cpuid "leaf 0x0" confidential .
expect "replay: CPUID, on hardware" 1 'vm:bare, 50 % +0\.61 µs +KVM +0\.0[0-9]+ µs .*faster' \
    as_rows cpuid "leaf 0x0" confidential '.runs |= map(.mode = "native" | .emulated = false)'
expect "replay: CPUID of a host that is virtual itself" 0 'bare, 50 % +0\.05 µs +host +[0-9.]+ µs +[0-9]+ +this machine is virtual' \
    as_rows cpuid "leaf 0x0" confidential '(.runs[], .rows[]) |= (if .platform == "qemu" then .platform = "host" else . end) |
        .runs |= map(.mode = "native" | .emulated = false) | .host.virtualized = true'
expect "replay: CPUID of one that is not" 0 'bare, 50 % +0\.05 µs +host +[0-9.]+ µs +[0-9]+ +[0-9.]+ × faster' \
    as_rows cpuid "leaf 0x0" confidential '(.runs[], .rows[]) |= (if .platform == "qemu" then .platform = "host" else . end) |
        .runs |= map(.mode = "native" | .emulated = false) | .host.virtualized = false'
expect "replay: LMbench, a rate of a row in cycles" 1 '^pipe +109 MB/s +KVM +3288804 MB/s .*more' \
    as_rows micro "pipe, 64 KiB" lmbench '.runs |= map(.mode = "native" | .emulated = false)'
expect "replay: what a system has not got is none" 1 '^UDP +374 µs +KVM +- +none: no network$' as_rows micro "null call" lmbench \
    '(.runs[] | select(.platform == "kvm")).info = [{limpet: "none", row: "UDP, round trip", why: "no network"}]'
expect "replay: published noise" 0 'read, row 1 .*A and B 3\.1 % apart, .* up to 3\.6 %: within their noise; none: no block devices' \
    "$B/limpet" replay qemu-cfi $DATA
every_cell() { # each line of a table ends in a verdict
    "$B/limpet" replay all $DATA | awk '!/  / || /^ +[A-Z]+ +[0-9.]+ +[0-9]+$/ || /^- |^To mind|^theirs:|^ours:|^  [A-Z]|^$|^shape|theirs +(on +)?ours|^[A-Z][A-Za-z ]+: / { next }
        !/none: |not judged|SKIP|faster|slower|same|holds|hold|less|more|not comparable|emulated|≈|same within|[<>]|beside it|right/ { print; bad = 1 } END { exit bad }'
}
check "replay: every cell of all has a verdict" every_cell
minds() { "$B/limpet" replay "$1" $DATA | grep -q '^To mind of theirs:$'; }
for name in hermitcore mini-kvm confidential qemu-cfi lmbench; do
    check "replay: what to mind of $name" minds $name
done
expect "replay: no file" 1 'no/such' "$B/limpet" replay all no/such
expect "replay: no result" 1 'README.md' "$B/limpet" replay all README.md
mkdir "$TMP/alone" && cp "$B/limpet" "$TMP/alone/"
expect "replay: no result yet" 1 'make bench' "$TMP/alone/limpet" replay all
mkdir "$TMP/alone/results" && cp $DATA "$TMP/alone/results/latest.json"
expect "replay: the latest result" 0 '^ours: .*results/latest\.json' "$TMP/alone/limpet" replay hermitcore
