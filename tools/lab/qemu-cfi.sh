#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds QEMU three times from the distribution's source, with one compiler and one set of features: plain, with
# link-time optimization (LTO), and with control-flow integrity (CFI), which needs LTO. So each differs from the
# one before in a single thing.
#
# usage: qemu-cfi.sh [-n] OUTDIR      -n only tells what there is to do, as it would be told beforehand
# Makes OUTDIR/plain, OUTDIR/lto and OUTDIR/cfi, each with a qemu-system-x86_64 that finds its firmware where the
# distribution has it, and the key of what it was made of. A folder appears when its build is whole and was tried;
# what is begun stands in OUTDIR/work, where a build that was interrupted, or killed, goes on.
set -eu
umask 022
unset MAKEFLAGS MFLAGS MAKELEVEL CPPFLAGS CFLAGS CXXFLAGS LDFLAGS LIBS CC CXX AR NM RANLIB
LC_ALL=C
export LC_ALL

builds='plain lto cfi'
# The least that boots Limpet's images: no display, no network, no block driver but files, no plugins. All three are
# linked by one linker.
options='--target-list=x86_64-softmmu --without-default-features --enable-system --enable-tcg --enable-kvm
         --enable-fdt=system --disable-docs --disable-tools --disable-install-blobs --disable-werror
         --disable-debug-info --firmwarepath=/usr/share/qemu:/usr/share/seabios --extra-cflags=-O2
         --extra-ldflags=-fuse-ld=lld'
options_of() { # BUILD
    case $1 in
    lto) echo --enable-lto ;;
    cfi) echo --enable-lto --enable-cfi ;;
    esac
}
FETCH_MB=35      # the source, and the archives' lists of sources
CPU_MINUTES=25   # of one build, on one processor
WORK_MB=800      # what the work takes on the disk at its height
MEMORY_MB=2500   # what the link takes that optimizes

say() { echo "qemu-cfi: $*" >&2; }
die() {
    say "$*"
    exit 1
}

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/setup/common.sh
. "$here/../setup/common.sh"

# What is missing is told at once, before anything is fetched.
need() {
    absent=
    for pair in clang:clang ld.lld:lld llvm-ar:llvm ninja:ninja-build meson:meson pkg-config:pkg-config \
        python3:python3 xz:xz-utils apt-get:apt; do
        command -v "${pair%:*}" >/dev/null || absent="$absent ${pair#*:}"
    done
    for pair in glib.h:libglib2.0-dev:glib-2.0 pixman.h:libpixman-1-dev:pixman-1 libfdt.h:libfdt-dev:; do
        header=${pair%%:*} package=${pair#*:}
        has_header "$header" "${package#*:}" || absent="$absent ${package%:*}"
    done
    [ -z "$absent" ] || die "packages are missing; as root: apt-get update && apt-get install -y$absent"
}

has_header() { # HEADER PKG-CONFIG-NAME-OR-NOTHING
    command -v clang >/dev/null || return 0 # told already
    flags=
    [ -z "$2" ] || flags=$(pkg-config --cflags "$2" 2>/dev/null) || return 1
    # shellcheck disable=SC2086 # a list of words
    echo "#include <$1>" | clang $flags -E - >/dev/null 2>&1
}

is_done() { [ "$(cat "$out/$1/key" 2>/dev/null)" = "$key" ] && [ -x "$out/$1/qemu-system-x86_64" ]; }

left() {
    for build in $builds; do
        is_done "$build" || printf '%s ' "$build"
    done
}

minutes() { # BUILD…
    echo $(($# * CPU_MINUTES / $(nproc) + 1))
}

# Room on the disk, less what the work has taken already.
check_room() {
    free=$(df -Pm "$out" | awk 'NR == 2 { print $4 }')
    taken=$(du -sm "$out/work" 2>/dev/null | cut -f1)
    [ $((free + ${taken:-0})) -ge $WORK_MB ] ||
        die "$WORK_MB MB are needed in $out while QEMU is built, $free MB are free there"
    memory=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
    [ "$memory" -ge $MEMORY_MB ] || say "the links take $MEMORY_MB MB of memory, of which $memory MB are free"
}

# The source, whole or not there. What its own build unpacks of firmware, and the distribution takes out, is never
# used here; it has to be there by name.
unpack() {
    [ ! -d "$work/source" ] || return 0
    if [ ! -d "$work/tarball" ]; then
        say "fetching the source of QEMU $version…"
        rm -rf "$work/fetching"
        "$here/../setup/source.sh" qemu "$version" "$work/fetching"
        mv "$work/fetching" "$work/tarball"
    fi
    rm -rf "$work/unpacking"
    mkdir "$work/unpacking"
    tar -xf "$(ls "$work"/tarball/*.orig.tar.*)" -C "$work/unpacking" --strip-components=1 ||
        die "cannot unpack the source"
    sed -n "s/^ *'\(edk2-.*\.fd\)',/\1.bz2/p" "$work/unpacking/pc-bios/meson.build" |
        (cd "$work/unpacking/pc-bios" && xargs -r touch)
    mv "$work/unpacking" "$work/source"
}

configure() { # BUILD
    [ ! -e "$work/$1/configured" ] || return 0
    rm -rf "${work:?}/$1"
    mkdir "$work/$1"
    # shellcheck disable=SC2046,SC2086 # lists of words
    (cd "$work/$1" && AR=$(tool llvm-ar) NM=$(tool llvm-nm) RANLIB=$(tool llvm-ranlib) ../source/configure \
        --cc=clang --cxx=clang++ --host-cc=clang --meson="$(command -v meson)" $options $(options_of "$1")) &&
        touch "$work/$1/configured"
}

tool() { clang -print-prog-name="$1"; } # the compiler's own release of it

# A signal reaches the compilers at once: the shell waits for what runs behind it, and ends that.
compile() { # BUILD
    ninja -C "$work/$1" -j "${JOBS:-$(nproc)}" qemu-system-x86_64 &
    ninja=$!
    trap 'kill $ninja 2>/dev/null; exit 130' INT TERM HUP
    wait $ninja
    status=$?
    trap - INT TERM HUP
    return $status
}

# Is it what its name says, and does it have the machines? What is told of it comes from itself.
check_build() { # BUILD
    program=$work/$1/qemu-system-x86_64
    "$program" --version >/dev/null || die "$1: the program does not start"
    for machine in microvm pc q35; do
        "$program" -machine help | grep -q "^$machine " || die "$1: it has no machine $machine"
    done
    checks=$("$(tool llvm-nm)" "$program" | grep -c '\.cfi_jt$' || true) # tables of calls that are allowed
    case $1-$checks in
    cfi-0) die "cfi: the program has no checks of its calls" ;;
    cfi-* | *-0) ;;
    *) die "$1: the program checks its calls" ;;
    esac
}

publish() { # BUILD
    rm -rf "${out:?}/$1" "$work/new"
    mkdir "$work/new"
    cp "$work/$1/qemu-system-x86_64" "$work/new/"
    echo "$key" >"$work/new/key"
    sync -f "$work/new"
    mv "$work/new" "$out/$1"
    rm -rf "${work:?}/$1"
}

build() { # BUILD
    log=$work/$1.log
    say "$1: configuring…"
    watch "qemu-cfi: $1: configuring" "$log" configure "$1" || {
        tail -n 20 "$log" >&2
        die "$1: QEMU's configure failed (the lines above are its last; $work/$1/meson-logs has more)"
    }
    say "$1: compiling, some $(minutes "$1") minutes…"
    watch "qemu-cfi: $1" "$log" compile "$1" || {
        tail -n 20 "$log" >&2
        die "$1: the build failed (the lines above are its last); another try goes on from here"
    }
    check_build "$1"
    publish "$1"
    say "$1: done"
}

only_look=
if [ "${1-}" = -n ]; then
    only_look=yes
    shift
fi
[ $# -eq 1 ] || die "usage: qemu-cfi.sh [-n] OUTDIR"
need
# shellcheck disable=SC2016 # dpkg-query's own variables
version=$(dpkg-query -W -f '${source:Version}' qemu-system-x86 2>/dev/null) ||
    die "qemu-system-x86, of whose release the builds are, is not installed; as root: apt-get install -y qemu-system-x86"
# shellcheck disable=SC2086 # a list of words
key=$({
    echo "$version" $options "$(options_of lto)" "$(options_of cfi)"
    clang --version
    ld.lld --version
} | sha256sum | cut -d' ' -f1)
out=$(realpath -m "$1")
if [ -z "$only_look" ]; then
    { mkdir -p "$out" && [ -w "$out" ]; } || die "cannot write in $out"
    exec 9>"$out/lock"
    flock -n 9 || {
        say "another build is under way; waiting for it"
        flock 9
    }
fi
todo=$(left)
if [ -z "$todo" ]; then
    say "the builds are there: $out"
    exit 0
fi
work=$out/work
mb=$FETCH_MB
[ "$(cat "$work/key" 2>/dev/null)" = "$key" ] && { [ ! -d "$work/tarball" ] || mb=0; }
# shellcheck disable=SC2086 # a list of words
say "QEMU $version, builds ${todo% }: about $(minutes $todo) minutes, $mb MB to fetch, $WORK_MB MB of disk meanwhile"
[ -z "$only_look" ] || exit 0

check_room
if [ "$(cat "$work/key" 2>/dev/null)" != "$key" ]; then # of something else, as are older builds
    rm -rf "$work"
    for build in $builds; do
        is_done "$build" || rm -rf "${out:?}/$build"
    done
    mkdir "$work"
    echo "$key" >"$work/key"
fi
unpack
for build in $todo; do
    build "$build"
done
rm -rf "$work"
say "ready: $out"
