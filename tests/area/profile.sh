# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Where a guest's time goes, and which of its lines run: limpet profile, limpet-cc --profile and --coverage.

# --- stream: its kernels are what it does, and what each is called by is known.
stream_profile() { # CPUS
    "$B/limpet" profile stream -p qemu --smp "$1" --folded "$TMP/folded" -o "$TMP/page.html" -- -n 1000000 -r 10 -t "$1" 2> "$TMP/err"
}
kernel_on_top() { # the first function of the table is one of STREAM's four, and all four are in it
    local kernel
    sed -n 2p "$1" | grep -E '^(copy|scale|add|triad)_' || return
    for kernel in copy scale add triad; do grep -E "^${kernel}_" "$1" || return; done
}
stream_profile 1 > "$TMP/table"
check "profile of stream" test $? = 0
check "the top function is a kernel of STREAM's" kernel_on_top "$TMP/table"
check "who called it" grep -E '^thread_start;thread_entry;app_thread;main;([a-z_]+;)?triad_[a-z0-9]+ [0-9]+$' "$TMP/folded"
check "every stack leads to where its thread began" sh -c "! grep -v '^thread_start;' '$TMP/folded'"
folded_adds_up() {
    awk 'NR == FNR { if ($2 == "samples") n = $1; next } { sum += $NF } END { print n, sum; exit n == 0 || n != sum }' "$TMP/table" "$TMP/folded"
}
check "the folded stacks have all samples" folded_adds_up
check "the page has a flame graph" grep -E '<title>(copy|scale|add|triad)_[a-z0-9]+: [0-9]+ samples' "$TMP/page.html"
check "the app's own output goes to stderr" grep "Solution Validates" "$TMP/err"
four_cpus() { stream_profile 4 | grep 'samples of 4 CPUs'; }
check "4 CPUs" four_cpus

# --- every instruction, of any image: twice the same
exact() { "$B/limpet" profile stream --exact -p qemu --folded "$TMP/$1" -- -n 10000 -r 2 > "$TMP/$1.table" 2> /dev/null; }
exact_twice() {
    exact first && exact second && cmp "$TMP/first" "$TMP/second" && grep -E '^triad_[a-z0-9]+ +[0-9.]+ % +[0-9]+$' "$TMP/first.table" &&
        awk 'NR == FNR { if ($2 == "instructions") n = $1; next } { sum += $NF } END { print n, sum; exit n == 0 || n != sum }' "$TMP/first.table" "$TMP/first"
}
check "exact counts, twice the same, add up" exact_twice
expect "exact counts on hardware" 2 'profile --exact on kvm: none: ' "$B/limpet" profile stream --exact -p kvm

# --- the scheduler's timer and the sampler's are one: neither misses what it waits for
for guest in threads sync; do "$B/limpet-cc" --profile -O2 -g "tests/guest/$guest.c" -lm -o "$TMP/$guest.elf"; done
sampled() { "$B/limpet" run "$TMP/$1.elf" -p qemu --timeout 300 -k profile=2000 "${@:2}"; }
guest_checks "sync, sampled:" sampled sync
guest_checks "threads, sampled, 4 CPUs:" sampled threads --smp 4 -e CONTENTION_SECONDS=1
check "and there were samples" grep -E '^LIMPET: profile hz 2000 cpus 4 ns [0-9]* samples [1-9]' "$TMP/guest"

# --- what is refused
cat > "$TMP/mine.c" << 'END'
#include <stdio.h>
int twice(int a)
{
    if (a > 1)
        return 2 * a;
    return -1;
}
int main(int argc, char **argv)
{
    printf("%d", twice(argc));
    return argv[argc] != 0;
}
END
"$B/limpet-cc" -O2 -c "$TMP/mine.c" -o "$TMP/mine.o" && "$B/limpet-cc" "$TMP/mine.o" -o "$TMP/mine.elf"
expect "an image without a sampler" 120 'mine.elf has no sampler: link it with limpet-cc --profile' "$B/limpet" profile "$TMP/mine.elf" -p qemu
expect "two platforms" 2 'one platform, not 2' "$B/limpet" profile stream -p qemu,vmm
"$B/limpet-cc" --profile "$TMP/mine.o" -o "$TMP/mine.elf"
expect "the same objects with it" 0 'samples? of 1 CPU|no sample: the guest ran' sh -c "'$B/limpet' profile '$TMP/mine.elf' -p qemu --rate 10000 || [ \$? = 1 ]"
expect "what is read is not written over" 2 'mine.elf' "$B/limpet" profile "$TMP/mine.elf" -p qemu -o "$TMP/mine.elf"
expect "no number of samples" 123 'limpet.profile=x: how many samples a second' "$B/limpet" run "$TMP/mine.elf" -p qemu -k profile=x

# --- coverage, as gcc's own: by gcov, added up over runs, nothing but what belongs there
covered() { # LINE COUNT
    (cd "$TMP" && gcov -t ./*mine.gcda) > "$TMP/gcov" && grep -E "^ *$2: *$1:" "$TMP/gcov"
}
cc=$(realpath "$B/limpet-cc")
(cd "$TMP" && "$cc" --coverage mine.c -o covered.elf)
expect "an app's output is as ever" 0 '^-1$' "$B/limpet" run "$TMP/covered.elf" -p qemu
check "gcov: a line that did not run" covered 5 '#####'
check "gcov: one that did" covered 6 1
"$B/limpet" run "$TMP/covered.elf" -p qemu -- a > "$TMP/out"
check "a second run adds" covered 10 2
check "and runs what the first did not" covered 5 1
(cd "$TMP" && "$cc" --coverage -c mine.c -o apart.o && "$cc" --coverage apart.o -o apart.elf && rm covered*gcda)
expect "compiled and linked apart" 0 '^-1$' "$B/limpet" run "$TMP/apart.elf" -p qemu
check "its file is beside the object" test -s "$TMP/apart.gcda"
rm -f "$TMP/apart.gcno" "$TMP/apart.gcda"
expect "counts of an older compilation" 1 'no .gcno of the same compilation is beside it' "$B/limpet" run "$TMP/apart.elf" -p qemu
check "are not written" test ! -e "$TMP/apart.gcda"
sed 's/return argv/*(volatile char *)8 = 0; return argv/' "$TMP/mine.c" > "$TMP/panics-mine.c"
(cd "$TMP" && "$cc" --coverage panics-mine.c -o panics.elf)
expect "a panic" 123 'null pointer' "$B/limpet" run "$TMP/panics.elf" -p qemu
check "tells its counts, too" test -s "$TMP/panics.elf-panics-mine.gcda"

# --- what has neither has no byte of either
nothing_of_it() { ! nm "$B/apps/hello.elf" | grep -E ' (__wrap_(interrupt|timer_interrupt|kernel_option|stop_others)|sample_start|coverage_print|.*gcov_info_to_gcda)$'; }
check "an image without has nothing of it" nothing_of_it
# The note of an older image has the type 1, which is not the sampler's.
older() {
    local at
    cp "$B/apps/hello.elf" "$TMP/older.elf" && at=$(LC_ALL=C grep -obUaP '\x02\x00\x00\x00Limpet\x00' "$TMP/older.elf" | head -n 1 | cut -d: -f1) &&
        printf '\001' | dd of="$TMP/older.elf" bs=1 seek="$at" conv=notrunc status=none && "$B/limpet" run "$TMP/older.elf" -p qemu
}
expect "coverage: an older image is not asked for it" 0 '^Hello from Limpet!' older
