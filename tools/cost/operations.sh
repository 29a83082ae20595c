#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What single operations cost, in exact counts, here and in a Linux guest: two tables.
#
# usage: operations.sh [-q QEMU] [--check FILE | --update FILE] MARKS.so OPERATIONS.elf
#        operations.sh [-q QEMU] --linux KERNEL --update FILE MARKS.so OPERATIONS
#
#   --linux KERNEL  counts a Linux guest, whose only program is OPERATIONS; the columns of Limpet stay
#   --check FILE    fails, naming the cell, when a count grew by more than 2 % over FILE's table, or
#                   over the bound that stands beside it
#   --update FILE   puts the tables into FILE; the columns of the other system stay
#
# One CPU runs by a clock that counts instructions (-icount), so that two runs agree in every count.
# Several run at once, each in a thread of the host's: how they meet varies, so they run three times.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/cost/table.sh
. "$here/table.sh"

runs=3
# NAME:SYMBOL: what is counted by the first instruction of a function, in Limpet
watched='ipi:lapic_ipi flush:paging_flush wait:futex_wait wait:futex_wait_interruptible wait:turnstile_wait'

usage()
{
    sed -n 's/^# *\(usage: \)\{0,1\}\(operations.sh .*\)/usage: \2/p' "$0" >&2
    exit 2
}

# watches: the plugin's arguments for them.
watches()
{
    for watch in $watched; do
        at=$(nm "$image" | awk -v want="${watch#*:}" '$3 == want { print "0x" $1; exit }')
        [ -n "$at" ] || die "$image has no ${watch#*:} to watch"
        printf ',watch=%s:%s' "${watch%%:*}" "$at"
    done
}

# boot OUT CPUS ARGS: runs the program; OUT gets a line `happened TAB counts TAB name` for each row.
boot()
{
    rm -f "$tmp/counts" "$tmp/console"
    if [ "$2" = 1 ]; then
        clock='-icount shift=0,sleep=off'
    else
        clock='-accel tcg,thread=multi'
    fi
    if [ -n "$kernel" ]; then
        set -- "$@" -machine pc -kernel "$kernel" -initrd "$tmp/init.cpio" -append \
            "console=ttyS0 quiet panic=-1 transparent_hugepage=never tsc=reliable clocksource=tsc -- $3"
    else
        set -- "$@" -machine "$lean" -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel "$image" \
            -append "$3"
    fi
    to=$1 smp=$2
    shift 3
    # shellcheck disable=SC2086 # several words
    timeout -k 5 400 "$qemu" -accel tcg $clock -cpu max -m 512 -smp "$smp" -nodefaults -no-user-config \
        -no-reboot -display none -serial "file:$tmp/console" -plugin "$plugin,out=$tmp/counts$watches" \
        "$@" </dev/null >"$tmp/log" 2>&1 &
    child=$!
    wait "$child" || :
    child=
    tr -d '\r' <"$tmp/console" >"$tmp/lines" 2>/dev/null || :
    grep -qx 'operations: done' "$tmp/lines" || {
        tail -n 20 "$tmp/log" "$tmp/lines" >&2
        die "$image did not come to its end on $smp CPUs"
    }
    sed -n 's/^row \([0-9]*\) \(.*\)/\1\t\2/p' "$tmp/lines" >"$tmp/rows"
    [ "$(wc -l <"$tmp/rows")" = "$(wc -l <"$tmp/counts")" ] || die "$image has not two marks a row"
    paste "$tmp/rows" "$tmp/counts" >"$to"
}

# For awk: the keys and values of a line of counts; a count without fractions, or for few with one.
values='function values(line,  i, n, words, pair) {
    n = split(line, words, " ")
    for (i = 1; i <= n; i++) {
        split(words[i], pair, "=")
        value[pair[1]] = pair[2]
    }
}
function plain(n) { gsub(/[,]/, "", n); sub(/ [(≤].*/, "", n); return n }'

# one: `one|NAME|INSTRUCTIONS|BYTES`, an operation each, without the loop around it.
one()
{
    boot "$tmp/first" 1 ''
    if [ -z "$kernel" ]; then
        boot "$tmp/second" 1 ''
        diff "$tmp/first" "$tmp/second" >&2 || die "two runs differ (see above): the counts would mean nothing"
    fi
    awk -F '\t' "$values"'
        { values($3) }
        NR == 1 { loop = value["insns"] / $1; next }
        {
            printf "one|%s|%.0f|%.0f\n", $2, value["insns"] / $1 - loop, value["bytes"] / $1
        }' "$tmp/first"
}

# several: `several|NAME|CPUS|RUN|INSTRUCTIONS|IPIS|FLUSHES|WAITS`, the last three for 1,000 operations.
several()
{
    for cpus in 1 2 4; do
        run=1
        while [ $run -le $runs ]; do
            boot "$tmp/several" $cpus $cpus
            awk -F '\t' -v cpus=$cpus -v run=$run "$values"'
                function each(key) { return value[key] * 1000 / $1 }
                {
                    values($3)
                    printf "several|%s|%d|%d|%.0f|%.1f|%.1f|%.1f\n", $2, cpus, run, value["insns"] / $1,
                        each("ipi"), each("flush"), each("wait")
                }' "$tmp/several"
            if [ $cpus = 1 ]; then
                break # no chance in it
            fi
            run=$((run + 1))
        done
    done
}

# of_runs FIGURES: `several|NAME|CPUS` and for each count the least, the median and the greatest of the runs.
of_runs()
{
    awk -F '|' '
        $1 != "several" { next }
        {
            key = $2 "|" $3
            if (!seen[$2]++)
                names[++many] = $2
            n[key]++
            for (i = 5; i <= 8; i++) # by insertion
                for (j = n[key]; j >= 1; j--) {
                    if (j == 1 || sorted[key, i, j - 1] + 0 <= $i + 0) {
                        sorted[key, i, j] = $i
                        break
                    }
                    sorted[key, i, j] = sorted[key, i, j - 1]
                }
        }
        END {
            for (k = 0; k < 3 * many; k++) { # 1, 2, 4 CPUs of each
                key = names[int(k / 3) + 1] "|" 2 ^ (k % 3)
                printf "several|%s", key
                for (i = 5; i <= 8; i++)
                    printf "|%s|%s|%s", sorted[key, i, 1], sorted[key, i, int((n[key] + 1) / 2)], sorted[key, i, n[key]]
                print ""
            }
        }' "$1"
}

# tables FIGURES: writes $tmp/one.new and $tmp/several.new; what FIGURES has not is taken from the tables of
# before. A bound is half more than the worst run, and for what is counted in 1,000 operations 100 more.
tables()
{
    of_runs "$1" >"$tmp/of_runs"
    if [ -n "$kernel" ]; then
        other=$(sed -n 's/^system //p' "$tmp/lines")
    else
        other=$(sed -n '1s/^| operation | Limpet | \(.*\) | ratio |$/\1/p' "$tmp/one.old")
    fi
    awk -F '|' -v linux="$kernel" -v other="${other:-Linux}" "$cell $values"'
        function with(n, bytes) { return bytes + 0 == 0 ? n : n " (" bytes " B)" }
        function set_off(n, rest) { # thousands in both numbers
            rest = ""
            if (match(n, / \(/)) {
                rest = substr(n, RSTART + 2)
                n = substr(n, 1, RSTART - 1)
                sub(/ B\)/, "", rest)
                rest = " (" substr(cell(rest), 4) " B)"
            }
            return substr(cell(n), 4) rest
        }
        function bytes_of(c) {
            gsub(/,/, "", c)
            return match(c, /\([0-9]+ B\)/) ? substr(c, RSTART + 1, RLENGTH - 4) + 0 : 0
        }
        function ratio(a, b,  r) {
            if (a !~ /^[0-9]/ || b !~ /^[0-9]/ || (bytes_of(a) > 1024 && bytes_of(a) > 2 * bytes_of(b)))
                return "–"
            r = plain(b) / (plain(a) > 0 ? plain(a) : 1)
            return sprintf(r < 9.95 ? "%.1f" : "%.0f", r)
        }
        # of the table of before
        before && /^\| / && !/^\| (operation|---) / {
            gsub(/^\| | \|$/, "")
            n = split($0, c, / \| /)
            if (n == 4)
                old[c[1]] = linux ? c[2] : c[3]
            for (i = 3; n > 4 && i <= 7; i++)
                old[c[1], c[2], i] = c[i]
        }
        before { next }
        $1 == "one" {
            mine = set_off(with($3, $4))
            kept = $2 in old ? old[$2] : "–"
            left = linux ? kept : mine
            right = linux ? mine : kept
            one[++ones] = "| " $2 " | " left " | " right " | " ratio(left, right) " |"
        }
        $1 == "several" && NF > 8 {
            line = "| " $2 " | " $3
            for (i = 3; i <= 7; i++) {
                c[i] = ($2, $3, i) in old ? old[$2, $3, i] : "–"
                if (linux && i == 7) {
                    c[i] = set_off($5)
                } else if (!linux && i < 7) {
                    bound = sprintf("%.0f", $(3 * i - 3) * 1.5 + (i > 3 ? 100 : 0))
                    c[i] = set_off($(3 * i - 4)) ($3 == 1 ? "" : " ≤ " set_off(bound))
                }
                line = line " | " c[i]
            }
            more[++mores] = line " | " ratio(c[3], c[7]) " |"
        }
        END {
            print "| operation | Limpet | " other " | ratio |" >one_new
            print "| --- | ---: | ---: | ---: |" >one_new
            for (i = 1; i <= ones; i++)
                print one[i] >one_new
            print "| operation, on each CPU | CPUs | instructions | IPIs | flushes | waits | instructions, Linux | ratio |" >several_new
            print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |" >several_new
            for (i = 1; i <= mores; i++)
                print more[i] >several_new
        }' one_new="$tmp/one.new" several_new="$tmp/several.new" before=1 "$tmp/old" before= "$1" "$tmp/of_runs"
}

# worst TABLE…: a line about the ratios, the worst first.
worst()
{
    awk '
        {
            gsub(/^[|] | [|]$/, "")
            n = split($0, c, / [|] /)
            if (c[n] + 0 > 0)
                print c[n] "\t" c[1] (n > 4 ? ", " c[2] (c[2] == 1 ? " CPU" : " CPUs") : "")
        }' "$@" | sort -g | awk -F '\t' '
        { ratio[NR] = $1; name[NR] = $2; below += $1 < 1; logs += log($1) }
        END {
            printf "Linux : Limpet, worst first:"
            for (i = 1; i <= NR && i <= (below > 5 ? below : 5); i++)
                printf "%s %s (%s)", (i > 1 ? "," : ""), ratio[i], name[i]
            printf "; %d of %d rows below 1; median %s, geometric mean %.1f\n", below, NR, ratio[int((NR + 1) / 2)],
                exp(logs / (NR > 0 ? NR : 1))
        }'
}

# check FILE: Limpet's figures against FILE's tables.
check()
{
    awk -F '|' -v file="$1" -v allowed="$allowed" '
        function say(what) { print "cost: " name ": " what | "cat >&2"; bad = 1 }
        function number(c) { gsub(/,/, "", c); return match(c, /[0-9.]+/) ? substr(c, RSTART, RLENGTH) : "" }
        function inside(c) { return match(c, /\(.*/) ? number(substr(c, RSTART)) : 0 }
        function bound(c) { return match(c, /≤.*/) ? number(substr(c, RSTART)) : number(c) * (1 + allowed / 100) }
        function compare(what, is, was, most) {
            if (was == "" || is + 0 > most + 0)
                say(what ": " was " became " is " (" most " is allowed)")
            else if (was + 0 > 0 && is < was * (1 - allowed / 100) && most == was * (1 + allowed / 100))
                print "cost: " name ": " what ": " was " became " is ": better; --update records it" | "cat >&2"
        }
        before && /^\| / {
            gsub(/^\| | \|$/, "")
            n = split($0, c, / \| /)
            key = n == 4 ? c[1] : c[1] "|" c[2]
            for (i = 1; i <= n; i++)
                old[key, i] = c[i]
        }
        before { next }
        $1 == "one" {
            name = $2
            if (!((name, 2) in old)) {
                say("is not in the table of " file)
                next
            }
            was = number(old[name, 2])
            compare("instructions", $3, was, was * (1 + allowed / 100))
            was = inside(old[name, 2])
            compare("bytes by repeated instructions", $4, was, was * (1 + allowed / 100))
        }
        $1 == "several" && NF > 8 {
            name = $2 ", " $3 ($3 == 1 ? " CPU" : " CPUs")
            if (!(($2 "|" $3, 3) in old)) {
                say("is not in the table of " file)
                next
            }
            split("instructions IPIs flushes waits", what, " ")
            for (i = 1; i <= 4; i++)
                compare(what[i], $(1 + 3 * i), number(old[$2 "|" $3, 2 + i]), bound(old[$2 "|" $3, 2 + i]))
        }
        END { close("cat >&2"); exit bad }' before=1 "$tmp/old" before= "$tmp/figures" "$tmp/of_runs"
}

qemu='qemu-system-x86_64'
compare=
record=
kernel=
while [ $# -gt 0 ]; do
    case $1 in
    -q | --check | --update | --linux)
        [ $# -ge 2 ] || usage
        case $1 in
        -q) qemu=$2 ;;
        --check) compare=$2 ;;
        --update) record=$2 ;;
        --linux) kernel=$2 ;;
        esac
        shift
        ;;
    -*) usage ;;
    *) break ;;
    esac
    shift
done
[ $# = 2 ] || usage
[ -z "$compare" ] || [ -z "$record$kernel" ] || usage
[ -r "$1" ] || die "cannot read $1"
[ -r "$2" ] || die "cannot read $2"
[ -z "$kernel" ] || [ -r "$kernel" ] || die "cannot read $kernel"
plugin=$(realpath "$1")
image=$2

begin

watches=
if [ -n "$kernel" ]; then
    runs=1
    cp "$image" "$tmp/init"
    (cd "$tmp" && echo init | cpio -o -H newc -R 0:0 --quiet >init.cpio)
else
    watches=$(watches)
fi
file=$compare$record
: >"$tmp/old"
: >"$tmp/one.old"
if [ -n "$file" ]; then
    between "$file" '<!-- operations:begin -->' '<!-- operations:end -->' >"$tmp/one.old"
    between "$file" '<!-- several:begin -->' '<!-- several:end -->' >"$tmp/several.old"
    cat "$tmp/one.old" "$tmp/several.old" >"$tmp/old"
fi
{
    one
    several
} >"$tmp/figures"
tables "$tmp/figures"
cat "$tmp/one.new" "$tmp/several.new"
worst "$tmp/one.new" "$tmp/several.new"
[ -z "$compare" ] || check "$compare"
if [ -n "$record" ]; then
    update "$record" '<!-- operations:begin -->' '<!-- operations:end -->' "$tmp/one.new"
    update "$record" '<!-- several:begin -->' '<!-- several:end -->' "$tmp/several.new"
fi
