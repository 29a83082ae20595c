#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds SeaBIOS from the distribution's source as it comes but for one thing: it has no boot menu, for
# which the packaged one waits 2.5 s wherever, as under Xen, it has no QEMU firmware configuration to
# tell it not to.
#
# usage: seabios.sh OUTDIR        makes OUTDIR/bios.bin; OUTDIR/key tells what it was made of
set -eu
unset CC MAKEFLAGS MFLAGS # SeaBIOS wants gcc, whatever the rest is built by

die() {
    echo "seabios: $*" >&2
    exit 1
}

[ $# -eq 1 ] || die "usage: seabios.sh OUTDIR"
here=$(cd "$(dirname "$0")" && pwd)
out=$(realpath -m "$1")
# shellcheck disable=SC2016 # dpkg-query's own variables
version=$(dpkg-query -W -f '${source:Version}' seabios 2> /dev/null) ||
    die "the package seabios is not installed: run 'make setup'"
key=$version-$(sha256sum < "$0" | cut -d' ' -f1)
[ "$(cat "$out/key" 2> /dev/null)" = "$key" ] && exit 0
for tool in iasl python3; do
    command -v $tool > /dev/null || die "$tool is missing: run 'make setup'"
done

mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo "seabios: building version $version without its boot menu (half a minute)" >&2
"$here/source.sh" seabios "$version" "$work/tarball"
mkdir "$work/src" "$work/new"
tar -xf "$(ls "$work"/tarball/*.orig.tar.*)" -C "$work/src" --strip-components=1
cd "$work/src"
printf '%s\n' CONFIG_QEMU=y CONFIG_XEN=y CONFIG_ROM_SIZE=256 '# CONFIG_BOOTMENU is not set' > .config
build() {
    make olddefconfig PYTHON=python3 && make -j"$(nproc)" PYTHON=python3 EXTRAVERSION=-no-boot-menu
}
build > "$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    die "the build failed (the lines above are its last)"
}
grep -q '^# CONFIG_BOOTMENU is not set' .config || die "the boot menu is still configured"
cp out/bios.bin "$work/new/bios.bin"
echo "$key" > "$work/new/key"
cd /
rm -rf "$out"
mv "$work/new" "$out"
