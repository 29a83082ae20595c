#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Gets qemu-plugin.h of the installed QEMU: from the system, or from the distribution's source package.
#
# usage: fetch-header.sh OUTDIR
#
# Needs no root and leaves the system's apt configuration and lists alone: apt itself is asked what
# its sources are, and the same archives are used as deb-src from a private list in a private state
# directory. apt checks signatures and hashes as always. OUTDIR also gets a glib.h of two lines, all
# that newer versions of the header want of glib, so that no glib headers are needed.
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

# One deb-src line per archive of Debian or Ubuntu that apt knows. apt tells the origin of those whose
# lists it has (and with it shows no others); of the rest the address must do.
{
    # shellcheck disable=SC2016 # $(…) is apt's own format
    what='$(REPO_URI)|$(RELEASE)|$(COMPONENT)'
    # shellcheck disable=SC2016
    apt-get indextargets --format "$what|\$(ORIGIN)" 'Created-By: Packages'
    apt-get indextargets --no-release-info --format "$what|" 'Created-By: Packages'
} | awk -F'|' '
    seen[$1, $2, $3]++ { next }
    $4 ~ /^(Debian|Ubuntu)$/ || ($4 == "" && $1 ~ /debian|ubuntu|apt-mirrors/) {
        print "deb-src " $1 " " $2 ($2 ~ /\/$/ ? "" : " " $3)
    }' >"$work/sources.list"
[ -s "$work/sources.list" ] || die "apt has no Debian or Ubuntu archive configured"

# Which key signs which archive is part of the configuration that the list leaves out: so every key
# that the system trusts for archives goes into one private directory.
mkdir -p "$work/keys" "$work/lists/partial" "$work/cache/archives/partial" "$work/tarball"
for key in /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc \
    /usr/share/keyrings/debian-archive-keyring.* /usr/share/keyrings/ubuntu-archive-keyring.*; do
    [ -s "$key" ] || continue
    case $key in
    *.pgp) cp "$key" "$work/keys/$(basename "$key" .pgp).gpg" ;;
    *) cp "$key" "$work/keys/" ;;
    esac
done

# private_apt ARGS…: apt-get with nothing but our list, writing nowhere but in our directory.
private_apt()
{
    apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o Dir::Etc::trustedparts="$work/keys" -o Acquire::Languages=none \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

private_apt update >"$work/log" 2>&1 || true # an archive that fails may not be the one we need
cd "$work/tarball"
if ! private_apt source --download-only --tar-only "$source=$version" >>"$work/log" 2>&1; then
    # The archive may have moved on to a later revision: any of the same upstream version will do.
    upstream=${version%-*}
    # shellcheck disable=SC2016 # $-fields are awk's
    other=$(apt-cache -o Dir::Etc::sourcelist="$work/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$work/lists" \
        -o Dir::Cache="$work/cache" showsrc "$source" 2>>"$work/log" |
        awk -v want="$upstream" '$1 == "Version:" && index($2, want "-") == 1 { print $2; exit }')
    if [ -z "$other" ] ||
        ! private_apt source --download-only --tar-only "$source=$other" >>"$work/log" 2>&1; then
        cat "$work/log" >&2
        die "no source of $source $upstream in the configured archives"
    fi
fi

for tarball in *.orig.tar.*; do
    [ -f "$tarball" ] || die "no .orig tarball came with $source $version"
    tar -xf "$tarball" -C "$work/tarball" --wildcards --no-anchored --occurrence=1 --strip-components=3 \
        '*/include/qemu/qemu-plugin.h' 2>>"$work/log" || continue
    install_header "$work/tarball/qemu-plugin.h"
    exit 0
done
tail -n 3 "$work/log" >&2
die "no include/qemu/qemu-plugin.h in the source of $source $version"
