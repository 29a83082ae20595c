# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Host-built unit tests under sanitizers, and a short run of each fuzzer.
unit_counts() {
    local p f s rest
    make -s -j"$(nproc)" B="$B" unit > "$TMP/out" 2>&1
    read -r p rest < "$B/tests/unit.summary" 2> /dev/null || p=
    f=$(sed -n 's/.*passed, \([0-9]*\) failed.*/\1/p' "$B/tests/unit.summary" 2> /dev/null)
    s=$(sed -n 's/.*failed, \([0-9]*\) skipped.*/\1/p' "$B/tests/unit.summary" 2> /dev/null)
    if [ -z "$p" ] || [ -z "$f" ]; then
        fail "unit tests" "no summary: did they build?"
    else
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        echo "      $p passed, $f failed, $s skipped"
        [ "$f" = 0 ] || sed 's/^/      | /' "$TMP/out" | tail -n 40
    fi
    : > "$TMP/out"
}
unit_counts
if command -v clang > /dev/null; then
    check "fuzzers, ${FUZZ_SECONDS:-5} s each" make -s B="$B" fuzz FUZZ_SECONDS="${FUZZ_SECONDS:-5}"
    expect "fuzzers: a finding is told, with its file" 2 'fuzz args: FOUND, again by: [^ ]*/args [^ ]*/args-oom-' \
        make -s B="$B" fuzz FUZZ=args FUZZ_SECONDS=5 FUZZ_OPTIONS=-rss_limit_mb=1
    rm -f "$B"/fuzz/args-oom-*
    expect "fuzzers: none of that name" 2 'no fuzzer nonsense; there are ' make -s B="$B" fuzz FUZZ=nonsense
else
    skip "fuzzers" "clang is not installed"
fi
