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
spares "an image: limpet-iso" "$TMP/hello.elf" "$B/limpet-iso" "$TMP/hello.elf" -o "$TMP/hello.elf"
expect "boot: no place for the result is told before" 1 'its folder' \
    "$B/limpet" boot --kernel "$TMP/hello.elf" -p qemu -o "$TMP/no/such.json"

# Started with descriptors closed: nothing becomes one of them, and output that is lost is told.
closed() { # "REDIRECTIONS" COMMAND…
    eval "shift; \"\$@\" $1"
}
closed_all() { closed '<&- >&- 2>&-' "$@"; [ $? = 1 ]; }
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

# What a killed tool leaves is cleared by the next; what is in use, or is not ours to take, is not.
mkdir "$TMP/tmp" "$TMP/kept"
touch "$TMP/kept/file"
ln -s ../kept "$TMP/tmp/limpet-tmp.symlnk"
mkdir "$TMP/tmp/limpet.backup"
touch "$TMP/tmp/limpet.report"
fake() { # NAME: a QEMU that does what standard input says
    { echo '#!/bin/sh'; cat; } > "$TMP/$1"
    chmod +x "$TMP/$1"
}
fake sleeper <<< 'exec sleep 100'
sleeper() { TMPDIR="$TMP/tmp" exec "$B/limpet" run hello -p qemu --qemu "$TMP/sleeper" --timeout 100; }
folders() { find "$TMP/tmp" -mindepth 1 -name 'limpet-tmp.*' -type d; }
until_folders() { # COUNT
    local i
    for ((i = 0; i < 300; i++)); do
        [ "$(folders | wc -l)" != "$1" ] || return 0
        sleep 0.1
    done
    return 1
}
sleeper 2> /dev/null & killed=$!
check "a killed tool: has a folder" until_folders 1
left=$(folders)
kill -KILL $killed
{ wait $killed; } 2> /dev/null
check "a killed tool: leaves it" [ -d "$left" ]
sleeper 2> /dev/null & running=$!
cleared() { local i; for ((i = 0; i < 300; i++)); do [ -d "$left" ] || return 0; sleep 0.1; done; return 1; }
check "a killed tool: the next one clears it" cleared
check "a running tool: has a folder" until_folders 1
left=$(folders)
check "a running tool: another runs" env TMPDIR="$TMP/tmp" "$B/limpet" run hello -p qemu
check "a running tool: a compiler runs" env TMPDIR="$TMP/tmp" "$B/limpet-cc" "$TMP/a.c" -o "$TMP/a.elf"
check "a running tool: keeps its folder" [ -d "$left" ]
check "a link of that name: what it names is kept" [ -e "$TMP/kept/file" ]
users() { [ -d "$TMP/tmp/limpet.backup" ] && [ -f "$TMP/tmp/limpet.report" ]; }
check "what users may call their own is kept" users
kill -TERM $running
wait $running 2> /dev/null
check "a terminated tool: leaves none" until_folders 0
expect "no temporary folder: by name" 1 "in $TMP/none \(TMPDIR\): No such file" \
    env TMPDIR="$TMP/none" "$B/limpet" run hello -p qemu
expect "no temporary folder: limpet-cc" 2 "in $TMP/none \(TMPDIR\)" \
    env TMPDIR="$TMP/none" "$B/limpet-cc" "$TMP/a.c" -o "$TMP/a.elf"

# Who writes without end neither exhausts memory nor puts off the time-out.
flood() { # NAME
    (ulimit -v 400000 && exec timeout 60 "$B/limpet" run hello -p qemu --qemu "$TMP/$1" --timeout 1) > /dev/null
}
fake qmp_lines <<< 'yes "" >&3 & yes "{" >&3'
fake qmp_line <<< 'tr "\0" x < /dev/zero >&3'
fake errors <<< 'tr "\0" x < /dev/zero >&2'
fake console_lines <<< 'yes "{\"limpet\":\"row\"}"'
fake blank_lines <<< 'echo LIMPET: exit 0; yes ""'
for name in qmp_lines qmp_line errors console_lines; do
    expect "flood: $name" 122 'did not end in time \(1 s\)' flood $name
done
expect "flood: blank_lines" 0 'did not leave: ended by force' flood blank_lines

# A reader that stalls is no guest that hangs.
fake talker <<< 'head -c 3000000 /dev/zero | tr "\0" x; echo; echo "LIMPET: exit 7"; exit 15'
cat > "$TMP/talker.c" << 'END'
#include <string.h>
#include <unistd.h>
static char text[1 << 16];
int main(void)
{
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 2; i++)
        if (write(1, text, sizeof text) != sizeof text)
            return 1;
    write(1, "\n", 1);
    return 7;
}
END
stalled() { # SECONDS COMMAND…: its status, and what came of its output
    local status seconds=$1
    shift
    "$@" 2> "$TMP/stalled" | { sleep "$seconds"; wc -c; } > "$TMP/count"
    status=${PIPESTATUS[0]}
    cat "$TMP/stalled"
    echo "$(< "$TMP/count") bytes"
    return "$status"
}
check "a stalled reader: a program that talks" "$B/limpet-cc" "$TMP/talker.c" -o "$TMP/talker.elf"
expect "a stalled reader: run" 7 '^30000[0-9]* bytes' \
    stalled 2 "$B/limpet" run hello -p qemu --qemu "$TMP/talker" --timeout 1
if [ -w /dev/kvm ]; then
    # What it has to say is more than a pipe holds, and takes it a fraction of the time-out.
    expect "a stalled reader: limpet-vmm" 7 '^1310[0-9]* bytes' stalled 8 "$B/limpet-vmm" --timeout 5 "$TMP/talker.elf"
fi

# What others say is shown, not sent to the terminal: an escape sequence comes out as \x1b. What the guest
# itself writes to its standard output stays as it is.
plain() { # NAME STATUS PATTERN COMMAND…
    expect "escapes: $1" "$2" "$3" "${@:4}"
    "${@:4}" > "$TMP/said" 2>&1
    # shellcheck disable=SC2016 # for grep
    check "escapes: $1: none is sent" bash -c '! LC_ALL=C grep -q "$(printf "[\033\007\233]")" "$1"' - "$TMP/said"
    rm -f "$TMP/said"
}
fake vmm_words <<< 'printf "\033]0;x\007fake\n" >&2; echo "LIMPET: exit 0"; exit 0'
fake guest_words <<< 'printf "\033[31mred\nLIMPET: panic: \033]0;x\007\233 end\n"'
messages() { { "$B/limpet" run hello -p qemu --qemu "$TMP/$1" > /dev/null; } 2>&1; }
plain "of QEMU" 0 '^\\x1b\]0;x\\x07fake$' messages vmm_words
plain "of a guest that panics" 123 'panicked: \\x1b\]0;x\\x07\\x9b end$' messages guest_words
expect "escapes: of the guest's own output" 123 $'^\033\\[31mred$' "$B/limpet" run hello -p qemu --qemu "$TMP/guest_words"
plain "of a console that boot waits for" 123 '^\\x1b\[31mred$' \
    "$B/limpet" boot --kernel "$TMP/hello.elf" -p qemu --qemu "$TMP/guest_words" -n 1 --until nonsense
jq -c '.rows[0].name = "\u001b]0;row\u0007" | .skipped = [{suite: "boot", platform: "kvm", reason: "\u009b31m"}]' \
    tests/data/result.jsonl | tail -n 1 > "$TMP/odd.json"
plain "of a result: report --md" 0 'row' "$B/limpet" report --md "$TMP/odd.json"
plain "of a result: report --csv" 0 'x1b' "$B/limpet" report --csv "$TMP/odd.json"
compared() { "$B/limpet" compare "$@" || :; }
plain "of a result: compare" 0 'x1b' compared "$TMP/odd.json" "$TMP/odd.json"
on_a_terminal() { # TERM COMMAND…: its output and its messages as on a terminal
    TERM=$1 script -qec "$2" /dev/null < /dev/null
}
progress="$B/limpet boot --kernel $TMP/hello.elf -p qemu -n 1"
expect "a terminal: progress" 0 $'\033\\[K.*boot 1 of 1' on_a_terminal xterm "$progress"
dumb() { on_a_terminal dumb "$progress" | tr '\033' '#'; }
expect "a dumb terminal: the table" 0 '^hello.elf' dumb
check "a dumb terminal: no escapes" bash -c "! TERM=dumb script -qec '$progress' /dev/null < /dev/null | grep -q $'\033'"

# A disk that is full is told by name, when images are copied too.
if [ "$(id -u)" = 0 ] && mkdir "$TMP/small" && mount -t tmpfs -o size=256k none "$TMP/small" 2> /dev/null; then
    expect "a full disk: by name" 120 'cannot copy .*: No space left on device' \
        env TMPDIR="$TMP/small" "$B/limpet" bench basic -p qemu -n 1
    umount "$TMP/small"
else
    skip "a full disk" "no root, or no tmpfs"
fi
