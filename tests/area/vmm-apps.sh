# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A published VMM's guests as apps: right on QEMU (area labs: everywhere), wrong when they must be.
GUESTS="fibonacci matrix characters multiply counter hypercall isolation"
right() { # PLATFORM: every guest's result, from $TMP/said
    grep -q ' 514229 832040$' "$TMP/said" && grep -qx 'F(90) = 2880067194370816120' "$TMP/said" &&
        grep -qxE ' +252 +192 +132 +72 +12 +-48 +-108 +-168' "$TMP/said" &&
        grep -qE '^a 23, .* e 70, .* o 92, .* z 23$' "$TMP/said" && grep -qxE ' +9 +18 +27 .* 81' "$TMP/said" &&
        [ "$(grep -xE '[0-9]' "$TMP/said" | tr -d '\n')" = 0123456789 ] &&
        grep -qE "^CPU [A-Za-z]+, hypervisor $1" "$TMP/said" &&
        grep -qE '^guest 7: its memory was its own, [0-9]+ passes, checksum [0-9a-f]{16}$' "$TMP/said"
}
all_guests() { # PLATFORM SIGNATURE
    local app arguments
    : > "$TMP/said"
    for app in $GUESTS; do
        arguments=--once
        [ "$app" != isolation ] || arguments="7 100"
        # shellcheck disable=SC2086 # two words
        "$B/limpet" run $app -p "$1" -- $arguments >> "$TMP/said" || return
    done
    cat "$TMP/said"
    right "$2"
}
check "guests: each is right on qemu" all_guests qemu TCGTCGTCGTCG
expect "guests: a figure" 0 '^fibonacci\(90\) +[0-9.]+ ' "$B/limpet" run fibonacci -p qemu -- 'fibonacci(90)'
expect "guests: a row for the tool" 0 '^\{"limpet":"row","bench":"vmm","name":"matrix 8x8",' "$B/limpet" run matrix -p qemu -- --json
expect "guests: wrong use" 2 '^usage: isolation' "$B/limpet" run isolation -p qemu

# plant APP SED: the app with an error in it.
plant() {
    mkdir -p "$TMP/planted"
    sed "$2" "apps/vmm/$1.c" > "$TMP/planted/$1.c"
    ! cmp "apps/vmm/$1.c" "$TMP/planted/$1.c" > "$TMP/differs" || return
    "$B/limpet-cc" -O2 -I apps/lib "$TMP/planted/$1.c" apps/lib/*.c -o "$TMP/planted/$1.elf"
}
# planted APP SED MESSAGE ARGUMENTS…: it says what is wrong and ends with 1.
planted() {
    check "plant: $1" plant "$1" "$2"
    expect "planted: $1" 1 "$3" "$B/limpet" run "$TMP/planted/$1.elf" -p qemu -- "${@:4}"
}
planted fibonacci 's/b += a;/b += a + (i == 60);/' '^fibonacci\(90\) is not valid: F\(61\) = '
planted matrix 's/sum += a\[i\]\[k\]/sum += (k > 0 || i == 0) * a[i][k]/' '^matrix 8x8 is not valid: element 1, 1 is '
planted characters 's/count\[(unsigned char)text\[i\]\]++/count[text[i] | 1]++/' 'is not valid: character 32 was counted 0 times, it is there 209'
planted multiply 's/factor\[i\] \* factor\[j\]/factor[i] * factor[j] + (i == 9)/' 'is not valid: 9 × 1 = 10, not 9'
planted counter "s/'0' + i/'0' + i + (i == 5)/" 'is not valid: it counted wrong'
planted hypercall 's/__cpuid(0,/static int n; __cpuid(n++ > 9,/' 'CPUID is not valid: the answer was not always the same'
# shellcheck disable=SC2016 # no expansion is meant
planted isolation '/^    end = /s/^/    memory[4321] ^= 1;\n/' "memory at .* holds [0-9a-f]+, not [0-9a-f]+: it is not this guest's alone" 7

suite() { "$B/limpet" bench vmm -p qemu -n 2 --parallel 3 -o "$TMP/guests.json" > "$TMP/tables"; }
check "bench vmm: on qemu" suite
# shellcheck source=/dev/null
. tests/vmm/rows.sh
check "bench vmm: every row on qemu" rows qemu 3 "$TMP/guests.json"
expect "bench vmm: the tables" 0 '^hello, start to exit \[ms\] +[0-9.]+$' cat "$TMP/tables"
suite_of() { # another image in place of one app's
    mkdir -p "$TMP/guests"
    cp "$B"/apps/*.elf "$TMP/guests"
    cp "$1" "$TMP/guests/"
    LIMPET_APPS="$TMP/guests" "$B/limpet" bench vmm -p qemu -n 1 --parallel 2
}
expect "bench vmm: a wrong result is no figure, and whose it is" 1 'SKIP QEMU, .*: fibonacci: the app ended with status 1' \
    suite_of "$TMP/planted/fibonacci.elf"
check "plant: isolation, another's pattern" plant isolation '/^    number = /s/strtoull/1 + strtoull/'
expect "bench vmm: a guest with another's pattern" 1 'SKIP QEMU, .*: isolation: guest [0-9]+ held what is not its own' \
    suite_of "$TMP/planted/isolation.elf"
expect "bench vmm: wrong number" 2 'parallel: "1" is not a number from 2 to 16' "$B/limpet" bench vmm --parallel 1
expect "compare: the guests" 4 '^fibonacci\(90\) \[cycles\]' "$B/limpet" compare --a "" vmm -n 1

# Of a result on KVM hardware, made up from the one at hand: verdicts.
claims() {
    jq -c '.rows |= map(select(.platform == "qemu")) | .rows += (.rows | map(.platform = "kvm" | .value /= 20 | .runs |= map(. / 20)
               | del(.ci, .coverage, .stats, .samples, .histogram, .least) | .exits = {total: 26, reasons: {io: 26}}))
           | .runs |= map(.emulated = false | .emulated_by = null)' "$TMP/guests.json" > "$TMP/claims"
    "$B/limpet" replay mini-kvm "$TMP/claims"
}
expect "replay mini-kvm: a bound" 1 'hello, start to exit +< 10 ms +VMM +- +SKIP: our result has nothing of this suite there' claims
expect "replay mini-kvm: exits" 1 'KVM +26 exits +1 +2\.0 × more' claims
expect "replay mini-kvm: a ratio" 1 'QEMU / KVM +20\.?0? × +2 +does not hold: it is less' claims
expect "replay mini-kvm: an estimate, measured" 1 'counter under QEMU.s TCG +720 to 2400 ms, estimated +QEMU +[0-9.]+ ms ' claims
expect "replay mini-kvm: what is missing" 1 '^limpet: [0-9]+ published cells without a figure of ours' claims
