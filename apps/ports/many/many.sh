#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Builds and runs many small programs, a few hundred in an image, as a boot for each would take the most of the time.
#
# usage: many.sh FOLDER COMPILER [RUN]    COMPILER and RUN are words for a shell; without RUN the image runs itself
# On standard input a line for each program: "NAME FILE [OPTION…]". In FOLDER stands then what each printed, NAME.out,
# and in the file status a line "NAME STATUS": its exit status, 128 and more by a signal, or "build" or "ended" where
# it could not be built, or ended the image with it. What is there already is not built again.
set -eu
here=$(dirname "$(readlink -f "$0")")
folder=$1 compiler=$2 run=${3-}
batch=${MANY_BATCH:-200}
mkdir -p "$folder"
cd "$folder"

# Objects in which main is the program's own and nothing else is seen from outside. Those of a line have the same options
# and so one call of the compiler, which goes on after a file that does not compile.
objects() { # FOLDER OPTION… -- NAME=FILE…
    local work=$1 options=()
    shift
    mkdir -p "$work"
    for ((; $#; )); do
        [ "$1" != -- ] || break
        options+=("$1") && shift
    done
    shift
    # shellcheck disable=SC2086 # words
    (cd "$work" && $compiler -w ${options[@]+"${options[@]}"} -c "${@#*=}") || :
    for program; do
        name=${program%%=*} object=$(basename "${program#*=}" .c).o
        [ ! -f "$work/$object" ] || objcopy --redefine-sym "main=main_$name" --redefine-sym exit=many_exit \
            --redefine-sym abort=many_abort --keep-global-symbol="main_$name" "$work/$object" "$name.o"
    done
    rm -rf "$work"
}
image() { # NUMBER NAME…: from their objects; those whose names do not resolve are left out and told
    local number=$1 name undefined
    shift
    {
        echo '#include "many.h"'
        for name; do echo "int main_$name(int, char **, char **);"; done
        echo 'const struct program programs[] = {'
        for name; do echo "    {\"$name\", main_$name},"; done
        echo '    {0},};'
    } > "batch$number.c"
    # shellcheck disable=SC2046,SC2086 # words
    $compiler -O1 -w -I"$here" "batch$number.c" "$here/many.c" $(printf '%s.o ' "$@") -lm -o "batch$number" > "batch$number.log" 2>&1 && kept=("$@") && return
    undefined=$(sed -n 's/^[^ ]*ld: \([^ ]*\)\.o: in function .*/\1/p; s/^[^ ]*ld: \([^ ]*\)\.o:.*undefined reference.*/\1/p' "batch$number.log" | sort -u)
    [ "$undefined" ] || { cat "batch$number.log" >&2 && exit 1; }
    for name in $undefined; do echo "$name build" >> status; done
    # shellcheck disable=SC2046 # words
    image "$number" $(printf '%s\n' "$@" | grep -vxF "$undefined")
}
results() { # what an image said, into files; prints how many began
    awk -v folder=. '
        /^== [^ ]+\r?$/ { sub(/\r$/, ""); name = $2; n++; out = name ".out"; printf "" > out; held = 0; next }
        /^== [^ ]+: [0-9]+\r?$/ && $2 == name ":" { print name, $3 + 0 >> "status"; close(out); name = ""; next }
        name { if (held) print line > out; line = $0; held = 1 }
        END { if (name) print name, "ended" >> "status"; print n + 0 }'
}
run_image() { # NUMBER NAME…
    local number=$1 from=0 began
    shift
    while [ $from -lt $# ]; do
        # shellcheck disable=SC2086 # words
        $run "./batch$number" $from < /dev/null > "batch$number.out" 2>&1 || :
        began=$(results < "batch$number.out")
        [ "$began" -gt 0 ] || { echo "many: $folder/batch$number said nothing" >&2 && exit 1; }
        from=$((from + began))
    done
}

export compiler
export -f objects
cat > list
# shellcheck disable=SC2016 # the inner shell's
while read -r name file options; do [ -f "$name.o" ] || echo "$options|$name=$file"; done < list | sort | awk -F'|' -v most=25 '
    NR == 1 || $1 != last || n == most { if (NR > 1) print ""; printf "work%d %s --", NR, $1; last = $1; n = 0 }
    { printf " %s", $2; n++ }
    END { if (NR) print "" }' | xargs -P "$(nproc)" -L 1 bash -c 'objects "$@"' objects 2> objects.log || :
: > status
names=()
number=0
run_batch() {
    [ ${#names[@]} = 0 ] && return
    number=$((number + 1))
    image $number "${names[@]}"
    run_image $number "${kept[@]}"
    names=()
}
while read -r name _; do
    if [ -f "$name.o" ]; then names+=("$name"); else echo "$name build" >> status; fi
    [ ${#names[@]} -lt "$batch" ] || run_batch
done < list
run_batch || :
sort -o status status
