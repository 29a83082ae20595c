#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Gets a source package of the distribution and unpacks it, without the one folder that all is in, if there is one.
#
# usage: unpacked.sh PACKAGE DIR      DIR.source keeps what was fetched; DIR is there when all of it is
set -eu
[ $# -eq 2 ] || { echo "usage: unpacked.sh PACKAGE DIR" >&2 && exit 2; }
tarball() { find "$2.source" -name "$1_*.orig.tar.*" ! -name '*.asc' 2>/dev/null | head -n 1; }

lists=$(dirname "$2")/lists
mkdir -p "$lists"
[ "$(tarball "$1" "$2")" ] || SOURCE_LISTS=$lists "$(dirname "$0")/source.sh" "$1" - "$2.source"
rm -rf "$2.new"
mkdir "$2.new"
tar -xf "$(tarball "$1" "$2")" -C "$2.new"
inside=$(ls -A "$2.new")
if [ -d "$2.new/$inside" ]; then
    mv "$2.new/$inside" "$2.one"
    rmdir "$2.new"
    mv "$2.one" "$2.new"
fi
rm -rf "$2"
mv "$2.new" "$2"
