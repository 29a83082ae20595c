#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds newlib's libc.a, libm.a and headers for Limpet from Debian's newlib-source package, and what
# newlib 3.3 has not, or not as the host's library has it, from single files of musl's (MIT), from
# Debian's source package. docs/porting.md says which and why.
#
# usage: newlib.sh [-n] OUTDIR   (CC and JOBS are taken from the environment)
# The result is keyed by a hash of this recipe, the source and the compiler: OUTDIR/key. With -n nothing
# is built; the status tells whether there is nothing to build.
set -eu

die() {
    echo "newlib: $*" >&2
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
[ $# -eq 1 ] || die "usage: newlib.sh [-n] OUTDIR"
out=$(realpath -m "$1")
cc=${CC:-gcc}
jobs=${JOBS:-$(nproc)}

tarball=$(find /usr/src -maxdepth 2 -name 'newlib-*.tar.*' 2> /dev/null | sort | head -n 1)
[ -n "$tarball" ] || die "no newlib source found: run 'make setup' (package newlib-source)"

key=$(cat "$0" "$tarball" "$here"/musl/* "$here/../../apps/libc/stream.h" | sha256sum | cut -d' ' -f1)-$($cc --version | head -n 1 | tr ' /' '__')
[ "$(cat "$out/key" 2>/dev/null)" = "$key" ] && exit 0
[ -z "$only_look" ] || exit 1

mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$new"' EXIT

put() { # what stands in $new becomes the result
    cd /
    chmod 755 "$new"
    rm -rf "$out"
    mv "$new" "$out"
}

# Another work tree of this repository may have it.
git -C "$here" worktree list --porcelain 2> /dev/null | sed -n 's/^worktree //p' | while IFS= read -r tree; do
    [ "$(cat "$tree/build/newlib/key" 2> /dev/null)" != "$key" ] || ! cp -r "$tree/build/newlib/." "$new" || break
done
if [ "$(cat "$new/key" 2> /dev/null)" = "$key" ]; then
    put
    exit
fi
work=$(scratch newlib)
trap 'rm -rf "$new" "$work"' EXIT
trap 'exit 130' INT TERM HUP

echo "newlib: building from $(basename "$tarball") with $cc (about a minute)" >&2
mkdir "$work/src" "$work/obj" "$work/musl" "$work/musl/obj"
tar -xf "$tarball" -C "$work/src" --strip-components=1
# Debian 12 has the first, 13 the second.
"$here/source.sh" musl 1.2.3-1 "$work/tarball" 2> /dev/null || "$here/source.sh" musl 1.2.5-3 "$work/tarball"
tar -xf "$(ls "$work"/tarball/musl_*.orig.tar.*)" -C "$work/musl" --strip-components=1
inc=$($cc -print-file-name=include)
target=
case $($cc --version | head -n 1) in *clang*) target=--target=x86_64-none-elf ;; esac

# Exceptions of C++ pass through qsort() by its unwind tables, which images in C leave out.
# Own setjmp, memcpy and memset come from kernel/libc; docs/porting.md says which defects they cure.
cflags="-O2 -g0 -ffreestanding -mno-red-zone -fno-pic -fno-pie -fcf-protection=none
 -fno-stack-protector -fno-asynchronous-unwind-tables -funwind-tables -fno-omit-frame-pointer
 -momit-leaf-frame-pointer -ffunction-sections -fdata-sections -nostdinc -isystem $inc
 -D__DYNAMIC_REENT__ -D_POSIX_THREADS=1 -D__OBSOLETE_MATH=0 -w -ffile-prefix-map=$work/src=newlib -ffile-prefix-map=$work=."

# What struct tm has beside C's, as POSIX and everybody's library: how far the zone is east, and its name.
zone_fields() {
    cd "$work/src/newlib/libc"
    sed -i 's/^#define __SYS_CONFIG_H__$/&\n#define __TM_GMTOFF tm_gmtoff\n#define __TM_ZONE tm_zone/' include/sys/config.h
    sed -i 's/^  int   __tm_isdst;$/&\n  long  __tm_gmtoff;\n  const char *__tm_zone;/' include/sys/reent.h
    sed -i 's/^  res->tm_isdst = 0;$/&\n  res->tm_gmtoff = 0;\n  res->tm_zone = "GMT";/' time/gmtime_r.c
    sed -i 's/^    : tz->__tzrule\[0\].offset);$/&\n  res->tm_gmtoff = -offset;\n  res->tm_zone = _tzname[res->tm_isdst == 1];/' time/lcltime_r.c
    sed -i 's/^  tim_p->tm_isdst = isdst;$/&\n  tim_p->tm_gmtoff = -tz->__tzrule[isdst == 1].offset;\n  tim_p->tm_zone = _tzname[isdst == 1];/' time/mktime.c
    [ "$(grep -l tm_gmtoff include/sys/config.h include/sys/reent.h time/gmtime_r.c time/lcltime_r.c time/mktime.c | wc -l)" = 5 ]
}

build() {
    "$work/src/configure" --target=x86_64-elf --prefix="$work/inst" --disable-multilib \
        --disable-libgloss --disable-newlib-supplied-syscalls --enable-newlib-io-c99-formats \
        --enable-newlib-io-long-long --enable-newlib-io-long-double --enable-newlib-io-pos-args \
        --enable-newlib-mb --enable-newlib-retargetable-locking \
        --enable-newlib-global-stdio-streams --disable-nls \
        CC="${HOSTCC:-gcc}" CC_FOR_TARGET="$cc $target" AS_FOR_TARGET=as AR_FOR_TARGET=ar \
        RANLIB_FOR_TARGET=ranlib LD_FOR_TARGET=ld NM_FOR_TARGET=nm STRIP_FOR_TARGET=strip \
        OBJDUMP_FOR_TARGET=objdump OBJCOPY_FOR_TARGET=objcopy READELF_FOR_TARGET=readelf \
        CFLAGS_FOR_TARGET="$(printf '%s' "$cflags" | tr '\n' ' ')" MAKEINFO=true || return
    make -j"$jobs" MAKEINFO=true all-target-newlib || return
    make MAKEINFO=true install-target-newlib
}

# What is taken of musl: the numbers that are read, regular expressions and the like, and all of long double.
musl_stream="internal/floatscan internal/intscan internal/shgetc stdio/vfscanf stdio/vfwscanf
 stdlib/strtol stdlib/strtod stdlib/wcstol stdlib/wcstod"
musl_plain="regex/fnmatch regex/regcomp regex/regerror regex/regexec regex/tre-mem
 search/hsearch search/insque search/lsearch search/tdelete search/tdestroy search/tfind search/tsearch
 search/twalk locale/iconv locale/iconv_close time/strptime
 legacy/err string/memmem prng/random"
musl_headers="regex search fnmatch err iconv"
# What one address space cannot have, and what there is nothing for: not declared, so that a configure
# script finds the truth.
absent="fork vfork _fork _fork_r _execve_r _wait_r execl execle execlp execlpe execv execve _execve execvp execvpe fexecve daemon
 setuid setgid seteuid setegid setreuid setregid setresuid setresgid setpgid setpgrp setsid setgroups initgroups
 tcgetpgrp tcsetpgrp chroot acct vhangup revoke rcmd rcmd_af rresvport rresvport_af iruserok iruserok_sa ruserok
 getusershell setusershell endusershell getpeereid setdtablesize sethostname setdomainname crypt encrypt setkey
 getpass getwd eaccess euidaccess popen pclose ctermid cuserid setpassent nice confstr getdomainname
 gethostid issetugid ttyname ttyname_r getdtablesize brk _sbrk settimeofday adjtime
 clock_setenable_attr clock_getenable_attr"
absent_headers="spawn.h wordexp.h sys/wait.h ndbm.h utmp.h sys/timeb.h sys/iconvnls.h fastmath.h ieeefp.h regdef.h sys/dir.h ssp rpc"
# What of newlib's these take the place of, and what stands in apps/libc.
replaced="execr memset memcpy memmove memcmp strlen snprintf vsnprintf vfprintf svfprintf vfiprintf svfiprintf vfwprintf svfwprintf vfiwprintf svfiwprintf
 vfscanf svfscanf vfiscanf svfiscanf vfwscanf svfwscanf vfiwscanf svfiwscanf
 strtol strtoul strtoll strtoll_r strtoull strtoull_r strtoimax strtoumax strtod strtold
 wcstol wcstoul wcstoll wcstoll_r wcstoull wcstoull_r wcstoimax wcstoumax wcstod wcstold
 hcreate hcreate_r tdelete tdestroy tfind tsearch twalk strptime memmem random"

# shellcheck disable=SC2086 # flags are words; musl's names have no spaces
musl() {
    cd "$work/musl"
    ln -s "$here/../../kernel/include" own # whose path may have spaces
    mkdir inc
    sed -i 's/\bRE_DUP_MAX\b/255/' src/regex/regcomp.c # _POSIX2_RE_DUP_MAX, which clang's limits.h does not tell
    cp src/internal/floatscan.h src/internal/intscan.h src/internal/shgetc.h src/internal/libm.h inc
    find arch/x86_64 arch/generic -name fp_arch.h -exec cp {} inc \; -quit
    cp "$here"/musl/*.h "$here/../../apps/libc/stream.h" inc
    for name in $musl_headers; do
        sed 's|<bits/alltypes.h>|<sys/types.h>|; s|#define __NEED_regoff_t|typedef long regoff_t;|' "include/$name.h" > "$work/inst/x86_64-elf/include/$name.h"
    done
    flags="$(printf '%s' "$cflags" | tr '\n' ' ') $target -std=gnu11 -iquote inc -idirafter inc -isystem own -isystem $work/inst/x86_64-elf/include -include musl.h"
    for name in $musl_stream; do
        cp "src/$name.c" inc/ && $cc $flags -DLIMPET_MUSL -c "inc/${name##*/}.c" -o "obj/${name##*/}.o" || return
    done
    for name in $musl_plain; do
        $cc $flags -c "src/$name.c" -o "obj/musl-${name##*/}.o" || return
    done
    for name in basename dirname; do # which newlib has, but does not build
        $cc $flags -c "$work/src/newlib/libc/unix/$name.c" -o "obj/unix-$name.o" || return
    done
    # Long double: what newlib has of it stays but for its complex functions, which only convert.
    for name in $(find src/math -maxdepth 1 -name '*l.c') src/math/__rem_pio2_large.c src/math/nexttoward.c src/math/nexttowardf.c; do
        name=$(basename "$name" .c)
        case $name in ceil | nanl) continue ;; esac
        for file in "x86_64/$name.c" "x86_64/$name.s" "$name.c"; do
            [ ! -f "src/math/$file" ] || break
        done
        $cc $flags -DLIMPET_MUSL_MATH -c "src/math/$file" -o "obj/math-$name.o" || return
    done
}

headers() { # newlib's, where it has less than it could, or other than the host
    cd "$work/inst/x86_64-elf/include"
    sed -i 's/^#if defined (_LDBL_EQ_DBL) || defined (__CYGWIN__)$/#if 1/' math.h tgmath.h
    for name in $absent; do
        sed -i "/[ *\\t(]$name *(.*);\$/d" unistd.h sys/unistd.h stdio.h stdlib.h sys/time.h time.h fcntl.h sys/_default_fcntl.h \
            grp.h pwd.h signal.h sys/signal.h reent.h
    done
    for name in $absent_headers; do
        rm -rf "${name:?}"
    done
    sed -i 's/^#if defined(__rtems__) .*/#if 1/' machine/time.h # a million clocks per second, as POSIX says
}

# shellcheck disable=SC2046,SC2010 # names without spaces
add() { # the objects to the archives, and what they replace from them
    ar=$work/inst/x86_64-elf/lib
    for name in $replaced; do
        ar d "$ar/libc.a" "lib_a-$name.o" || return
    done
    ar d "$ar/libm.a" lib_a-hypotl.o lib_a-sqrtl.o
    ar q "$ar/libc.a" $(ls "$work"/musl/obj/*.o | grep -v /math-) || return
    ar q "$ar/libm.a" "$work"/musl/obj/math-*.o && ranlib "$ar/libc.a" && ranlib "$ar/libm.a"
}

zone_fields || die "struct tm: newlib's source is not as this recipe knows it"
cd "$work/obj"
if ! watch newlib "$work/log" build; then
    tail -n 20 "$work/log" >&2
    die "the build failed (the lines above are its last)"
fi
for part in headers musl add; do
    if ! watch "newlib, $part" "$work/log" $part; then
        tail -n 20 "$work/log" >&2
        die "the build of what is musl's failed (the lines above are its last)"
    fi
done

cp -r "$work/inst/x86_64-elf/include" "$new/include"
mkdir "$new/lib"
cp "$work/inst/x86_64-elf/lib/libc.a" "$work/inst/x86_64-elf/lib/libm.a" "$new/lib/"
# gcc's own stdatomic.h is the one that works with gcc and clang (docs/porting.md).
rm -f "$new/include/stdatomic.h"
echo "$key" > "$new/key"
put
