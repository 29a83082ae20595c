#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Installs what was built, or takes it away again.
#
# usage: install.sh [--remove | --package] PREFIX      B, APPS and DESTDIR are taken from the environment
#
# lib/limpet is laid out like build/, where every program finds the others beside itself; bin/ has links into it.
# lib/limpet/installed lists every file and folder that was made, so that --remove takes away those and nothing else.
# --package leaves out what packages have otherwise: that list, the licence in a file of its own.
set -eu
LC_ALL=C.UTF-8
export LC_ALL

die() {
    echo "install: $*" >&2
    exit 1
}

mode=install zsh=site-functions
case ${1-} in
--remove) mode=remove ;;
--package) mode=package zsh=vendor-completions ;; # as Debian's zsh has it
esac
[ $mode = install ] || shift
[ $# -eq 1 ] || die "usage: install.sh [--remove | --package] PREFIX"
prefix=${1%/}
case $prefix in '' | /*) ;; *) die "PREFIX is \"$prefix\"; it wants an absolute path, such as /usr/local" ;; esac
cd "$(dirname "$0")/../.."
B=${B:-build}
root=${DESTDIR-}/
at=${prefix#/}
at=$at${at:+/} # $root$at is the prefix, and ends with a slash
list=$root${at}lib/limpet/installed
programs="limpet limpet-cc limpet-c++ limpet-vmm limpet-efi limpet-iso limpet-bz"

# Every file, and every folder that was not there, with a slash behind it: below $root.
note() { echo "$1" >> "$work/new"; }
folder() { # FOLDER
    [ ! -d "$root$1" ] || return 0
    case $1 in */*) folder "${1%/*}" ;; esac
    mkdir -m 755 "$root$1"
    note "$1/"
}
put() { # MODE FOLDER FILE [NAME]
    folder "$at$2"
    note "$at$2/${4:-${3##*/}}"
    install -p -m "$1" "$3" "$root$at$2/${4:-${3##*/}}"
}
put_tree() { # FROM FOLDER TO: what is there, but not what is used by builds alone
    (cd "$1" && find "$2" -type f ! -name '*.so' ! -name key ! -name 'names*' ! -name '*.o' | sort) > "$work/files"
    while IFS= read -r file; do
        bits=644
        case $file in */check-image | */limpet-exec | *.sbatch) bits=755 ;; esac
        put $bits "$3/${file%/*}" "$1/$file"
    done < "$work/files"
}

# Whose work is in the images, the libraries and limpet-vmm.
copyright() {
    echo "Limpet is the work of its authors:"
    echo
    cat LICENSE
    for part in "newlib-source:newlib, the C library of every image" "gnu-efi:gnu-efi, in the UEFI programs" \
        "libxen-dev:Xen's public headers, which images are built with" "seabios:SeaBIOS, in seabios/bios.bin" \
        "gcc-$(gcc -dumpversion)-base:libgcc and libgcov, in every image and in those that count their lines" \
        "libc6:the GNU C Library, linked into limpet-vmm"; do
        file=/usr/share/doc/${part%%:*}/copyright
        printf '\n%s\n\nOf %s:\n\n' "$(printf '%072d' 0 | tr 0 -)" "${part#*:}"
        if [ -f "$file" ]; then
            cat "$file"
        elif [ $mode = install ]; then # no Debian, or one that leaves such files out
            echo "see the copyright of Debian's package ${part%%:*}."
        else
            die "$file is missing: the package ${part%%:*} has it"
        fi
    done
}

# What the last install made and this one has not. Files first, then folders from the innermost out; a folder with
# something of others stays.
remove_others() {
    sort -u "$work/new" > "$work/now"
    sort -u "$work/before" | comm -23 - "$work/now" | sort -r | while IFS= read -r name; do
        case $name in
        */) rmdir "$root$name" 2> /dev/null || : ;;
        *) rm -f "$root$name" ;;
        esac
    done
}
# The list, of a failed install too: what it and those before made and is there still.
end() {
    status=$?
    if [ $mode = install ] && [ -s "$work/new" ] && [ -d "${list%/*}" ]; then
        sort -u "$work/before" "$work/new" | while IFS= read -r name; do
            [ ! -e "$root$name" ] && [ ! -L "$root$name" ] && [ "$root$name" != "$list" ] || echo "$name"
        done > "$work/list"
        install -m 644 "$work/list" "$list" || :
    fi
    rm -rf "$work"
    exit $status
}

work=$(mktemp -d)
: > "$work/new"
: > "$work/before"
trap end EXIT
trap 'exit 130' INT TERM HUP

[ ! -f "$list" ] || cp "$list" "$work/before"
if [ $mode = remove ]; then
    [ -f "$list" ] || die "nothing is installed there: there is no $list"
    [ -w "${list%/*}" ] || die "cannot write in ${list%/*}"
    remove_others
    exit
fi

for program in $programs; do
    [ -x "$B/$program" ] || die "$B/$program is not built yet: run make first"
done
tools/install/man.sh "$work/man"
copyright > "$work/copyright"
sed -e "s|@PREFIX@|$prefix|" -e "s|@VERSION@|$("$B/limpet" --version | sed 's/limpet //')|" \
    tools/install/limpet.pc.in > "$work/limpet.pc"
[ -d "$root" ] || mkdir -p "$root" || die "cannot make $root"

folder "${at}lib/limpet"
note "${at}lib/limpet/installed"
for program in $programs; do
    put 755 lib/limpet "$B/$program"
    folder "${at}bin"
    note "${at}bin/$program"
    ln -sfn "../lib/limpet/$program" "$root${at}bin/$program"
    put 644 share/man/man1 "$work/man/$program.1"
done
put 755 lib/limpet "$B/mksym"
put 644 lib/limpet "$B/limpet-gdb.py"
for app in ${APPS:?}; do
    put 755 lib/limpet/apps "$B/apps/$app.elf"
    for kind in bz efi iso; do
        put 644 lib/limpet/apps "$B/apps/$app.$kind"
    done
    [ ! -f "$B/apps/profile/$app.elf" ] || put 755 lib/limpet/apps/profile "$B/apps/profile/$app.elf"
done
for part in lib include newlib; do
    put_tree "$B" $part lib/limpet
done
put_tree tools fleet share/limpet
for file in limpet.cmake limpet.ini; do
    sed "s|@TOOLS@|$prefix/lib/limpet|" "tools/image/$file.in" > "$work/$file"
    put 644 share/limpet "$work/$file"
done
put 644 share/limpet/cmake/Platform tools/image/Limpet.cmake
put 644 lib/limpet/seabios "$B/seabios/bios.bin"
[ ! -f "$B/cost/plugin.so" ] || put 644 lib/limpet/cost "$B/cost/plugin.so"
put 755 lib/limpet/setup "$B/setup/gcc-libs.sh"
put 644 lib/limpet/setup "$B/setup/common.sh"
put 755 lib/limpet/setup tools/setup/source.sh
for file in tools/lab/build.sh tools/lab/qemu-cfi.sh tools/lab/pack.sh tools/lab/init tools/lab/*.args; do
    bits=644
    [ ! -x "$file" ] || bits=755
    put $bits lib/limpet/lab "$file"
done
put 644 share/pkgconfig "$work/limpet.pc"
put 644 share/bash-completion/completions tools/completion/limpet.bash limpet
put 644 share/zsh/$zsh tools/completion/_limpet
put 644 share/doc/limpet "$work/copyright"
for file in README.md CAVEATS.md CHANGES.md; do
    put 644 share/doc/limpet $file
done
for file in docs/*; do
    put 644 share/doc/limpet/docs "$file"
done
[ $mode != package ] || exit 0

put 644 share/doc/limpet LICENSE
remove_others
