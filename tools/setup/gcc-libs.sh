#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds what gcc's own source has for programs, for Limpet: the C++ library with the unwinder of exceptions, or
# OpenMP's; from the package gcc-N-source of the compiler's release N, which is fetched and not installed.
#
# usage: gcc-libs.sh cxx|openmp     in a folder beside limpet-cc; prints where the library is
#        gcc-libs.sh -n cxx|openmp  builds nothing; the status tells whether there is nothing to build
# The result is keyed by this recipe, the compiler, newlib and the headers; many may ask at once, and one builds.
set -eu
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL CPPFLAGS CFLAGS CXXFLAGS LDFLAGS LIBS CONFIG_SITE CXX
LC_ALL=C
export LC_ALL

here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
# shellcheck source=tools/setup/common.sh
. "$here/common.sh"
only_look=
if [ "${1-}" = -n ]; then
    only_look=yes
    shift
fi
part=${1-}
say() { echo "gcc-libs: $*" >&2; }
die() {
    say "$*"
    exit 1
}
case $part in
cxx) what="the C++ library" option=limpet-c++ seconds=300 ;;
openmp) what="OpenMP's library" option=-fopenmp seconds=40 ;;
*) die "usage: gcc-libs.sh [-n] cxx|openmp" ;;
esac

# Installed, as the lab: into the user's cache.
out=$root/$part
if [ -r "$root/lab/build.sh" ]; then
    case ${XDG_CACHE_HOME-} in
    /*) cache=$XDG_CACHE_HOME ;;
    *) cache=${HOME-}/.cache ;;
    esac
    case $cache in /.cache | [!/]*) cache=$(getent passwd "$(id -u)" | cut -d: -f6)/.cache ;; esac
    out=$cache/limpet/$part
fi

cc=$(sed -n 's/^cc="\(.*\)"$/\1/p' "$root/limpet-cc")
key=$({
    cat "$here/gcc-libs.sh" "$root/newlib/key"
    find "$root/include" -name '*.h' -print0 | sort -z | xargs -0 cat
    grep -E '^(compile|abi)=' "$root/limpet-cc"
    $cc --version
} | sha256sum | cut -d' ' -f1)
current() { [ "$(cat "$out/key" 2> /dev/null)" = "$key" ]; }
if current; then
    echo "$out"
    exit
fi
[ -z "$only_look" ] || exit 1

mkdir -p "$(dirname "$out")" || die "cannot make $(dirname "$out") for $what"
exec 9> "$out.lock" || die "cannot write in $(dirname "$out"), where $what goes"
flock -n 9 || {
    say "$what is being built by another; waiting for it"
    flock 9
}
if current; then # by whoever had the lock
    echo "$out"
    exit
fi

version=$($cc -dumpversion)
package=gcc-${version%%.*}-source
jobs=${JOBS:-$(nproc)}
needs="apt-get:apt dpkg-deb:dpkg xz:xz-utils make:make"
[ "$part" != cxx ] || needs="$needs $(sed -n 's/^cc="\([^ "]*\).*/\1/p' "$root/limpet-c++"):g++"
for tool in $needs; do
    command -v "${tool%:*}" > /dev/null || die "$option needs ${tool%:*}; as root: apt-get install -y ${tool#*:}"
done

# What both libraries need of the source stays for the other one: 8 of its 80 MB.
source=$(dirname "$out")/$package.tar.gz
apt_get() { apt-get -q=2 -o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" "$@"; }
mb=0
if [ ! -s "$source" ]; then
    mb=$(apt_get --print-uris download "$package" 2> /dev/null | awk '{ printf "%d", $3 / 1000000 + 1 }')
    [ -n "$mb" ] || die "apt knows no package $package, of which $what is built; as root: apt-get update"
fi
minutes=$(((seconds * 2 / jobs + mb / 3 + 59) / 60))
say "$option is used for the first time: $what is built into $out, in about $minutes min, from $package ($mb MB to fetch)"

new=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$new"' EXIT
work=$(scratch gcc)
trap 'rm -rf "$new" "$work"' EXIT
trap 'exit 130' INT TERM HUP

# Of the whole of gcc, which is what the package has; apt has checked its hash.
fetch() {
    mkdir "$work/all" && cd "$work/all" && apt_get download "$package" && dpkg-deb -x "$package"_*.deb . || return
    tarball=$(find usr/src -name 'gcc-*.tar.xz') top=$(tar -tJf "$tarball" 2> /dev/null | head -n 1)
    top=${top%%/*}
    # shellcheck disable=SC2046 # words
    tar -xJf "$tarball" --exclude='*/testsuite/*/*' --exclude='*/po/*.po' --exclude='*/ChangeLog*' \
        --exclude='*/doc/html' --exclude='*/doc/xml' $(printf "$top/%s " libstdc++-v3 libgomp libgcc config include \
            gcc/BASE-VER gcc/DATESTAMP gcc/tsystem.h libiberty/cp-demangle.c libiberty/cp-demangle.h config.guess config.rpath config.sub \
            config-ml.in install-sh libtool.m4 ltmain.sh missing mkinstalldirs move-if-change compile depcomp COPYING3 COPYING.RUNTIME) &&
        tar -czf "$new/source" -C "$top" . && mv "$new/source" "$source"
}
[ -s "$source" ] || watch "$package" "$work/log" fetch || {
    tail -n 5 "$work/log" >&2
    die "$package cannot be fetched (the lines above tell why); is there a network, and room on the disk?"
}
cd "$work"
mkdir src obj libgcc
ln -s "$root" limpet # a name without spaces
tar -xzf "$source" -C src

# The compilers link, so that configure finds what there is; to it we are the machine that it runs on, by another name.
limpet_configure() { # FOLDER OPTION…
    dir=$1
    shift
    CC="$work/limpet/limpet-cc" CXX="$work/limpet/limpet-c++ -nostdinc++ -nostdlib++" AS=as LD=ld AR=ar NM=nm RANLIB=ranlib STRIP=strip \
        OBJCOPY=objcopy OBJDUMP=objdump FC=no CFLAGS="$flags" CXXFLAGS="$flags" \
        "$work/src/$dir/configure" --build=x86_64-elf --host=x86_64-pc-elf --prefix="$work/inst" --disable-shared \
        --disable-multilib --disable-nls "$@"
}
flags="-O2 -g0 -w -ffile-prefix-map=$work=."

# The unwinder, which libgcc has. What its own configure would make are a few files.
unwinder() {
    mkdir "$work/eh" && cd "$work/eh" && gcc=$work/src/libgcc || return
    for header in tconfig coretypes libgcc_tm auto-target; do : > $header.h; done
    echo '#define DWARF_REG_TO_UNWIND_COLUMN(r) (r)' > tm.h # as gcc's defaults.h has it
    cp "$work/src/gcc/tsystem.h" . && cp "$gcc/gthr-posix.h" gthr-default.h && cp "$gcc/unwind-generic.h" unwind.h &&
        cp "$gcc/config/no-unwind.h" md-unwind-support.h || return
    for file in unwind-dw2 unwind-dw2-fde-dip unwind-c; do
        # shellcheck disable=SC2086 # flags are words
        "$root/limpet-cc" $flags -DIN_LIBGCC2 -fbuilding-libgcc -fexceptions -DGTHREAD_USE_WEAK=0 -DUSE_PT_GNU_EH_FRAME \
            -Werror=implicit-function-declaration -I. -I"$gcc" -I"$work/src/include" -c "$gcc/$file.c" -o $file.o || return
    done
    ar rcsD "$new/lib/libgcc_eh.a" unwind-dw2.o unwind-dw2-fde-dip.o unwind-c.o
}

build_cxx() {
    # Every image has threads: none of their functions is asked whether it is there.
    echo '#define _GLIBCXX_GTHREAD_USE_WEAK 0' >> "$work/src/libstdc++-v3/config/os/generic/os_defines.h"
    cp "$work/src/libgcc/gthr-posix.h" "$work/libgcc/gthr-default.h"
    mkdir "$new/lib" && unwinder && cd "$work/obj" &&
        limpet_configure libstdc++-v3 --with-gxx-include-dir="$work/inst/include" --disable-libstdcxx-pch --disable-symvers \
            --enable-clocale=generic --enable-libstdcxx-time=yes --disable-libstdcxx-filesystem-ts || return
    for dir in include libsupc++ src; do
        make -j"$jobs" -C $dir || return
    done
    make -C include install && make -C libsupc++ install || return
    mv "$work/inst/include/x86_64-pc-elf" "$work/inst/include/target" && cp -r "$work/inst/include" "$new/" &&
        cp src/.libs/libstdc++.a "$new/lib/"
}

build_openmp() {
    cd "$work/obj" && limpet_configure libgomp --disable-linux-futex --disable-werror || return
    sed -i '/HAVE_GETHOSTNAME/d' config.h # configure only compiles it; the machine has no name
    make -j"$jobs" libgomp.la || return
    mkdir "$new/lib" "$new/include" && cp .libs/libgomp.a "$new/lib/" && cp omp.h "$new/include/"
}

watch "$what" "$work/log" "build_$part" || {
    grep -m 5 -e 'rror: ' -e ': undefined reference' "$work/log" >&2 || tail -n 20 "$work/log" >&2
    die "$what could not be built (the lines above are the log's)"
}
cp "$work/src/COPYING3" "$work/src/COPYING.RUNTIME" "$new/"
echo "$key" > "$new/key"
chmod 755 "$new"
rm -rf "$out"
mv "$new" "$out"
echo "$out"
