#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2317 # recipes call what they may
# Ports: programs of others, built by limpet-cc from Debian's sources as they are, and their own tests in Limpet.
#
# usage: run.sh NAME…       B (build), CC, PORTS_ON (the platform: qemu, or one in its lab), PORTS_SECONDS from the environment
# PORTS_SECONDS: no test of a program's begins later than that.
#
# Each is a folder here with a recipe, which sets
#   source    Debian's source package      licence   the program's
#   fetch     MB to fetch                  seconds   to build and to test, on two processors
#   needs     programs of the host, or nothing
#   variable  names the variable that names a folder with the source, where Debian has none: without it, it is skipped
# and has two functions that run in the unpacked source: build, and tests, which calls check or count; another, obtain,
# where the source comes in another way. Sources stay in
# build/ports/sources, what was built in build/ports/NAME, until a recipe, the source or Limpet's libraries change.
# Ends with a line for each, "NAME: N passed, N failed", which build/ports/NAME.result keeps.
set -eu
export LC_ALL=C.UTF-8
here=$(dirname "$(readlink -f "$0")")
cd "$here/../.."
B=$(realpath "${B:-build}")
on=${PORTS_ON:-qemu}
case $B in *[[:space:]]*)
    echo "ports: $B has a space in its path, which these programs' makefiles cannot take; name another by B=" >&2
    exit 2
    ;;
esac
# shellcheck disable=SC2034 # recipes use it
jobs=-j$(nproc)
export PATH="$B:$PATH" SOURCE_LISTS="$B/ports/lists"
options="-p $on"
case $on in qemu | native) [ "$on" = qemu ] || options= ;; *) options="-p $on --lab" ;; esac
export LIMPET_EXEC="$options"
# A lab is opened once for all of them.
if [ $# -gt 0 ] && [ "$options" ] && [ "$on" != qemu ] && [ -z "${LIMPET_LAB_OPEN-}" ]; then
    case $on in xen-*) lab=xen ;; *) lab=kvm ;; esac
    export B
    exec limpet lab open $lab -- "$here/run.sh" "$@"
fi

# due: is there time for another test? The others are told.
due() {
    [ $((SECONDS - began)) -lt "${PORTS_SECONDS:-1000000}" ] && return
    left=$((left + 1))
    return 1
}
# check NAME COMMAND…: one test, which passes when the command does.
check() {
    local name=$1
    shift
    due || return 0
    if "$@" < /dev/null >> "$log" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "    failed: $name" >&2; fi
}
# count PASSED FAILED: tests that another counted.
count() { passed=$((passed + $1)) failed=$((failed + $2)); }
# ctest_counts FOLDER: CMake's tests of what was built there.
ctest_counts() {
    local said failing
    said=$(ctest --test-dir "$1" "$jobs" 2>&1 | tee -a "$log") || :
    failing=$(sed -n 's/.* \([0-9]*\) tests failed out of .*/\1/p' <<< "$said")
    count $(($(sed -n 's/.*tests failed out of //p' <<< "$said") - failing)) "$failing"
}
# files [OPTION…]: from here on programs see a copy of the current folder.
files() { export LIMPET_EXEC="$options --root . $*"; }

recipe() { # NAME
    source='' fetch=0 seconds=0 needs='' variable=''
    obtain() { tools/setup/source.sh "$source" - "$B/ports/sources/$1"; }
    # shellcheck source=/dev/null
    . "$here/$1/recipe"
}
unpack() { # TARBALL FOLDER: without the one folder that all is in, if there is one
    mkdir -p "$2" && tar -xf "$1" -C "$2"
    set -- "$2" "$2"/*
    if [ $# = 2 ] && [ -d "$2" ]; then
        mv "$2" "$1.one" && rm -rf "$1" && mv "$1.one" "$1"
    fi
}
tarball() { find "$B/ports/sources/$1" -name '*.orig.tar.*' ! -name '*.asc' 2> /dev/null | head -n 1; }

port() { # NAME: in a shell of its own
    local name=$1 key tar missing=''
    recipe "$name"
    log=$B/ports/$name.log passed=0 failed=0
    : > "$log"
    for program in $needs; do command -v "$program" > /dev/null || missing="$missing $program"; done
    [ -z "$missing" ] || { echo "$name: cannot be built: install$missing" >&2 && return 1; }
    if [ "$variable" ] && [ ! -d "${!variable-}" ]; then
        echo "SKIP  $name: $variable names no folder with its source, which Debian has not"
        return 0
    fi
    mkdir -p "$B/ports/sources/$name"
    [ "$(tarball "$name")" ] || obtain "$name" >> "$log" || return
    tar=$(tarball "$name")
    version=$(basename "$tar" | sed 's/^[^_]*_//; s/\.orig\.tar.*//')
    key=$(cat "$here/$name/recipe" "$here/run.sh" "$tar" "$B"/limpet-cc "$B"/lib/*.a "$B/newlib/key" | sha256sum | cut -d' ' -f1)
    if [ "$(cat "$B/ports/$name/.key" 2> /dev/null)" != "$key" ]; then
        rm -rf "${B:?}/ports/$name"
        unpack "$tar" "$B/ports/$name"
        (cd "$B/ports/$name" && LIMPET_EXEC='-p qemu' build) < /dev/null >> "$log" 2>&1 || {
            tail -n 15 "$log" >&2
            echo "$name: cannot be built (the lines above are the last of $log)" >&2
            return 1
        }
        echo "$key" > "$B/ports/$name/.key"
    fi
    cd "$B/ports/$name"
    began=$SECONDS left=0
    tests
    echo "$name $version $on $passed $((passed + failed))" > "$B/ports/$name.$on.result"
    echo "$name: $passed passed, $failed failed$([ $left = 0 ] || echo "; $left not begun within $PORTS_SECONDS s")"
    [ $failed = 0 ] && [ $passed != 0 ]
}

[ $# -gt 0 ] || { sed -n 's/^# usage: //p' "$0" >&2 && exit 2; }
mb=0 time=0
for name; do
    [ -f "$here/$name/recipe" ] || {
        echo "ports: no port \"$name\"; there are: $(cd "$here" && echo */recipe | sed 's,/recipe,,g')" >&2
        exit 2
    }
    recipe "$name"
    [ "$(tarball "$name")" ] || mb=$((mb + fetch))
    time=$((time + seconds))
done
echo "ports: $# on $on: about $(((time + 59) / 60)) min$([ $mb = 0 ] || echo " and $((mb + 10)) MB to fetch")" >&2
mkdir -p "$B/ports/lists"
status=0
for name; do (port "$name") || status=1; done
exit $status
