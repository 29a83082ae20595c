# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs that check the library OS from inside.
export CONTENTION_SECONDS=${CONTENTION_SECONDS:-10}
guest() { "$B/limpet" run "$B/tests/guest/$1.elf" -p qemu --timeout 300 "${@:2}"; }

guest_checks "threads:" guest threads -e CONTENTION_SECONDS="$CONTENTION_SECONDS"
guest_checks "threads without XSAVE:" guest threads --cpu qemu64 -e CONTENTION_SECONDS=1
guest_checks "sync:" guest sync
guest_checks "cancel:" guest cancel
guest_checks "signals:" guest signals
guest_checks "signals without XSAVE:" guest signals --cpu qemu64 -- actions exceptions
guest_checks "queues:" guest queues
guest_checks "queues, 4 CPUs:" guest queues --smp 4
guest_checks "inversion:" guest inversion
guest_checks "traps:" guest traps
guest_checks "traps, 4 CPUs:" guest traps --smp 4
guest_checks "memory:" guest memory
guest_checks "heap:" guest heap
guest_checks "memory with 3500 MiB:" guest memory --mem 3500 -- page_tables_are_counted
guest_checks "memory with 16 MiB:" guest memory --mem 16 -- more_than_there_is \
    fresh_memory_is_zero exhaust_by_small_blocks
guest_checks "memory, 2 MiB pages:" "$B/limpet" run "$B/tests/guest/memory.elf" -p qemu \
    --timeout 300 --kernel heap=2m
echo "brought along" > "$TMP/module.txt"
guest_checks "files:" guest files
guest_checks "pipes:" guest pipes
guest_checks "clocks:" guest clocks
guest_checks "clocks, 3 CPUs:" guest clocks --smp 3
guest_checks "system:" guest system --module "$TMP/module.txt" -e "GIVEN=a b\"c\\"
guest_checks "mapping:" guest mapping
for right in write none unmapped execute end; do
    expect "a fault in a mapping is told by name: $right" 123 '^LIMPET: panic: page fault: .* at 0x4000000[0-9]000, (wh|beyond)' guest mapping -- fault $right
done
# A folder as the guest's root: the same program writes the tree down there and here.
root_folder() {
    local r="$TMP/a root"
    mkdir -p "$r/sub dir/deep" "$r/empty" && echo hello > "$r/f" && : > "$r/none" && ln "$r/f" "$r/sub dir/hard" &&
        ln -s ../f "$r/sub dir/link" && head -c 100000 "$B/limpet" > "$r/sub dir/deep/big" && chmod 4711 "$r/f" &&
        for i in {1..300}; do echo "$i" > "$r/sub dir/deep/$i"; done && touch -d @12345 "$r/none" "$r/sub dir/deep" &&
        cc -o "$TMP/tree" tests/guest/tree.c && "$TMP/tree" "$r" > "$TMP/tree.here"
}
root_same() { "$B/limpet" run "$B/tests/guest/tree.elf" -p qemu --root "$TMP/a root" "$@" > "$TMP/tree.there" && diff "$TMP/tree.here" "$TMP/tree.there"; }
check "root: a folder with all kinds of names" root_folder
check "root: the guest's tree is the same" root_same -- /
check "root: and with a module beside it" root_same --module "$TMP/module.txt" -- /
root_is_a_copy() { # a file of two names is written to: it is longer under the second one
    ! root_same -- / write > "$TMP/out" && grep -q '^> 104711 2 .* /sub dir/hard 10 ' "$TMP/out" && [ "$(grep -c '^>' "$TMP/out")" = 1 ]
}
check "root: what the guest writes stays there" root_is_a_copy
mkfifo "$TMP/a root/fifo"
expect "root: no FIFO" 2 "^limpet: --root: cannot take .*/a root/fifo into the guest's root: it is no file, folder or symbolic link$" \
    "$B/limpet" run hello -p qemu --root "$TMP/a root"
# Files of the guest's come back when it has ended, from the lab as from here.
cat > "$TMP/writes.c" << 'END'
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
static void put(const char *path, size_t n, mode_t mode)
{
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
    for (size_t i = 0; i < n; i++) {
        char c = (char)(i * 7 + i / 251);
        write(fd, &c, 1);
    }
    close(fd);
}
int main(int argc, char **argv)
{
    umask(0);
    mkdir("/out", 0755), mkdir("/out/deep er", 0755), mkdir("/out/empty", 0755), mkdir("/out/z", 0755);
    put("/out/a.bin", 100000, 0750), put("/out/deep er/none", 0, 0644), put("/out/deep er/one", 1, 0644);
    put("/out/last", 3073, 0600), put("/out/z/z", 2, 0644), put("/f", 5, 0644);
    symlink("a.bin", "/out/link"), symlink("/out/last", "/points");
    setvbuf(stdout, 0, _IONBF, 0);
    printf("an open line");
    if (argc > 1)
        *(volatile int *)atoi(argv[1]) = 0;
    return 3;
}
END
fetched() { # OPTION…: both ways of naming where it goes
    cc -o "$TMP/writes.linux" -w "$TMP/writes.c" && "$B/limpet-cc" -w "$TMP/writes.c" -o "$TMP/writes.elf" || return
    rm -rf "$TMP/out folder" "$TMP/here" && mkdir "$TMP/out folder" "$TMP/here" && echo old > "$TMP/out folder/f" || return
    local status=0 limpet
    limpet=$(realpath "$B/limpet")
    (cd "$TMP/here" && "$limpet" run "$TMP/writes.elf" "$@" --fetch /out/ --fetch out/./last) > "$TMP/said" || status=$?
    if [ $status != 3 ] || [ "$(cat "$TMP/said")" != "an open line" ]; then
        echo "status $status"
        od -c "$TMP/said"
        return 1
    fi
    status=0
    "$B/limpet" run "$TMP/writes.elf" "$@" --root "$TMP/out folder" --fetch /out --fetch /f > /dev/null || status=$?
    [ $status = 3 ] || return
    diff -r "$TMP/here/out" "$TMP/out folder/out" && cmp "$TMP/here/last" "$TMP/here/out/last" || return
    (cd "$TMP/here" && find out -printf '%p %s %m %y\n' | sed 's/ [0-9]* \([0-9]* d\)/ \1/' | sort) > "$TMP/list"
    diff "$TMP/list" - << 'END' && [ "$(stat -c %s "$TMP/out folder/f")" = 5 ]
out 755 d
out/a.bin 100000 750 f
out/deep er 755 d
out/deep er/none 0 644 f
out/deep er/one 1 644 f
out/empty 755 d
out/last 3073 600 f
out/z 755 d
out/z/z 2 644 f
END
}
check "fetch: files and folders, with and without a root" fetched -p qemu
if [ -f "$B/../tools/lab/build.sh" ]; then
    check "fetch: the same from a lab" fetched -p vmm
else
    skip "fetch: the same from a lab" "labs are built for a build in build/ only"
fi
last_byte() { tail -c 1 "$TMP/here/out/a.bin" | od -An -tu1 | grep -qx " *$(((99999 * 7 + 99999 / 251) % 256))"; }
check "fetch: their bytes" last_byte
rm -rf "$TMP/here/out"
expect "fetch: none of a guest that panicked" 123 'fetch: nothing is written: the guest has told no files' \
    "$B/limpet" run "$TMP/writes.elf" -p qemu --root "$TMP/here" --fetch /out -- 8
check "fetch: and nothing was written" test ! -e "$TMP/here/out"
expect "fetch: what is not there" 3 'limpet: --fetch: the guest has no file or folder /nowhere; links' "$B/limpet" run "$TMP/writes.elf" -p qemu --fetch /nowhere
expect "fetch: by a symbolic link" 3 'the guest has no file or folder /points; links are not followed$' "$B/limpet" run "$TMP/writes.elf" -p qemu --fetch /points
expect "fetch: of a program without files" 1 'it uses none' "$B/limpet" run hello -p qemu --fetch /nowhere
expect "fetch: not up" 2 'without \.\.$' "$B/limpet" run "$TMP/writes.elf" -p qemu --root "$TMP/here" --fetch /out/../../x
expect "fetch: from one guest" 2 'for one guest' "$B/limpet" run "$TMP/writes.elf" -p qemu,vmm --fetch /out
expect "root: no folder" 2 '^limpet: --root: cannot take /nowhere into' "$B/limpet" run hello -p qemu --root /nowhere
