# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What others do to the host tool: outputs that are inputs, closed descriptors, full disks, floods, escapes.

# No command writes over what it reads, by whatever name: status 2, and the file as it was.
cp tests/data/result.jsonl "$TMP/r.json"
ln -s r.json "$TMP/link.json"
ln "$TMP/r.json" "$TMP/hard.json"
cp "$B/apps/hello.elf" "$TMP/hello.elf"
cp "$B/apps/basic.elf" "$B/apps/ruler.elf" "$TMP"
echo 'int main(void) { return 0; }' > "$TMP/a.c"
ln -s a.c "$TMP/link.c"
spares() { # NAME FILE COMMAND…: it must say that FILE is read, and leave it
    local name=$1 file=$2 before
    shift 2
    before=$(sha256sum < "$file")
    expect "spares $name" 2 'is the same file as .*, which is read' "$@"
    check "spares $name: as it was" [ "$before" = "$(sha256sum < "$file")" ]
}
appended() { "$@" >> "$TMP/r.json"; }
for name in r link hard; do
    spares "a result: report -o $name" "$TMP/r.json" "$B/limpet" report "$TMP/r.json" -o "$TMP/$name.json"
done
spares "a result: report >>" "$TMP/r.json" appended "$B/limpet" report "$TMP/r.json" --md
spares "a result: replay >>" "$TMP/r.json" appended "$B/limpet" replay hermitcore "$TMP/r.json"
spares "a result: compare >>" "$TMP/r.json" appended "$B/limpet" compare "$TMP/r.json" tests/data/result.jsonl
spares "an image: bench" "$TMP/basic.elf" env LIMPET_APPS="$TMP" "$B/limpet" bench basic -p qemu -o "$TMP/basic.elf"
spares "an image: compare" "$TMP/basic.elf" \
    "$B/limpet" compare --a "--apps $TMP" basic -p qemu -o "$TMP/basic.elf"
spares "a kernel: boot" "$TMP/hello.elf" "$B/limpet" boot --kernel "$TMP/hello.elf" -p qemu -o "$TMP/hello.elf"
spares "an image: limpet-vmm" "$TMP/hello.elf" "$B/limpet-vmm" --stats "$TMP/hello.elf" "$TMP/hello.elf"
spares "a module: limpet-vmm" "$TMP/r.json" \
    "$B/limpet-vmm" --module "$TMP/hard.json x" --stats "$TMP/link.json" "$TMP/hello.elf"
spares "a source: limpet-cc" "$TMP/a.c" "$B/limpet-cc" "$TMP/a.c" -o "$TMP/a.c"
spares "a source: limpet-cc -c, by a link" "$TMP/a.c" "$B/limpet-cc" -c "$TMP/a.c" -o"$TMP/link.c"
spares "an image: mkdisk" "$TMP/hello.elf" tools/image/mkdisk.sh "$TMP/hello.elf" "$TMP/hello.elf"
expect "boot: no place for the result is told before" 1 'its folder' \
    "$B/limpet" boot --kernel "$TMP/hello.elf" -p qemu -o "$TMP/no/such.json"

# Started with descriptors closed: nothing becomes one of them, and output that is lost is told.
closed() { # "REDIRECTIONS" COMMAND…
    eval "shift; \"\$@\" $1"
}
closed_all() { ! closed '<&- >&- 2>&-' "$@"; }
for tool in "limpet run hello -p qemu" "limpet-vmm $B/apps/hello.elf"; do
    if [ "${tool%% *}" = limpet-vmm ] && ! [ -w /dev/kvm ]; then
        skip "closed descriptors: limpet-vmm" "no /dev/kvm"
        continue
    fi
    # shellcheck disable=SC2086 # several words
    {
    expect "closed input: ${tool%% *}" 0 '^Hello from Limpet!$' closed '<&-' "$B"/$tool
    expect "closed output is told: ${tool%% *}" 1 'Bad file descriptor' closed '>&-' "$B"/$tool
    expect "closed messages: ${tool%% *}" 0 '^Hello from Limpet!$' closed '2>&-' "$B"/$tool
    check "closed all: ${tool%% *}" closed_all "$B"/$tool
    expect "full output is told: ${tool%% *}" 1 'No space left on device' closed '> /dev/full' "$B"/$tool
    }
done
expect "closed output is told: platforms" 1 'Bad file descriptor' closed '>&-' "$B/limpet" platforms
expect "full output is told: platforms" 1 'No space left on device' closed '> /dev/full' "$B/limpet" platforms
too_large() { (ulimit -f 1 && "$@"); }
expect "a file too large is told" 1 'File too large' too_large "$B/limpet" report "$TMP/r.json" -o "$TMP/page.html"
check "a file too large leaves nothing" [ -z "$(find "$TMP" -name 'page.html*')" ]
