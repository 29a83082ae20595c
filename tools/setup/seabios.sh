#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds SeaBIOS from the distribution's source as it comes but for one thing: it has no boot menu, for
# which the packaged one waits 2.5 s wherever, as under Xen, it has no QEMU firmware configuration to
# tell it not to.
#
# usage: seabios.sh [-n] OUTDIR   makes OUTDIR/bios.bin; OUTDIR/key tells what it was made of. With -n
# nothing is built; the status tells whether there is nothing to build.
set -eu
unset CC MAKEFLAGS MFLAGS # SeaBIOS wants gcc, whatever the rest is built by

die() {
    echo "seabios: $*" >&2
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/setup/common.sh
. "$here/common.sh"
only_look=
if [ "${1-}" = -n ]; then
    only_look=yes
    shift
fi
[ $# -eq 1 ] || die "usage: seabios.sh [-n] OUTDIR"
out=$(realpath -m "$1")
# shellcheck disable=SC2016 # dpkg-query's own variables
version=$(dpkg-query -W -f '${source:Version}' seabios 2> /dev/null) ||
    die "the package seabios is not installed: run 'make setup'"
key=$version-$(sha256sum < "$0" | cut -d' ' -f1)
[ "$(cat "$out/key" 2> /dev/null)" = "$key" ] && exit 0
[ -z "$only_look" ] || exit 1
for tool in iasl python3; do
    command -v $tool > /dev/null || die "$tool is missing: run 'make setup'"
done

mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$new"' EXIT
work=$(scratch seabios)
trap 'rm -rf "$new" "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo "seabios: building version $version without its boot menu (half a minute)" >&2
"$here/source.sh" seabios "$version" "$work/tarball"
mkdir "$work/src"
tar -xf "$(ls "$work"/tarball/*.orig.tar.*)" -C "$work/src" --strip-components=1
cd "$work/src"
printf '%s\n' CONFIG_QEMU=y CONFIG_XEN=y CONFIG_ROM_SIZE=256 '# CONFIG_BOOTMENU is not set' > .config
build() {
    make olddefconfig PYTHON=python3 && make -j"$(nproc)" PYTHON=python3 EXTRAVERSION=-no-boot-menu
}
watch SeaBIOS "$work/log" build || {
    tail -n 20 "$work/log" >&2
    die "the build failed (the lines above are its last)"
}
grep -q '^# CONFIG_BOOTMENU is not set' .config || die "the boot menu is still configured"
cp out/bios.bin "$new/bios.bin"
echo "$key" > "$new/key"
cd /
chmod 755 "$new"
rm -rf "$out"
mv "$new" "$out"
