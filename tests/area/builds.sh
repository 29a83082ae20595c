# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2317 # check calls what it is given
# The builds of QEMU: their script with stand-ins for compilers and QEMU's source, the platforms with the machine's QEMU
# in place of each build, and the suite's app with mistakes planted.
fake="$TMP/bin" lab="$TMP/tools/lab"
mkdir -p "$fake" "$lab" "$TMP/tools/setup"
cp tools/lab/qemu-cfi.sh "$lab/"
cp tools/setup/common.sh "$TMP/tools/setup/"
stand_in() { # PATH BODY
    printf '#!/bin/sh\n%s\n' "$2" > "$1"
    chmod +x "$1"
}
# The "source" has a configure that notes what it is asked for; what ninja makes of it says what QEMU does, and has
# checks where CFI was asked for. It stops in the middle where $STOP names the build, until it is killed.
# shellcheck disable=SC2016 # the stand-ins' variables
stand_ins() {
    stand_in "$TMP/tools/setup/source.sh" 'echo fetched >> "$FAKE/fetches"; mkdir -p "$3/q/pc-bios"
        echo "    '"'edk2-a.fd'"'," > "$3/q/pc-bios/meson.build"
        printf "#!/bin/sh\necho \"\$*\" > asked\necho configured >> \"$FAKE/configures\"\n" > "$3/q/configure"
        chmod +x "$3/q/configure"; tar -C "$3" -cJf "$3/x.orig.tar.xz" q; rm -r "$3/q"'
    stand_in "$fake/dpkg-query" 'echo 1:7.2'
    stand_in "$fake/clang" 'case $1 in -print-prog-name=*) echo "${1#*=}" ;; -E|-I*) ;; *) echo clang 14 ;; esac'
    stand_in "$fake/llvm-nm" 'grep cfi_jt "$1"'
    stand_in "$fake/pkg-config" ':'
    for tool in ld.lld llvm-ar llvm-ranlib meson; do stand_in "$fake/$tool" 'echo one'; done
    stand_in "$fake/ninja" 'echo "$2" >> "$FAKE/ninjas"
        [ "${2##*/}" != "$STOP" ] || { : > "$FAKE/stopped"; sleep 60; }
        { echo "#!/bin/sh"; echo "case \$1 in -machine) printf '"'microvm \\\\npc \\\\nq35 \\\\n'"' ;; esac"
          ! grep -q "enable-$CHECKS" "$2/asked" || echo "# f.cfi_jt"; } > "$2/qemu-system-x86_64"
        chmod +x "$2/qemu-system-x86_64"'
}
build() { FAKE="$TMP" STOP=${stop-} CHECKS=${checks-cfi} PATH="$fake:$PATH" "$lab/qemu-cfi.sh" "$@"; }
fresh() { rm -rf "$TMP/builds" "$TMP/fetches" "$TMP/configures" "$TMP/ninjas" "$TMP/stopped"; }
lines() { wc -l < "$TMP/$1"; }

stand_ins
expect "builds: how long and how much, beforehand" 0 \
    '^qemu-cfi: QEMU 1:7\.2, builds plain lto cfi: about [0-9]+ minutes, [0-9]+ MB to fetch, [0-9]+ MB of disk' build -n "$TMP/builds"
check "builds: nothing is made then" test ! -e "$TMP/builds"
expect "builds: no folder" 1 '^qemu-cfi: usage: ' build
expect "builds: a folder that cannot be" 1 '^qemu-cfi: cannot write in /proc/no' build /proc/no
bare="$TMP/bare"
mkdir "$bare"
for tool in sh dirname python3 cat; do ln -s "$(command -v $tool)" "$bare/"; done
expect "builds: tools that are missing" 1 'apt-get install -y clang lld llvm ninja-build meson pkg-config xz-utils apt' \
    env PATH="$bare" "$lab/qemu-cfi.sh" "$TMP/builds"
stand_in "$fake/pkg-config" 'exit 1'
expect "builds: libraries that are missing" 1 'apt-get install -y libglib2\.0-dev libpixman-1-dev$' build "$TMP/builds"

stand_ins
stopped() { # HOW: the second build ends so, in the middle
    fresh
    export FAKE="$TMP" STOP=lto CHECKS=cfi
    PATH="$fake:$PATH" setsid "$lab/qemu-cfi.sh" "$TMP/builds" > "$TMP/first" 2>&1 &
    until [ -e "$TMP/stopped" ]; do
        sleep 0.05
        kill -0 $! || return
    done
    kill "$1" -- "$2$!"
    wait $!
    cat "$TMP/first"
    [ -x "$TMP/builds/plain/qemu-system-x86_64" ] && [ ! -e "$TMP/builds/lto" ] && [ ! -e "$TMP/builds/cfi" ]
}
none_runs() { # it was told to end before the script did
    for _ in {1..100}; do
        pgrep -f "ninja -C $TMP/builds/work" || return 0
        sleep 0.1
    done
    return 1
}
goes_on() { # it says so, fetches and configures nothing twice, and leaves nothing behind
    build "$TMP/builds" 2> "$TMP/second"
    cat "$TMP/second" "$TMP/ninjas"
    grep -q '^qemu-cfi: QEMU 1:7.2, builds lto cfi: .*, 0 MB to fetch' "$TMP/second" && [ "$(lines fetches)" = 1 ] &&
        [ "$(lines configures)" = 3 ] && [ "$(sed 's,.*/,,' "$TMP/ninjas" | xargs)" = "plain lto lto cfi" ] &&
        [ "$(cd "$TMP/builds" && echo *)" = "cfi lock lto plain" ]
}
check "builds: kill -9 leaves no half of one" stopped -9 -
check "builds: the next go goes on" goes_on
check "builds: SIGTERM of the script leaves no half of one" stopped -TERM ""
check "builds: and ends the compilers" none_runs
check "builds: the next go goes on from there" goes_on
expect "builds: nothing to do" 0 '^qemu-cfi: the builds are there' build "$TMP/builds"
# shellcheck disable=SC2016 # the stand-in's variables
anew() { # another compiler: all three, so that no two differ in that
    stand_in "$fake/clang" 'case $1 in -print-prog-name=*) echo "${1#*=}" ;; -E|-I*) ;; *) echo clang 15 ;; esac'
    build "$TMP/builds" 2>&1
    [ "$(cat "$TMP"/builds/*/key | sort -u | wc -l)" = 1 ] && [ "$(lines configures)" = 6 ]
}
check "builds: with another compiler all are made anew" anew
stand_ins
fresh
checks=nothing
expect "builds: CFI that checks nothing is found" 1 '^qemu-cfi: cfi: the program has no checks' build "$TMP/builds"
check "builds: and is no build" test ! -e "$TMP/builds/cfi"
fresh
checks=lto
expect "builds: LTO that checks is found" 1 '^qemu-cfi: lto: the program checks its calls' build "$TMP/builds"
checks=cfi
fresh
stand_in "$fake/df" 'printf "h\nfs 1 1 5 1 /\n"'
expect "builds: a full disk is told before" 1 'MB are needed in .*/builds while QEMU is built, 5 MB are free' build "$TMP/builds"
rm "$fake/df"
stand_in "$fake/ninja" 'echo "x.c:1: error: no"; exit 1'
expect "builds: QEMU's own error is told" 1 '^x\.c:1: error: no' build "$TMP/builds"
also "builds: and what to do" 'another try goes on from here'

# The platforms: a copy of the tool beside made-up builds.
tool="$TMP/tool"
mkdir -p "$tool"
cp "$B/limpet" "$tool/"
ln -s "$(realpath "$B")/apps" "$tool/apps"
expect "platforms: not built" 0 '^qemu-cfi +no +not built: limpet lab build qemu-cfi' "$tool/limpet" platforms
expect "bench qemu-cfi: not built" 1 '^SKIP qemu-cfi, QEMU, LTO: not built: limpet lab build qemu-cfi' "$tool/limpet" bench qemu-cfi
expect "bench qemu-cfi -p all: the same" 1 '^SKIP qemu-cfi, QEMU, CFI: not built' "$tool/limpet" bench qemu-cfi -p all
expect "bench qemu-cfi --count: where it is measured" 2 'qemu-cfi: measured on qemu-plain,.* \(-p\)' "$tool/limpet" bench qemu-cfi --count
expect "run: not built" 121 'not built: limpet lab build qemu-cfi' "$tool/limpet" run hello -p qemu-cfi
expect "lab status: not built" 0 '^qemu-cfi: not built; limpet lab build qemu-cfi builds it in ' "$tool/limpet" lab status
expect "lab exec qemu-cfi" 2 'qemu-cfi is three builds of QEMU' "$tool/limpet" lab exec qemu-cfi -- ls
expect "lab build: what there is" 2 'there are kvm and xen \(and qemu-cfi, to build\)' "$tool/limpet" lab build nonsense
for build in plain lto cfi; do
    mkdir -p "$tool/lab/qemu-cfi/$build"
    # shellcheck disable=SC2016
    stand_in "$tool/lab/qemu-cfi/$build/qemu-system-x86_64" 'exec qemu-system-x86_64 "$@"'
done
expect "platforms: built" 0 '^qemu-lto +native +QEMU [0-9.]+, TCG, .*/lto/qemu-system-x86_64; ' "$tool/limpet" platforms
expect "lab status: built" 0 '^qemu-cfi: plain, lto, cfi built, ' "$tool/limpet" lab status
expect "a build of its own: --qemu" 2 'this platform is a QEMU of its own' "$tool/limpet" run hello -p qemu-cfi --qemu /bin/true
expect "bench qemu-cfi: ratios to the plain build" 0 '^qemu-cfi: life cycle: start to exit +[0-9]' \
    "$tool/limpet" bench qemu-cfi -n 1 -o "$TMP/r.json"
each_its_own() { # each platform ran its own program
    for build in plain lto cfi; do
        jq -e --arg p "qemu-$build" --arg q "/lab/qemu-cfi/$build/qemu-system-x86_64 " \
            '[.runs[] | select(.platform == $p)] | length == 3 and all(.command_line | contains($q))' "$TMP/r.json" || return
    done
}
check "bench qemu-cfi: each platform has its own program" each_its_own
expect "bench qemu-cfi: what there is not" 0 '^none .*: not yet: there are no block devices' "$B/limpet" report "$TMP/r.json" --md
# shellcheck disable=SC2016
stand_in "$tool/lab/qemu-cfi/cfi/qemu-system-x86_64" '[ "$1" = --version ] && exec qemu-system-x86_64 "$@"; kill -ILL $$'
expect "bench qemu-cfi: a check that fails ends QEMU" 1 '^SKIP qemu-cfi, QEMU, CFI: .*(ILL|signal 4|Illegal)' "$tool/limpet" bench qemu-cfi -n 1
rm "$tool/lab/qemu-cfi/cfi/qemu-system-x86_64"
expect "lab status: one is missing" 0 '^qemu-cfi: plain, lto built, the rest by limpet lab build qemu-cfi' "$tool/limpet" lab status

# The app: as a process, and in a guest, where it may do all.
planted() { # TEXT WRONG PATTERN: found by the row
    grep -qF "$1" apps/qemu-cfi/main.c && made=$(mktemp -d "$TMP/made.XXXXXX") &&
        sed "s/$1/$2/" apps/qemu-cfi/main.c > "$made/main.c" &&
        "$B/limpet-cc" -O2 -iquote apps/lib "$made/main.c" -lbench -o "$made/app.elf" || return
    if "$B/limpet" run "$made/app.elf" -p qemu > "$made/said"; then return 1; fi
    grep "$3" "$made/said"
}
expect "qemu-cfi: a program of Linux" 0 '^IN, a device.s port +none: ring 3' "$B/apps/qemu-cfi.linux"
expect "qemu-cfi: bad argument" 2 'bad argument -x' "$B/apps/qemu-cfi.linux" -x
check "qemu-cfi: an IN that reads nothing is found" planted '"inb %w1, %b0"' '""' "^IN, a device's port is not valid: what was read"
check "qemu-cfi: an OUT that writes nothing is found" planted '"outb %b0, %w1"' '""' "^OUT, a device's port is not valid: the last byte"
check "qemu-cfi: an IN of nobody's that reads nothing is found" planted '"inl %w1, %0"' '""' "^IN, nobody's port is not valid: somebody"
check "qemu-cfi: a CPUID that is none is found" planted '("cpuid" :' '("" :' '^CPUID is not valid: the answer'
check "qemu-cfi: a product that is wrong is found" planted 'expected = 1, square' 'expected = 3, square' '^multiplications is not valid: the product'
check "qemu-cfi: pages that are not touched are found" planted 'sum += pages' 'sum += 0 * pages' '^pages looked up is not valid: the pages'
check "qemu-cfi: a function that is not made anew is found" planted 'memcpy(code, bytes, sizeof bytes)' 'if (i == 0) memcpy(code, bytes, sizeof bytes)' '^functions made is not valid: it ran'
