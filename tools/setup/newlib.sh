#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds newlib's libc.a, libm.a and headers for Limpet from Debian's newlib-source package.
#
# usage: newlib.sh [-n] OUTDIR   (CC and JOBS are taken from the environment)
# The result is keyed by a hash of this recipe, the source and the compiler: OUTDIR/key. With -n nothing
# is built; the status tells whether there is nothing to build.
set -eu

die() {
    echo "newlib: $*" >&2
    exit 1
}

# shellcheck source=tools/setup/common.sh
. "$(dirname "$0")/common.sh"
only_look=
if [ "${1-}" = -n ]; then
    only_look=yes
    shift
fi
[ $# -eq 1 ] || die "usage: newlib.sh [-n] OUTDIR"
out=$(realpath -m "$1")
cc=${CC:-gcc}
jobs=${JOBS:-$(nproc)}

tarball=$(find /usr/src -maxdepth 2 -name 'newlib-*.tar.*' 2> /dev/null | sort | head -n 1)
[ -n "$tarball" ] || die "no newlib source found: run 'make setup' (package newlib-source)"

key=$(cat "$0" "$tarball" | sha256sum | cut -d' ' -f1)-$($cc --version | head -n 1 | tr ' /' '__')
[ "$(cat "$out/key" 2>/dev/null)" = "$key" ] && exit 0
[ -z "$only_look" ] || exit 1

mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$new"' EXIT
work=$(scratch newlib)
trap 'rm -rf "$new" "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo "newlib: building from $(basename "$tarball") with $cc (about a minute)" >&2
mkdir "$work/src" "$work/obj"
tar -xf "$tarball" -C "$work/src" --strip-components=1
inc=$($cc -print-file-name=include)
target=
case $($cc --version | head -n 1) in *clang*) target=--target=x86_64-none-elf ;; esac

# Own setjmp, memcpy and memset come from kernel/libc; docs/porting.md says which defects they cure.
cflags="-O2 -g0 -ffreestanding -mno-red-zone -fno-pic -fno-pie -fcf-protection=none
 -fno-stack-protector -fno-asynchronous-unwind-tables -fno-omit-frame-pointer
 -momit-leaf-frame-pointer -ffunction-sections -fdata-sections -nostdinc -isystem $inc
 -D__DYNAMIC_REENT__ -D_POSIX_THREADS=1 -w -ffile-prefix-map=$work/src=newlib -ffile-prefix-map=$work=."

build() {
    "$work/src/configure" --target=x86_64-elf --prefix="$work/inst" --disable-multilib \
        --disable-libgloss --disable-newlib-supplied-syscalls --enable-newlib-io-c99-formats \
        --enable-newlib-io-long-long --enable-newlib-retargetable-locking \
        --enable-newlib-global-stdio-streams --disable-nls \
        CC="${HOSTCC:-gcc}" CC_FOR_TARGET="$cc $target" AS_FOR_TARGET=as AR_FOR_TARGET=ar \
        RANLIB_FOR_TARGET=ranlib LD_FOR_TARGET=ld NM_FOR_TARGET=nm STRIP_FOR_TARGET=strip \
        OBJDUMP_FOR_TARGET=objdump OBJCOPY_FOR_TARGET=objcopy READELF_FOR_TARGET=readelf \
        CFLAGS_FOR_TARGET="$(printf '%s' "$cflags" | tr '\n' ' ')" MAKEINFO=true || return
    make -j"$jobs" MAKEINFO=true all-target-newlib || return
    make MAKEINFO=true install-target-newlib
}

cd "$work/obj"
if ! watch newlib "$work/log" build; then
    tail -n 20 "$work/log" >&2
    die "the build failed (the lines above are its last)"
fi

cp -r "$work/inst/x86_64-elf/include" "$new/include"
mkdir "$new/lib"
cp "$work/inst/x86_64-elf/lib/libc.a" "$work/inst/x86_64-elf/lib/libm.a" "$new/lib/"
# gcc's own stdatomic.h is the one that works with gcc and clang (docs/porting.md).
rm -f "$new/include/stdatomic.h"
echo "$key" > "$new/key"
cd /
chmod 755 "$new"
rm -rf "$out"
mv "$new" "$out"
