#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes a package for Debian of what was built.
#
# usage: deb.sh DIR      makes DIR/limpet_VERSION_amd64.deb; B and APPS are taken from the environment
set -eu
umask 022
LC_ALL=C.UTF-8
export LC_ALL

die() {
    echo "deb: $*" >&2
    exit 1
}
for tool in dpkg-deb:dpkg dpkg-shlibdeps:dpkg-dev; do
    command -v "${tool%:*}" > /dev/null || die "${tool%:*} is missing: install the package ${tool#*:}"
done
[ $# -eq 1 ] || die "usage: deb.sh DIR"
here=$(dirname "$(readlink -f "$0")")
mkdir -p "$1"
out=$(cd "$1" && pwd)
word() { sed -n "s/.*LIMPET_$1 *\"\\(.*\\)\".*/\\1/p" "$here/../version.h"; }
version=$(word VERSION)
name=limpet_${version}_amd64.deb
SOURCE_DATE_EPOCH=$(date -ud "$(word DATE)" +%s) # the same bytes at any time
export SOURCE_DATE_EPOCH
# Whoever makes a package maintains it, as Debian's own tools have it (debchange(1)); RFC 6761 keeps "invalid" for nobody.
maintainer="${DEBFULLNAME:-The makers of Limpet} <${DEBEMAIL:-limpet@limpet.invalid}>"

work=$(mktemp -d "$out/limpet.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
root=$work/root
doc=$root/usr/share/doc/limpet
DESTDIR=$root "$here/install.sh" --package /usr

# Of the host's programs the debug data goes; that of images is what their users debug and profile with.
for program in limpet limpet-vmm mksym lib/check-image cost/plugin.so; do
    [ ! -f "$root/usr/lib/limpet/$program" ] || strip --strip-unneeded -R .comment -R .note "$root/usr/lib/limpet/$program"
done
printf 'limpet (%s) unstable; urgency=medium\n\n  * %s\n\n -- %s  %s\n' "$version" "What is new: CHANGES.md." \
    "$maintainer" "$(date -Rud "@$SOURCE_DATE_EPOCH")" > "$doc/changelog"
gzip -9n "$doc/changelog" "$root"/usr/share/man/man1/*.1
mkdir -p "$root/usr/share/lintian/overrides" "$root/DEBIAN"
cp "$here/lintian-overrides" "$root/usr/share/lintian/overrides/limpet"

# What the tool is linked with, as dpkg-shlibdeps finds it, which wants a source package around it.
mkdir "$work/debian"
echo 'Source: limpet' > "$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O root/usr/lib/limpet/limpet 2> /dev/null | sed -n 's/^shlibs:Depends=//p')
[ -n "$libraries" ] || die "dpkg-shlibdeps does not know the libraries of limpet"
# Whose sources are needed to build the same again.
built_using() {
    # shellcheck disable=SC2016 # dpkg-query's own variables
    dpkg-query -W -f '${source:Package} (= ${source:Version})\n' newlib-source seabios gnu-efi libc6-dev "gcc-$(gcc -dumpversion)-base" |
        sort -u | sed 's/^/, /' | tr -d '\n' | sed 's/^, //'
}
sed -e "s|@VERSION@|$version|" -e "s|@MAINTAINER@|$maintainer|" -e "s|@LIBRARIES@|$libraries|" -e "s|@BUILT_USING@|$(built_using)|" \
    -e "s|@SIZE@|$(du -sk --apparent-size --exclude DEBIAN "$root" | cut -f1)|" "$here/control.in" |
    sed '/^#/d' > "$root/DEBIAN/control"
(cd "$root" && find usr -type f | sort | xargs -d '\n' md5sum) > "$root/DEBIAN/md5sums"
dpkg-deb --root-owner-group -Zxz --build "$root" "$work/$name" > /dev/null
mv "$work/$name" "$out/$name"
echo "$out/$name"
