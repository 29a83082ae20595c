# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# tests/run itself, on areas made up: its counts, its status, TAP.
mkdir -p "$TMP/copy/tests/area"
cp tests/run "$TMP/copy/tests"
printf '#\n#\n# Two of them pass.\nok "one: 1"; skip "two: 2" "it rains"; echo aside; check "three" true\n' > "$TMP/copy/tests/area/good.sh"
printf '#\n#\n# None does.\ncheck "it prints" sh -c "echo words; exit 3"; expect "no line" 0 "x" echo y\n' > "$TMP/copy/tests/area/bad.sh"
# shellcheck disable=SC2016 # the area is to expand it
printf '#\n#\n# It ends before its end.\nok() { :; }\ncheck "unbound" eval "echo \\$nobody_has_set_this"\nok "never"\n' > "$TMP/copy/tests/area/early.sh"
# shellcheck disable=SC2016 # the area is to expand it
printf '#\n#\n# It writes a result.\necho "{\\"limpet-result-2\\": 1}" > "$TMP/made.json"\n' > "$TMP/copy/tests/area/result.sh"
printf '#!/bin/sh\necho "not as the schema has it"\nexit 1\n' > "$TMP/copy/tests/schema.py"
chmod +x "$TMP/copy/tests/schema.py"
run() { "$TMP/copy/tests/run" "$@"; }
expect "run: counts" 0 '^2 passed, 0 failed, 1 skipped$' run good
expect "run: a failure is its status" 1 '^2 passed, 2 failed, 1 skipped$' run good bad
expect "run: what failed, with its words" 1 '^      \| words$' run bad
expect "run: an area that ends early is a failure" 1 '^2 passed, 1 failed, 1 skipped$' run early good
also "run: which is named" '^FAIL  early: ended early, status 1$'
also "run: and whose last words are shown" '^      \| .*nobody_has_set_this: unbound variable$'
expect "run: a result that does not fit its schema" 1 '^FAIL  made.json fits docs/result.schema.json: status 1$' run result
also "run: and why" '^      \| not as the schema has it$'
expect "run: --list" 0 '^good +Two of them pass\.$' run --list
expect "run: no such area" 2 'no area nonsense; there are:' run nonsense
tap() { # AREAS STATUS LINE…: exactly these, without the times of areas
    local areas=$1 want=$2 status=0
    shift 2
    # shellcheck disable=SC2086 # several words
    run --tap $areas > "$TMP/tap" || status=$?
    diff <(grep -v '^# ==' "$TMP/tap") <(printf '%s\n' "$@") && [ $status = "$want" ]
}
check "run: TAP" tap good 0 "TAP version 13" "ok 1 - one: 1" "ok 2 - two: 2 # SKIP it rains" "# aside" "ok 3 - three" \
    "# 2 passed, 0 failed, 1 skipped" "1..3"
check "run: TAP of failures" tap bad 1 "TAP version 13" "not ok 1 - it prints: status 3" "#       | words" \
    "not ok 2 - no line: no line with: x" "#       | y" "# 0 passed, 2 failed, 0 skipped" "1..2"
if command -v prove > /dev/null; then
    expect "run: TAP as perl's prove reads it" 1 'Failed tests:  4-5$' prove --exec "$TMP/copy/tests/run --tap" good :: bad
fi
# shellcheck disable=SC2048,SC2086,SC2154 # several words; tests/run has them
listed() { # every area runs somewhere, once
    diff <(tests/run --list | cut -d' ' -f1 | sort) <(printf '%s\n' $in_turn ${beside[*]} $long_in_turn ${long_beside[*]} | sort)
}
check "run: every area is in one of the lists" listed
