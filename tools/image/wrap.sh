# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# What the tools that wrap an image share, for `.`: their words, and all that can be wrong before they begin.
#
# $here, the folder of build/, $usage and $help must be set. wrap_begin NAME EXTENSION WORDS… sets $image, $out (the image's
# own name with the extension, where -o says no other) and $work, a folder beside it that is removed at the end. A word
# "--" ends the words: `shift $wrap_shift` leaves what stands behind it.
: "${here:?}" "${usage:?}" "${help:?}"
version=@VERSION@

die() { # SENTENCE [STATUS]
    echo "$tool: $1" >&2
    exit "${2:-1}"
}
usage() {
    echo "$usage" >&2
    exit 2
}

wrap_begin() { # NAME EXTENSION WORDS…
    tool=$1 extension=$2 image='' out='' wrap_shift=0
    shift 2
    while [ $# -gt 0 ]; do
        wrap_shift=$((wrap_shift + 1))
        case $1 in
        --) break ;;
        -o)
            [ $# -ge 2 ] || usage
            out=$2 wrap_shift=$((wrap_shift + 1))
            shift
            ;;
        -o?*) out=${1#-o} ;;
        -h | --help)
            echo "$help"
            exit 0
            ;;
        --version)
            echo "$tool $version"
            exit 0
            ;;
        -*) usage ;;
        *)
            [ -z "$image" ] || usage
            image=$1
            ;;
        esac
        shift
    done
    [ -n "$image" ] || usage
    out=${out:-${image%.elf}.$extension}
    "$here/lib/check-image" "$tool" "$image" || exit
    # shellcheck disable=SC3013 # dash and busybox have it too
    ! [ "$image" -ef "$out" ] || die "$out is the same file as $image, which is read" 2
    [ ! -e "$out" ] || [ -f "$out" ] || die "cannot write $out: it is not a regular file"
    for program in strip objcopy objdump; do
        command -v $program > /dev/null || die "$program is missing: install the package binutils"
    done
    work=$(mktemp -d "$out.XXXXXX" 2> /dev/null) || die "cannot write in $(dirname "$out")"
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
}

# $work/image.elf: the image without its debug data.
wrap_strip() {
    said=$(strip -o "$work/image.elf" "$image" 2>&1) || die "$image: strip failed: $said"
}
