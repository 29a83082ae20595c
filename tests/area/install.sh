# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# make install in a folder with a space, what is there used without the source, make uninstall.
there="$TMP/a folder"
opt="$there/opt/limpet"
# What is built is installed as it is: -o all.
install_make() { env -u MAKEFLAGS -u MFLAGS make -s -o all B="$B" PREFIX=/opt/limpet DESTDIR="$there" "$@"; }
mkdir -p "$there"
check "install: make install" install_make install
programs="limpet limpet-cc limpet-c++ limpet-vmm limpet-efi limpet-iso limpet-bz"
for program in $programs; do
    expect "install: $program --version" 0 "^${program//+/\\+} [0-9]" "$opt/bin/$program" --version
    expect "install: $program --help" 0 "^Usage: ${program//+/\\+} " "$opt/bin/$program" --help
done
expect "install: limpet-cc --version is the compiler's, too" 0 'Free Software Foundation|clang' "$opt/bin/limpet-cc" --version
expect "install: pkg-config" 0 '^/opt/limpet/bin/limpet-cc$' \
    env PKG_CONFIG_PATH="$opt/share/pkgconfig" pkg-config --variable=cc limpet
complete_there() {
    local COMP_WORDS=(limpet benc) COMP_CWORD=1 COMPREPLY
    # shellcheck source=tools/completion/limpet.bash
    . "$opt/share/bash-completion/completions/limpet"
    _limpet "$opt/bin/limpet" benc
    [ "${COMPREPLY[*]}" = bench ]
}
check "install: bash completes" complete_there

# Where a mount hides the source, nothing of it can be used.
away() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare -rm sh -c 'mount -t tmpfs none "$0" && cd / && [ ! -e "$0/Makefile" ] && exec "$@"' "$PWD" "$@"
}
if away true 2> /dev/null; then
    printf '%s\n' '#include <stdio.h>' '#include <limpet.h>' \
        'int main(int argc, char **argv) { printf("mine %s\n", argv[argc - 1]); return 9; }' > "$TMP/mine.c"
    check "install: limpet-cc without the source" away "$opt/bin/limpet-cc" -O2 "$TMP/mine.c" -lm -o "$TMP/mine.elf"
    expect "install: its program runs" 9 '^mine b c$' away "$opt/bin/limpet" run "$TMP/mine.elf" -p qemu -- a "b c"
    expect "install: an app runs" 0 '^argument 1: a$' away "$opt/bin/limpet" run hello -p qemu -- a
    expect "install: by the BIOS, a wrapping made anew" 9 '^mine x$' \
        away "$opt/bin/limpet" run "$TMP/mine.elf" -p qemu-bios --door cd -- x
    for kind in efi iso bz; do
        check "install: limpet-$kind without the source" away "$opt/bin/limpet-$kind" "$TMP/mine.elf" -o "$TMP/mine.$kind"
    done
    printf '%s\n' '#include <bench.h>' 'static void none(uint64_t n) { while (n-- != 0) __asm__ volatile(""); }' \
        'static const struct benchmark table[] = {{"none", .call = none}};' \
        'int main(int argc, char **argv) { return bench_main("own", table, 1, argc, argv); }' > "$TMP/own.c"
    check "install: a benchmark of one's own" away "$opt/bin/limpet-cc" -O2 -Wall "$TMP/own.c" -lbench -o "$TMP/own.elf"
    expect "install: is measured" 0 '^none  ' away "$opt/bin/limpet" bench "$TMP/own.elf" -p qemu -n 1
    expect "install: profile" 0 '%' away "$opt/bin/limpet" profile stream -p qemu -- -n 200000
    expect "install: bench" 0 getpid away "$opt/bin/limpet" bench basic --only getpid -p qemu -n 1 -o "$TMP/r.json"
    check "install: report" away "$opt/bin/limpet" report "$TMP/r.json" -o "$TMP/r.html"
    expect "install: the lab's image is the user's" 0 "^kvm: not built; .* in $TMP/cache/limpet/lab/image" \
        away env XDG_CACHE_HOME="$TMP/cache" "$opt/bin/limpet" lab status
    expect "install: without XDG_CACHE_HOME below HOME" 0 "in $TMP/home/.cache/limpet/lab/image" \
        away env -u XDG_CACHE_HOME HOME="$TMP/home" "$opt/bin/limpet" lab status
    home=$(getent passwd "$(id -u)" | cut -d: -f6)
    expect "install: without HOME in the home that the user database tells" 0 "(in|built,) $home/.cache/limpet/lab/image" \
        away env -u XDG_CACHE_HOME -u HOME "$opt/bin/limpet" lab status
    expect "install: where no image can be built" 125 'cannot write in /proc/limpet/lab' \
        away env XDG_CACHE_HOME=/proc "$opt/bin/limpet" lab build
else
    skip "install: without the source" "this user may make no mount namespace"
fi

for program in $programs; do
    page="$opt/share/man/man1/$program.1"
    if command -v mandoc > /dev/null; then
        check "install: mandoc has nothing to say of $program.1" mandoc -Tlint -Wwarning "$page"
    else
        skip "install: $program.1 by mandoc" "mandoc is not installed"
    fi
    quiet() { groff -ww -man -Tutf8 "$page" 2>&1 > "$TMP/page" | (! grep .) && [ -s "$TMP/page" ]; }
    check "install: nor groff" quiet
done
# Every option of every command is in the page.
documented() {
    local command option
    for command in $("$opt/bin/limpet" help --complete "" | sed -n 's/^\([a-z]*\)\t.*/\1/p' | grep -vx help); do
        for option in $("$opt/bin/limpet" help --complete "$command" -- | sed -n 's/^\(--[a-z-]*\)\t.*/\1/p'); do
            sed -n "/^\.SS limpet $command\$/,/^\.S[SH] /p" "$opt/share/man/man1/limpet.1" | sed 's/\\//g' |
                grep -qE -- "^\.B (-., )?$option( |\[=|\$)" || { echo "$command $option"; return 1; }
        done
    done
}
check "install: limpet.1 has every option" documented

: > "$opt/share/doc/limpet/of-others"
echo opt/limpet/share/old-file >> "$opt/lib/limpet/installed"
: > "$opt/share/old-file"
again() { install_make install && [ ! -e "$opt/share/old-file" ] && [ -x "$opt/bin/limpet" ]; }
check "install: again takes away what only an older one had" again
removed() { install_make uninstall && [ "$(find "$there" ! -type d)" = "$opt/share/doc/limpet/of-others" ]; }
check "install: uninstall leaves what is of others" removed
rm "$opt/share/doc/limpet/of-others"
nothing() { install_make install && rm -rf "$opt/share/doc" && install_make uninstall && find "$there" -mindepth 1 | (! grep .); }
find "$there" -mindepth 1 -delete
check "install: and else nothing at all" nothing
expect "install: nothing to uninstall" 2 'install: nothing is installed there' install_make uninstall
expect "install: a PREFIX that is none" 2 'PREFIX is "opt"; it wants an absolute path' install_make PREFIX=opt install
