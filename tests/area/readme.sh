# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The README's examples, run as they stand there, in a folder of their own that has the build in it, with
# nothing in the environment but PATH. A line must end with status 0, or with one that its comment names:
# "status 0, 3 or 4". What begins with make takes minutes: .ci/run runs it.
mkdir "$TMP/fresh"
ln -s "$PWD/$B" "$TMP/fresh/build"
blocks() { awk -v kind="$1" '/^```/ { on = $0 == "```" kind; next } on' README.md; } # of ```KIND
allowed() { # LINE: the statuses that it may end with
    local words
    words=$(sed -n 's/.*# .*status \([0-9][0-9, or]*\).*/\1/p' <<< "$1" | tr -cs '0-9' ' ')
    echo "${words:-0}"
}
example() { # LINE
    local status=0
    (cd "$TMP/fresh" && env -i PATH="$PATH" bash -c "$1") < /dev/null || status=$?
    [[ " $(allowed "$1") " = *" $status "* ]] || { echo "status $status, not $(allowed "$1")"; return 1; }
}
check "readme: the lab is built" "$B/limpet" lab build
blocks sh > "$TMP/examples"
while read -r line; do
    case $line in
    make*) ;;
    *) check "readme: ${line%%  #*}" example "$line" ;;
    esac
done < "$TMP/examples"
made() { diff <(grep ^make "$TMP/examples") <(printf '%s\n' 'make bench' 'make test'); }
check "readme: what .ci/run runs" made
many() { [ "$(grep -c '^[^m]' "$TMP/examples")" -ge 10 ]; }
check "readme: there are examples" many
# Its sample of the last screen: each row of it is one that the screen has.
"$B/limpet" report --text tests/data/report.jsonl > "$TMP/screen"
rows() { # what a table's row begins with
    while read -r line; do
        name=${line%%  *}
        [ -z "$name" ] || grep -qF -- "$name" "$TMP/screen" || { echo "no row \"$name\" in the screen"; return 1; }
    done < <(blocks text | grep '[0-9]$')
}
check "readme: its sample's rows" rows
# The files that the documents name are there, and so are the documents that they lead to.
named() {
    local file missing=0
    while read -r file; do
        compgen -G "$file" > "$TMP/glob" || { echo "$file"; missing=1; }
    done < <(cat ./*.md docs/*.md | grep -oP '(?<![/\w])(kernel|arch|platform|apps|tools|tests)/[][A-Za-z0-9_./*-]*[A-Za-z0-9_/*]' | grep -v NAME | sort -u
        grep -oE '\]\([^)#]*' docs/*.md | sed 's|^docs/[^:]*:](|docs/|' | grep -v '://' | sort -u
        grep -ohE '\]\([^)#]*' ./*.md | sed 's/^](//' | grep -v '://' | sort -u)
    return $missing
}
check "docs: the files that they name" named
# docs/tree.md's walks: a stop's file has every function that it names.
walked() {
    local file names name missing=0 stops=0
    while IFS='|' read -r _ _ file names; do
        file=$(tr -d ' `' <<< "$file")
        # shellcheck disable=SC2016 # no expansion is meant
        for name in $(grep -oE '`[a-z_0-9]+\(\)`' <<< "$names" | tr -d '`()'); do
            grep -qE "\b$name\(" "$file" || { echo "$file has no $name()"; missing=1; }
        done
        stops=$((stops + 1))
    done < <(grep -E '^\| [0-9]+ \|' docs/tree.md)
    [ $missing = 0 ] && [ $stops -ge 30 ]
}
check "docs: the walks of docs/tree.md" walked
