# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# bench --count and compare --count: the same figures twice, and one more call is found and named.
plant() {
    mkdir -p "$TMP/plant" && "$B/limpet-cc" -O2 -Wl,--wrap=getpid tests/plant_call.c "$B"/obj/apps/basic/*.o "$B"/obj/apps/lib/*.o \
        -lm -o "$TMP/plant/basic.elf" && cp "$B/apps/ruler.elf" "$TMP/plant"
}
check "count: a build with one more call" plant
twice() { # the rows of both runs, to the digit
    local i
    for i in 1 2; do "$B/limpet" bench --count boot basic --only getpid,sched_yield -o "$TMP/twice$i.json" > "$TMP/counted" || return; done
    cat "$TMP/counted"
    diff <(jq -S .rows "$TMP/twice1.json") <(jq -S .rows "$TMP/twice2.json") && [ "$(jq '.rows | length' "$TMP/twice1.json")" -ge 10 ]
}
check "count: two runs have the same figures" twice
# What the plugin counts of a boot's functions, by stages, is all that it counts of the boot; and getpid is what it is.
sums() {
    jq -e '[.rows[] | select(.name | startswith("boot: "))] as $boot
        | ($boot | map(select(.name == "boot: door to exit")) | .[0].counts) as $all
        | ($boot | map(select(.name != "boot: door to exit") | .counts.instructions) | add) == $all.instructions
          and ([$all.functions[]] | add) == $all.instructions and $all.pages > 20 and $all.ports > 40' "$TMP/twice1.json" &&
        jq -e '.rows[] | select(.name == "basic: getpid") | .counts.instructions > 3 * .calls and .counts.ports == 0' "$TMP/twice1.json"
}
check "count: stages and functions add up" sums
# What is "backed by the host already" is so, also where no row before it has seen to that.
not_fresh() {
    "$B/limpet" bench --count basic --only "fault 4 KiB,fault 2 MiB" -o "$TMP/again.json" > "$TMP/counted" &&
        jq -e '[.rows[] | select(.name | startswith("basic: fault")) | .counts.pages] | length == 2 and max < 20' "$TMP/again.json"
}
check "count: memory that is not fresh, by itself" not_fresh
expect "count: files of the same build do the same" 0 '^B does exactly the same as A in all ' \
    "$B/limpet" compare --count "$TMP/twice1.json" "$TMP/twice2.json"
expect "count: one more call is found" 3 '^B does more than A in [12] of 3 rows: basic: getpid \+.* instructions a call in .*planted \+[0-9]+ \(new\)' \
    "$B/limpet" compare --count --b "--apps $TMP/plant" basic --only getpid,sched_yield -o "$TMP/sides.json"
also "count: the image is what differs" '^image, SHA-256 '
untold() { ! grep sched_yield "$TMP/last"; }
check "count: of sched_yield nothing is told" untold
expect "count: as Markdown" 3 '^\*\*B does more than A' "$B/limpet" compare --count --md --b "--apps $TMP/plant" basic --only getpid
json() {
    "$B/limpet" compare --count --json --b "--apps $TMP/plant" basic --only getpid > "$TMP/compared"
    [ $? = 3 ] && jq -e '.schema == "limpet-count-comparison-1"
        and any(.rows[]; .name == "basic: getpid" and .word == "worse" and any(.functions[]; .name == "planted" and .a == 0))' "$TMP/compared"
}
check "count: as JSON" json
expect "count: --rows leaves the row out" 0 'exactly the same' \
    "$B/limpet" compare --count --rows sched_yield --b "--apps $TMP/plant" basic --only getpid,sched_yield
expect "count: --within" 0 'exactly the same|does the same' \
    "$B/limpet" compare --count --within 500 --b "--apps $TMP/plant" basic --only getpid
expect "count: files without counts" 5 'no counted row in common' "$B/limpet" compare --count tests/data/result.jsonl tests/data/result.jsonl
expect "count: the terminal shows a file's counts" 0 '^boot: to main ' "$B/limpet" report --text "$TMP/twice1.json"
expect "count: KVM's rows are none, and why" 0 '^KVM: none: ' "$B/limpet" bench --count boot -p kvm,qemu
expect "count: one run" 2 'does not go with --count' "$B/limpet" bench --count boot -n 5
# Any kernel of limpet boot: an image of ours by its ELF alone, to a text and to its end.
kernel() { # OUTPUT ARGUMENT…
    "$B/limpet" boot --count --kernel "$B/apps/hello.elf" --machine microvm "${@:2}" -o "$1"
}
expect "count: a kernel to a text" 0 '^kernel: door to "Hello from" ' kernel "$TMP/kernel1.json" --until "Hello from"
check "count: and again" kernel "$TMP/kernel2.json" --until "Hello from"
expect "count: both the same" 0 'exactly the same as A in 1 row' "$B/limpet" compare --count "$TMP/kernel1.json" "$TMP/kernel2.json"
expect "count: a kernel to its end" 0 '^kernel: door to exit ' kernel "$TMP/kernel3.json"
expect "count: a text that does not come" 1 '"No such words" was never seen' kernel "$TMP/kernel4.json" --until "No such words"
check "count: and nothing is written" [ ! -e "$TMP/kernel4.json" ]
