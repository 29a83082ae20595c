# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# What the scripts that make docs/cost.md share: generated tables between two markers of a file.

# shellcheck disable=SC2034 # for those that source this
allowed=2 # percent that a count may grow
# The leanest machine.
# shellcheck disable=SC2034
lean=microvm,rtc=off,pit=off,pic=off,acpi=off,x-option-roms=off,auto-kernel-cmdline=off
beside= # a file that is not yet in place, to be removed

die()
{
    echo "cost: $*" >&2
    exit 1
}

# For awk: a cell of a table, with thousands set off.
# shellcheck disable=SC2034
cell='function cell(n) {
    while (match(n, /[0-9][0-9][0-9][0-9](,|$)/))
        n = substr(n, 1, RSTART) "," substr(n, RSTART + 1)
    return " | " n
}'

# between FILE BEGIN END: the lines between the two markers.
between()
{
    awk -v begin="$2" -v end="$3" '
        $0 == begin { inside = 1; next }
        $0 == end { inside = 0; whole = 1 }
        inside
        END { exit !whole }' "$1" || die "$1 has no table between $2 and $3"
}

# update FILE BEGIN END TABLE: puts the file TABLE between FILE's markers, at once or not at all.
update()
{
    between "$1" "$2" "$3" >/dev/null
    beside=$(mktemp "$1.XXXXXX")
    awk -v begin="$2" -v end="$3" -v table="$4" '
        $0 == end { inside = 0 }
        !inside
        $0 == begin {
            inside = 1
            while ((getline line <table) > 0)
                print line
        }' "$1" >"$beside"
    chmod --reference="$1" "$beside"
    mv "$beside" "$1"
    beside=
}

# begin: from here on there is the folder $tmp, and what is begun ends with the script: the job $child, the folders $tmp
# and $shm, the file $beside.
begin()
{
    child=
    tmp=
    shm=
    trap cleanup EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    tmp=$(mktemp -d)
}
cleanup()
{
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || true
        wait "$child" 2>/dev/null || true
    fi
    rm -rf ${tmp:+"$tmp"} ${shm:+"$shm"} ${beside:+"$beside"}
}
