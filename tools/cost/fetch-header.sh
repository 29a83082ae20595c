#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Gets qemu-plugin.h of the installed QEMU: from the system, or from the distribution's source package.
#
# usage: fetch-header.sh OUTDIR
#
# OUTDIR also gets a glib.h of two lines, all that newer versions of the header want of glib, so that
# no glib headers are needed.
set -eu

die()
{
    echo "fetch-header: $*" >&2
    exit 1
}

[ $# -eq 1 ] || die "usage: fetch-header.sh OUTDIR"
mkdir -p "$1"
out=$(cd "$1" && pwd)

read -r source version <<END
$(dpkg-query -W -f '${source:Package} ${source:Version}' qemu-system-x86 2>/dev/null || true)
END
[ -n "${version:-}" ] || die "qemu-system-x86 is not installed (apt-get install qemu-system-x86)"

# Returns at once when the header of this very version is there.
if [ -s "$out/qemu-plugin.h" ] && [ "$(cat "$out/version" 2>/dev/null)" = "$version" ]; then
    exit 0
fi

command -v xz >/dev/null || die "xz is not installed (apt-get install xz-utils)"

work=
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
work=$(mktemp -d "$out/fetch.XXXXXX")

# install_header FILE: puts the header in place; the version stamp comes last.
install_header()
{
    rm -f "$out/version"
    cp "$1" "$work/qemu-plugin.h"
    chmod 644 "$work/qemu-plugin.h"
    mv "$work/qemu-plugin.h" "$out/qemu-plugin.h"
    printf '%s\n' 'typedef struct _GArray GArray;' 'typedef struct _GByteArray GByteArray;' \
        >"$out/glib.h"
    echo "$version" >"$out/version"
}

# A header that the system has serves when it belongs to the same source version.
for file in /usr/include/qemu-plugin.h /usr/include/qemu/qemu-plugin.h; do
    [ -s "$file" ] || continue
    owner=$(dpkg-query -S "$file" 2>/dev/null | cut -d: -f1) || continue
    [ "$(dpkg-query -W -f '${source:Version}' "$owner" | head -n 1)" = "$version" ] || continue
    install_header "$file"
    exit 0
done

"$(dirname "$0")/../setup/source.sh" "$source" "$version" "$work/tarball"
cd "$work/tarball"
for tarball in *.orig.tar.*; do
    tar -xf "$tarball" -C "$work/tarball" --wildcards --no-anchored --occurrence=1 --strip-components=3 \
        '*/include/qemu/qemu-plugin.h' 2>/dev/null || continue
    install_header "$work/tarball/qemu-plugin.h"
    exit 0
done
die "no include/qemu/qemu-plugin.h in the source of $source $version"
