# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# What the scripts of this folder share: how work is shown and where it is done. To be sourced.

# Progress is for terminals that can take a line back.
ticks() {
    case ${TERM-} in '' | dumb) return 1 ;; esac
    [ -t 2 ]
}

# tick TEXT: in place of the line before; without text: none.
tick() { ! ticks || printf '\r%.78s\033[K' "$1" >&2; }

# watch LABEL LOG COMMAND…: runs it into LOG, and meanwhile tells how long it has taken and how many
# files it has compiled. Returns its status.
watch() {
    label=$1 log=$2
    shift 2
    : >"$log"
    ticker=
    if ticks; then
        (
            began=$(date +%s)
            while kill -0 $$ 2>/dev/null; do # no longer than this script
                tick "$label: $(($(date +%s) - began)) s, $(grep -c -e '\.o$' -e '\.o ' "$log") files"
                sleep 1
            done
        ) &
        ticker=$!
    fi
    status=0
    "$@" >"$log" 2>&1 || status=$?
    [ -z "$ticker" ] || kill "$ticker" 2>/dev/null || true
    tick ""
    return $status
}

# scratch NAME: makes a folder for work and tells it. Its path has no space, which many a source's
# makefiles cannot take.
scratch() {
    tmp=${TMPDIR:-/tmp}
    case $tmp in *[[:space:]]*) tmp=/tmp ;; esac
    mktemp -d "$tmp/limpet-$1.XXXXXX"
}
