#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Public conformance suites: builds each program of a checkout by limpet-cc, boots it, and tells what came of it.
#
# usage: tests/suites/run.sh posix|libc-test CHECKOUT [PATTERN]
#   posix      the Open POSIX Test Suite: CHECKOUT is a copy of LTP (github.com/linux-test-project/ltp) or of its folder
#              testcases/open_posix_testsuite
#   libc-test  musl's libc-test (github.com/Boeing/libc-test is a copy): its folders functional, regression and math
#   PATTERN    only programs whose name this extended regular expression matches
# From the environment: B (build), ON (the platform: qemu), JOBS (programs beside each other: two for each processor),
# LIMIT (seconds until a program counts as hanging: 60).
#
# Writes $B/suites/SUITE.tsv, a line for each program: name, outcome, the last it said; prints what did not pass, and a
# table of outcomes. Programs with fork, wait, exec, system or popen in them, or with memory that processes share (shm_open
# and the like), count as "second process" and are not built. Status 0: all others passed.
set -u
export LC_ALL=C.UTF-8
wrong() { echo "run.sh: $1" >&2 && exit 2; }
[ $# -ge 2 ] || { sed -n 's/^# usage: /usage: /p' "$0" >&2 && exit 2; }
self=$(readlink -f "$0") suite=$1 source=$(realpath "$2") pattern=${3-.}
B=$(realpath "${B:-$(dirname "$self")/../../build}")
[ -x "$B/limpet-cc" ] || wrong "no $B/limpet-cc: make first"
export B

second='\b(v?fork|wait(pid|id|3|4)?|exec[lv]p?e?|popen|system|posix_spawnp?|pthread_atfork|shm_(open|unlink)|shmget)[[:space:]]*\(|<sys/shm.h>'
[ ! -d "$source/testcases/open_posix_testsuite" ] || source=$source/testcases/open_posix_testsuite
case $suite in
posix)
    at=$source/conformance
    names() { (cd "$at" && find . -name '*.c' | grep -vF -e /testfrmw/ -e /helpers.c | sed 's|^\./||; s|\.c$||'); }
    compile() { # NAME IMAGE
        case $1 in
        *buildonly) "$B/limpet-cc" "${flags[@]}" -c "$at/$1.c" -o "$2" ;;
        *) "$B/limpet-cc" "${flags[@]}" -Wl,-u,main "$at/$1.c" "$COMMON" -lm -o "$2" ;;
        esac
    }
    flags=(-O1 -w -std=c99 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -I "$source/include") # as in its include/mk
    shared=("$source"/lib/*.c)
    outcomes=([0]=pass [2]=unresolved [4]=unsupported [5]=untested)
    ;;
libc-test)
    at=$source/src
    names() { (cd "$at" && find functional regression math -maxdepth 1 -name '*.c' ! -name '*_dso.c' | sed 's|\.c$||'); }
    compile() { # NAME IMAGE; what some load as a library is linked
        local files=("$at/$1.c")
        [ ! -f "$at/$1_dso.c" ] || files+=("$at/$1_dso.c")
        "$B/limpet-cc" "${flags[@]}" "${files[@]}" "$COMMON" -lm -o "$2"
    }
    flags=(-std=c99 -D_POSIX_C_SOURCE=200809L -D_FILE_OFFSET_BITS=64 -w -fno-builtin -frounding-math
        -Werror=implicit-function-declaration -g -I "$at/common") # as in its config.mak.def
    shared=("$at"/common/*.c)
    outcomes=([0]=pass)
    ;;
*) wrong "no suite \"$suite\": posix or libc-test" ;;
esac
[ -d "$at" ] || wrong "$at is no folder: name a checkout of $suite"

# program NAME: a line of the result.
program() {
    local image work outcome status=0 said
    if grep -qE "$second" "$at/$1.c"; then
        printf '%s\tsecond process\t\n' "$1"
        return
    fi
    work=$(mktemp -d) image=$work/image.elf
    if ! compile "$1" "$image" > "$work/said" 2>&1; then
        outcome="does not build" said=$(grep -m 1 -oE '(error|undefined reference|fatal).*' "$work/said")
    elif [[ $1 = *buildonly ]]; then
        outcome=pass said=
    else
        "$B/limpet" run "$image" -p "${ON:-qemu}" --timeout "${LIMIT:-60}" < /dev/null > "$work/said" 2>&1 || status=$?
        outcome=${outcomes[$status]-fail}
        case $status in # of the tool (limpet help run)
        119 | 124) outcome=crash ;; 122) outcome=hang ;; 123) outcome=panic ;; 120 | 121 | 125) outcome="not run" ;;
        esac
        said=$(grep -aE '^(PANIC|panic)' "$work/said" | head -n 1)
        [ "$said" ] || said=$(grep -av '^$' "$work/said" | tail -n 1)
    fi
    rm -rf "$work"
    printf '%s\t%s\t%s\n' "$1" "$outcome" "$(tr -d '\000-\010\013-\037' <<< "${said-}" | tr '\t' ' ' | cut -c1-200)"
}
if [ "${ONE-}" ]; then
    program "$3"
    exit
fi

# What programs of a suite share is compiled once, as far as it can be.
mkdir -p "$B/suites"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "${shared[@]}"; do
    "$B/limpet-cc" "${flags[@]}" -c "$file" -o "$work/$(basename "$file" .c).o" 2> /dev/null || :
done
export COMMON=$work/common.a
ar rc "$COMMON" "$work"/*.o
result=$B/suites/$suite.tsv
names | grep -E -- "$pattern" | sort -V | ONE=1 xargs -P "${JOBS:-$((2 * $(nproc)))}" -I NAME "$self" "$suite" "$source" NAME > "$result.new"
sort -V "$result.new" > "$result" && rm "$result.new"
awk -F '\t' '
    $2 != "pass" && $2 != "second process" { print }
    { n[$2]++; split($1, part, "/"); }
    END {
        printf "\n"
        for (o in n) printf "%-16s %5d\n", o, n[o]
        own = NR - n["second process"]
        printf "%-16s %5d of %d that need no second process (%.1f %%)\n", "passed", n["pass"], own, own ? 100 * n["pass"] / own : 0
        exit n["pass"] != own
    }' "$result"
