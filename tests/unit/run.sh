#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs cmocka programs. Prints a program's output only when something in it failed, and writes
# "N passed, N failed, N skipped" to a file.
#
# usage: run.sh SUMMARY PROGRAM…
set -u
summary=$1
shift
UNIT_TMP=$(mktemp -d "${TMPDIR:-/tmp}/limpet-unit.XXXXXX") || exit 1
trap 'rm -rf "$UNIT_TMP"' EXIT
trap 'exit 130' INT TERM HUP
export UNIT_TMP CMOCKA_MESSAGE_OUTPUT=TAP
export ASAN_OPTIONS="detect_leaks=1:strict_string_checks=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export UBSAN_OPTIONS="print_stacktrace=1${UBSAN_OPTIONS:+:$UBSAN_OPTIONS}"
rm -f "$summary"
passed=0 failed=0 skipped=0

for program; do
    status=0
    "$program" > "$UNIT_TMP/out" 2>&1 || status=$?
    p=$(grep -c '^ok ' "$UNIT_TMP/out")
    s=$(grep -c '^not ok [0-9]* # SKIP' "$UNIT_TMP/out")
    f=$(grep '^not ok [0-9]' "$UNIT_TMP/out" | grep -vc '# SKIP')
    # A program that died, or ended with an error outside its tests, counts as one failure.
    if [ "$f" = 0 ] && { [ $status != 0 ] || [ $((p + s)) = 0 ]; }; then
        f=1
    fi
    if [ "$f" != 0 ]; then
        echo "$(basename "$program"): status $status"
        cat "$UNIT_TMP/out"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped" > "$summary"
[ $failed = 0 ]
