# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Host-built unit tests under sanitizers, and a second of each fuzzer (area fuzz has more).
unit_tests() { # which count one by one
    local p=0 f=0 s=0 _
    rm -f "$B/tests/unit.summary"
    make -s -j"$(nproc)" B="$B" unit > "$TMP/out" 2>&1
    read -r p _ f _ s _ < "$B/tests/unit.summary"
    skipped=$((skipped + s))
    if [ "$f" = 0 ] && [ "$p" -gt 0 ]; then
        passed=$((passed + p - 1))
        ok "unit tests, $p of them"
    else
        fail "unit tests" "$p passed, $f failed"
    fi
    : > "$TMP/out"
}
unit_tests
simulated() { "$B/tests/simulate" "$@" > "$TMP/simulated"; local status=$?; grep -v '^ok' "$TMP/simulated"; return $status; }
check "verdicts, simulated: a sample" simulated 0.01
if command -v clang > /dev/null; then
    check "fuzzers, 1 s each" make -s -j"$(nproc)" B="$B" fuzz FUZZ_SECONDS=1
    expect "fuzzers: a finding is told, with its file" 2 'fuzz args: FOUND, again by: [^ ]*/args [^ ]*/args-oom-' \
        make -s B="$B" fuzz FUZZ=args FUZZ_SECONDS=5 FUZZ_OPTIONS=-rss_limit_mb=1
    rm -f "$B"/fuzz/args-oom-*
    expect "fuzzers: none of that name" 2 'no fuzzer nonsense; there are ' make -s B="$B" fuzz FUZZ=nonsense
else
    skip "fuzzers" "clang is not installed"
fi
