#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Gets the upstream tarballs of a source package of the distribution.
#
# usage: source.sh PACKAGE VERSION DIR      any revision of VERSION's upstream version will do; -: what there is
# Where SOURCE_LISTS names a folder, apt's lists stay there, and are fetched again after a day.
#
# Needs no root and leaves the system's apt configuration and lists alone: apt itself is asked what
# its sources are, and the same archives are used as deb-src from a private list in a private state
# directory. apt checks signatures and hashes as always.
set -eu

die()
{
    echo "source: $*" >&2
    exit 1
}

[ $# -eq 3 ] || die "usage: source.sh PACKAGE VERSION DIR"
source=$1 version=$2
mkdir -p "$3"
dir=$(cd "$3" && pwd)

trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
work=$(mktemp -d)

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
lists=${SOURCE_LISTS:-$work/lists}
mkdir -p "$work/keys" "$lists/partial" "$work/cache/archives/partial"
for key in /etc/apt/trusted.gpg.d/*.gpg /etc/apt/trusted.gpg.d/*.asc \
    /usr/share/keyrings/debian-archive-keyring.* /usr/share/keyrings/ubuntu-archive-keyring.*; do
    [ -s "$key" ] || continue
    case $key in
    *.pgp) cp "$key" "$work/keys/$(basename "$key" .pgp).gpg" ;;
    *) cp "$key" "$work/keys/" ;;
    esac
done

# private_apt ARGS…: apt-get with nothing but our list, writing nowhere but in our directories.
private_apt()
{
    apt-get -q -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$lists" -o Dir::Cache="$work/cache" \
        -o Dir::Etc::trustedparts="$work/keys" -o Acquire::Languages=none \
        -o APT::Sandbox::User=root -o Acquire::Retries=3 "$@"
}

: >"$work/log"
if [ -z "$(find "$lists" -maxdepth 1 -name updated -mtime -1)" ]; then
    private_apt update >"$work/log" 2>&1 || true # an archive that fails may not be the one we need
    : >"$lists/updated"
fi
wanted=$source=$version
[ "$version" != - ] || wanted=$source
cd "$dir"
if ! private_apt source --download-only --tar-only "$wanted" >>"$work/log" 2>&1; then
    # The archive may have moved on to a later revision: any of the same upstream version will do. If
    # any version will do, also another archive's: a mirror may lack sources that it lists.
    upstream=${version%-*}
    # shellcheck disable=SC2016 # $-fields are awk's
    others=$(apt-cache -o Dir::Etc::sourcelist="$work/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::State::lists="$lists" \
        -o Dir::Cache="$work/cache" showsrc "$source" 2>>"$work/log" |
        awk -v name="$source" -v want="$upstream" '
            $1 == "Package:" { mine = $2 == name }
            $1 == "Version:" && mine && (want == "" || index($2, want "-") == 1) { print $2 }')
    found=
    for other in $others; do
        ! private_apt source --download-only --tar-only "$source=$other" >>"$work/log" 2>&1 || {
            found=$other
            break
        }
    done
    [ "$found" ] || {
        cat "$work/log" >&2
        die "no source of $source $upstream in the configured archives"
    }
fi
ls ./*.orig.tar.* >/dev/null 2>&1 || die "no .orig tarball came with $source $version"
