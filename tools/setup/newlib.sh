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

ours=$here/../../apps/libc
key=$(cat "$0" "$tarball" "$here"/musl/* "$ours/stream.h" "$ours/has_fma.h" | sha256sum | cut -d' ' -f1)-$($cc --version | head -n 1 | tr ' /' '__')
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
 -momit-leaf-frame-pointer -ffunction-sections -fdata-sections -nostdinc
 -D__DYNAMIC_REENT__ -D_POSIX_THREADS=1 -D__OBSOLETE_MATH=0 -w -ffile-prefix-map=$work/src=newlib -ffile-prefix-map=$work=."

# The source's types become as wide as Linux'; struct tm has what everybody's has beside C's: how far the zone is
# east, and its name. Two signals get the names that they have elsewhere, and halves of UTF-16's pairs are no UTF-8.
widen() {
    cd "$work/src/newlib/libc/include/sys"
    sed -i 's/^typedef short __dev_t;/typedef __uint64_t __dev_t;/; s/^typedef unsigned short __\([ug]\)id_t;/typedef __uint32_t __\1id_t;/
        s/^typedef unsigned short __ino_t;/typedef __uint64_t __ino_t;/; s/^typedef.unsigned short.__nlink_t;/typedef __uint64_t __nlink_t;/
        s/^typedef __uint32_t __fsfilcnt_t;/typedef __uint64_t __fsfilcnt_t;/' _types.h
    sed -i 's/"IOT trap"/"Aborted"/; s/"Power Failure"/"Power failure"/' ../../string/strsignal.c
    sed -i 's/^      \*pwc = tmp;$/      if (tmp >= 0xd800 \&\& tmp <= 0xdfff)\n        return r->_errno = EILSEQ, -1;\n&/' ../../stdlib/mbtowc_r.c
    sed -i 's/^#define __SYS_CONFIG_H__$/&\n#define __TM_GMTOFF tm_gmtoff\n#define __TM_ZONE tm_zone/' config.h
    [ "$(grep -c 'uint64_t __\(dev\|ino\|nlink\|fsfilcnt\)_t\|uint32_t __[ug]id_t' _types.h)" = 6 ] && grep -q __TM_ZONE config.h
}

# What the standard or the host has otherwise: two bytes that begin nothing in UTF-8; an empty name in the environment;
# letters of the C locale, which is ASCII; exceptions that are none; j1f()'s sign; no locales but C's, with whatever character set
# (the environment's of UTF-8 are C.UTF-8).
correct() {
    cd "$work/src/newlib"
    sed -i 's/ch >= 0xc0 && ch <= 0xdf/ch >= 0xc2 \&\& ch <= 0xdf/' libc/stdlib/mbtowc_r.c
    sed -i "s/^  if (strchr(name, '='))/  if (name == NULL || *name == 0 || strchr (name, '='))/" libc/stdlib/setenv_r.c
    sed -i '/^_jp2uc_l/,/^}/s/^  return c;/  if (c > 0x7f \&\& 0 == strcmp (cs, "ASCII"))\n    return WEOF;\n&/' libc/ctype/jp2uc.c
    sed -i 's/^  if (excepts & ~FE_ALL_EXCEPT)$/  excepts \&= FE_ALL_EXCEPT;\n  if (0)/' libm/machine/x86_64/fenv.c
    sed -i 's|^      /\* Language \*/|      FAIL;\n&|
        s|^  return env;|  const char *set = strchr (env, 46);\n  if (*env != 67 \&\& set != NULL \&\& (!strncasecmp (set, ".UTF-8", 6) \|\| !strncasecmp (set, ".utf8", 5)))\n    return "C.UTF-8";\n&|' libc/locale/locale.c
    sed -i '/^.float __ieee754_j1f/,/^}/s|return one/x;|return one/(x*x);|' libm/math/ef_j1.c
    grep -q 'one/(x\*x)' libm/math/ef_j1.c && grep -q 0xc2 libc/stdlib/mbtowc_r.c && grep -q 'name == 0' libc/stdlib/setenv_r.c && grep -q 'cs, "ASCII"' libc/ctype/jp2uc.c &&
        [ "$(grep -c 'excepts &= FE_ALL' libm/machine/x86_64/fenv.c)" -ge 5 ] && grep -A1 '^      FAIL;$' libc/locale/locale.c | grep -q Language && grep -q '(set, ".utf8"' libc/locale/locale.c
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
        CFLAGS_FOR_TARGET="$(printf '%s' "$cflags" | tr '\n' ' ') -isystem $inc" MAKEINFO=true || return
    make -j"$jobs" MAKEINFO=true all-target-newlib || return
    make MAKEINFO=true install-target-newlib
}

# What is taken of musl: the numbers that are read, regular expressions and the like, and all of long double.
musl_stream="internal/floatscan internal/intscan internal/shgetc stdio/vfscanf stdio/vfwscanf
 stdlib/strtol stdlib/strtod stdlib/wcstol stdlib/wcstod"
musl_plain="regex/fnmatch regex/regcomp regex/regerror regex/regexec regex/tre-mem
 search/hsearch search/insque search/lsearch search/tdelete search/tdestroy search/tfind search/tsearch
 search/twalk locale/iconv locale/iconv_close time/strptime
 legacy/err string/memmem string/strsep prng/random prng/drand48 prng/lcong48 prng/lrand48 prng/mrand48 prng/seed48
 prng/srand48 prng/__rand48_step prng/__seed48 regex/glob misc/nftw legacy/ftw
 network/htonl network/htons network/ntohl network/ntohs network/inet_pton network/inet_ntop network/inet_aton network/inet_addr
 network/inet_ntoa network/in6addr_any network/in6addr_loopback"
musl_time="getdate __month_to_secs __secs_to_tm __tm_to_secs __tz __year_to_secs gmtime gmtime_r localtime localtime_r mktime
 strftime wcsftime"
# Of double and float: what newlib has inexact, without the exceptions that belong to it, with other signs of zero or
# slowly. The first keep newlib's outside, which sets errno.
musl_kernels="asin atan2 atanh cosh jn scalb sinh sqrt"
musl_math="atan cbrt expm1 fdim fmax fmin ilogb log1p modf nextafter remquo scalbn tan tanh"
musl_inside="sin cos __cos __sin __tan __tandf __expo2 __expo2f __rem_pio2 __rem_pio2f"
# Of newlib's own, those that are compiled twice: for processors with FMA, too, as glibc does (musl/fused.c).
twice="exp exp2 log log2 pow"
musl_headers="regex search fnmatch err iconv glob ftw sysexits sys/sysmacros"
# What one address space cannot have, and what there is nothing for: not declared, so that a configure
# script finds the truth.
absent="fork vfork _fork _fork_r _execve_r _wait_r _system_r _open_memstream_r _open_wmemstream_r execl execle execlp execlpe execv execve _execve execvp execvpe fexecve daemon
 pthread_atfork mknod mknodat setuid setgid seteuid setegid setreuid setregid setresuid setresgid setpgid setpgrp setsid setgroups initgroups
 tcgetpgrp tcsetpgrp chroot acct vhangup revoke rcmd rcmd_af rresvport rresvport_af iruserok iruserok_sa ruserok
 getusershell setusershell endusershell getpeereid setdtablesize sethostname setdomainname crypt encrypt setkey
 getpass getwd eaccess euidaccess popen pclose ctermid cuserid setpassent nice getdomainname
 gethostid issetugid ttyname ttyname_r getdtablesize brk _sbrk settimeofday adjtime
 clock_setenable_attr clock_getenable_attr
 _mkdtemp_r _mkostemp_r _mkostemps_r _mkstemp_r _mkstemps_r _mktemp_r
 _drand48_r _erand48_r _jrand48_r _lcong48_r _lrand48_r _mrand48_r _nrand48_r _seed48_r _srand48_r"
absent_headers="spawn.h wordexp.h sys/wait.h ndbm.h utmp.h sys/timeb.h sys/iconvnls.h fastmath.h ieeefp.h regdef.h sys/dir.h sys/dirent.h sys/custom_file.h ssp rpc"
# What of newlib's these take the place of, and what stands in apps/libc.
replaced="execr system memset memcpy memmove memcmp strlen snprintf vsnprintf vfprintf svfprintf vfiprintf svfiprintf vfwprintf svfwprintf vfiwprintf svfiwprintf
 vfscanf svfscanf vfiscanf svfiscanf vfwscanf svfwscanf vfiwscanf svfiwscanf
 strtol strtoul strtoll strtoll_r strtoull strtoull_r strtoimax strtoumax strtod strtold
 wcstol wcstoul wcstoll wcstoll_r wcstoull wcstoull_r wcstoimax wcstoumax wcstod wcstold
 hcreate hcreate_r tdelete tdestroy tfind tsearch twalk strptime memmem strsep random strerror glob mktemp
 drand48 erand48 jrand48 lcong48 lrand48 mrand48 nrand48 rand48 seed48 srand48 open_memstream open_wmemstream
 gettzinfo gmtime gmtime_r lcltime lcltime_r mktime month_lengths strftime tzcalc_limits tzlock tzset tzset_r tzvars wcsftime"

amend() { # musl's dates, where glibc's ways or newlib's headers are others
    # What gmtime() gives is "GMT", as in glibc.
    sed -i 's/^const char __utc\[\] = "UTC";/& const char __gmt[] = "GMT";/; s/p != __utc &&/& p != __gmt \&\&/' src/time/__tz.c
    sed -i 's/__utc/__gmt/' src/time/gmtime_r.c
    sed -i 's/if (!is_leap) is_leap = &(int){0};/int none; if (!is_leap) is_leap = \&none;/' src/time/__year_to_secs.c # which lives on
    # As glibc has it: without summer time its name is the winter's; hours with a space, "am" in small letters.
    sed -i 's/^\t\t__daylight = 0;/&\n\t\t__tzname[1] = std_name;/' src/time/__tz.c
    sed -i "s/^\tcase 'H':/\tcase 'k':\n\t\tdef_pad = '_';\n&/; s/^\tcase 'I':/\tcase 'l':\n\t\tdef_pad = '_';\n&/
        s/^\tcase 'p':/\tcase 'P':\n\t\tfmt = tm->tm_hour >= 12 ? \"pm\" : \"am\";\n\t\tgoto string;\n&/" src/time/strftime.c
    # newlib's langinfo.h has whole names before short ones, musl's after them.
    sed -i 's/min = ABDAY_1/min = DAY_1/; s/min = ABMON_1/min = MON_1/; s/for (i=2\*range-1; i>=0; i--)/for (i=0; i<2*range; i++)/
        s/if (i<0) return 0;/if (i==2*range) return 0;/' src/time/strptime.c
    # As glibc has it: %F, seconds since the epoch, the zone (apps/libc/strptime.c).
    sed -i 's/^const char \*strptime_l\|^char \*strptime(/const char *__strptime_seconds(const char *, struct tm *), *__strptime_zone(const char *, struct tm *);\n&/
        '"s/^\t\tcase '%':/\t\tcase 'F':\n\t\t\ts = strptime(s, \"%Y-%m-%d\", tm);\n\t\t\tif (!s) return 0;\n\t\t\tbreak;\n\t\tcase 's':\n\t\tcase 'z':\n\t\t\ts = f[-1] == 's' ? __strptime_seconds(s, tm) : __strptime_zone(s, tm);\n\t\t\tif (!s) return 0;\n\t\t\tbreak;\n&/" src/time/strptime.c
    # A result that is subnormal and not exact has the exception that belongs to it.
    sed -i 's/^\treturn scalbnl(sum.hi, scale);/\tlong double r = scalbnl(sum.hi, scale);\n\tif (sum.lo != 0 \&\& !isnormal(r))\n\t\tferaiseexcept(FE_UNDERFLOW);\n\treturn r;/' src/math/fmal.c
    grep -q '!isnormal(r)' src/math/fmal.c || return
    [ "$(grep -c "__strptime_" src/time/strptime.c)" = 2 ] || return
    [ "$(grep -c "min = DAY_1\|min = MON_1\|i==2\*range\|i<2\*range" src/time/strptime.c)" = 4 ] &&
        [ "$(grep -c "case '[klP]'" src/time/strftime.c)" = 3 ] && grep -q 'tzname.1. = std' src/time/__tz.c
}

math() { # NAME [FLAG]: one of musl's functions; remquol's is the one for all processors, as QEMU 7.2 imitates fprem1 badly
    for file in "x86_64/$1.c" "x86_64/$1.s" "$1.c"; do
        [ ! -f "src/math/$file" ] || break
    done
    [ "$1" != remquol ] || file=remquol.c
    echo "-DLIMPET_MUSL_MATH -frounding-math ${2-} -c src/math/$file -o obj/math-$1.o"
}

# What the compiler gets for each object, in musl's folder.
objects() {
    for name in $musl_stream; do
        echo "-DLIMPET_MUSL -c inc/${name##*/}.c -o obj/${name##*/}.o"
    done
    for name in $musl_plain; do
        echo "-c src/$name.c -o obj/musl-${name##*/}.o"
    done
    for name in $musl_time; do
        echo "-DLIMPET_MUSL_TIME -c src/time/$name.c -o obj/musl-time-$name.o"
    done
    for name in basename dirname; do # which newlib has, but does not build
        echo "-c $work/src/newlib/libc/unix/$name.c -o obj/unix-$name.o"
    done
    # Long double: what newlib has of it stays but for its complex functions, which only convert.
    for name in $(find src/math -maxdepth 1 -name '*l.c') src/math/__rem_pio2_large.c src/math/nexttoward.c src/math/nexttowardf.c; do
        name=$(basename "$name" .c)
        case $name in ceil | nanl) continue ;; esac
        math "$name"
    done
    for name in $musl_kernels; do
        for f in '' f; do
            math "$name$f" "-D$name$f=__ieee754_$name$f -Dyn$f=__ieee754_yn$f"
        done
    done
    math j1 "-Dj1=__ieee754_j1 -Dy1=__ieee754_y1" # j1f() is less exact
    for name in $musl_math; do
        math "$name"
        math "${name}f"
    done
    for name in $musl_inside; do
        math "$name"
    done
    math tgamma -Dtgamma=__ieee754_tgamma # see apps/libc/tgamma.c
    math tgammaf -Dtgammaf=__ieee754_tgammaf
    for name in $twice; do
        pair=
        [ "$name" != pow ] || pair=-DPAIR
        echo "$pair -fno-builtin -DNAME=$name -DPLAIN=__${name}_plain -DFUSED=__${name}_fused -c inc/fused.c -o obj/math-$name.o"
        echo "-mfma -DHAVE_FAST_FMA=1 -Dfma=__builtin_fma -D$name=__${name}_fused -I $work/src/newlib/libm/common -c $work/src/newlib/libm/common/$name.c -o obj/math-fused-$name.o"
    done
}

# shellcheck disable=SC2086 # flags are words; musl's names have no spaces
musl() {
    cd "$work/musl"
    ln -s "$here/../../kernel/include" own # whose path may have spaces
    mkdir inc
    cp src/internal/floatscan.h src/internal/intscan.h src/internal/shgetc.h src/internal/libm.h inc
    find arch/x86_64 arch/generic -name fp_arch.h -exec cp {} inc \; -quit
    cp "$here"/musl/*.[ch] "$ours/stream.h" "$ours/has_fma.h" inc
    mkdir inc/sys
    : > inc/sys/socket.h # there are no sockets; what turns addresses into text needs none
    for name in $musl_headers; do
        sed 's|<bits/alltypes.h>|<sys/types.h>|; s|#define __NEED_regoff_t|typedef long regoff_t;|; /^#define [a-z]*64/d' "include/$name.h" > "$work/inst/x86_64-elf/include/$name.h"
    done
    # The compiler's headers come last: clang's limits.h does not go on to the library's.
    flags="$(printf '%s' "$cflags" | tr '\n' ' ') $target -std=gnu11 -iquote inc -idirafter inc -isystem own -isystem $work/inst/x86_64-elf/include -isystem $inc -include musl.h"
    for name in $musl_stream; do
        cp "src/$name.c" inc/
    done
    amend || return
    objects > list
    # shellcheck disable=SC2016 # the inner shell's
    cc=$cc flags=$flags xargs -P "$jobs" -L 1 sh -c '$cc $flags "$@"' sh < list
}

headers() { # newlib's, where it has less than it could, or other than the host
    cd "$work/inst/x86_64-elf/include"
    sed -i 's/^#if defined (_LDBL_EQ_DBL) || defined (__CYGWIN__)$/#if 1/' math.h tgmath.h
    # What musl has beside, and scalb(), which newlib itself does not declare; whether a type is an integer's, as a constant.
    sed -i '/dreml/d; s/^#ifdef __CYGWIN__$/#if 1/; s/^extern float \(exp10l\|pow10l\) (float);/extern long double \1 (long double);/
        s/^extern float lgammaf_r (float, int \*);/&\nextern long double lgammal_r (long double, int *);\nextern double scalb (double, double);\nextern float scalbf (float, float);/' math.h
    sed -i 's/((__typeof__(\(__e[123]\)))1\.5 == 1)/(__builtin_classify_type (\1) == 1)/g' tgmath.h
    [ "$(grep -c 'double exp10l\|double pow10l\|double lgammal_r\|double scalb (' math.h)" = 4 ] && grep -q classify_type tgmath.h || return
    sed -i '/^unsigned short \*$/{N;/_seed48_r/d}' stdlib.h
    for name in $absent; do
        sed -i "/[ *\\t(]$name *(.*);\$/d" unistd.h sys/unistd.h stdio.h stdlib.h sys/time.h time.h fcntl.h sys/_default_fcntl.h \
            grp.h pwd.h signal.h sys/signal.h sys/stat.h wchar.h reent.h
    done
    for name in $absent_headers; do
        rm -rf "${name:?}"
    done
    sed -i '/^#define _\(execve\|fork\|wait\)_r(/d' reent.h
    sed -i '/__gettzinfo\|_tzset_r/d; s/\<_\(timezone\|daylight\|tzname\)\>/\1/; /^#define tzname/d' time.h
    sed -i 's/^#ifdef __CYGWIN__.*for now.*/#if 1/' sys/unistd.h # _CS_PATH and the like
    sed -i 's/^#if defined(__rtems__) .*/#if 1/' machine/time.h # a million clocks per second, as POSIX says
    sed -i 's/^#if defined(__CYGWIN__)$/#if 1/; /clog10l/d' complex.h # long double, which there is
}

# shellcheck disable=SC2046,SC2086,SC2010 # names without spaces
add() { # the objects to the archives, and what they replace from them
    ar=$work/inst/x86_64-elf/lib
    ar d "$ar/libc.a" $(printf 'lib_a-%s.o ' $replaced s_modf sf_modf s_scalbn sf_scalbn) || return
    ar d "$ar/libm.a" $(for name in $musl_kernels; do echo "lib_a-e_$name.o lib_a-ef_$name.o"; done) || return
    ar d "$ar/libm.a" $(for name in $musl_math; do echo "lib_a-s_$name.o lib_a-sf_$name.o"; done) || return
    ar d "$ar/libm.a" $(printf 'lib_a-%s.o ' hypotl sqrtl s_fma sf_fma s_nearbyint sf_nearbyint e_j1 w_tgamma wf_tgamma s_sin s_cos) || return
    for name in $twice; do
        (cd "$work" && ar x "$ar/libm.a" "lib_a-$name.o") && objcopy --redefine-sym "$name=__${name}_plain" "$work/lib_a-$name.o" &&
            ar r "$ar/libm.a" "$work/lib_a-$name.o" || return
    done
    ar q "$ar/libc.a" $(ls "$work"/musl/obj/*.o | grep -v /math-) || return
    ar q "$ar/libm.a" "$work"/musl/obj/math-*.o && ranlib "$ar/libc.a" && ranlib "$ar/libm.a"
}

widen || die "the source is not as this recipe knows it: its types"
correct || die "the source is not as this recipe knows it: what is corrected"
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
