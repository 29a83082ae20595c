#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# The house's rules, checked on a tree that is built: no circle among the files of a program, no arrow upwards
# between rooms, no platform and no instruction in kernel/, no function over 60 lines.
#
# usage: tools/lint/house.sh      B (build) is taken from the environment; status 1 after a line for each fault
set -u
cd "$(dirname "$0")/../.." || exit 1
export LC_ALL=C
B=${B:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Rooms, top to bottom: what stands in a room uses its own room and those of lines below it, no other.
cat > "$work/rooms" << 'END'
tools/limpet/main.c
tools/limpet/cmd
tools/limpet/page tools/limpet/replay
tools/limpet/show
tools/limpet/measure
tools/limpet/exits tools/limpet/lab
tools/limpet/results
tools/limpet/vm/xen
tools/limpet/vm tools/limpet/stats
tools/limpet/host
tools/limpet/base
kernel/observe
kernel/interrupt.c kernel/boot
kernel/sys
kernel/libc
kernel/sched
kernel/mm
kernel/base
END
# From, to: not even where rooms would allow it, or where there are none. Each of these is a whole of its own.
cat > "$work/never" << 'END'
^kernel/ ^platform/
^(kernel|arch|platform)/ ^apps/
^apps/libc/ ^(kernel|arch|platform)/
^kernel/ ^arch/x86_64/cpu\.h$
^tools/vmm/ ^tools/limpet/
^tools/limpet/ ^tools/vmm/
^platform/pc/ ^platform/(kvm|vmm|xen.*)/
^platform/(kvm|vmm)/ ^platform/xen
^platform/xen ^platform/(kvm|vmm)/
END
# From, to, why: allowed all the same.
cat > "$work/though" << 'END'
^tools/limpet/vm/platforms\.c$ ^tools/limpet/vm/xen/                          the registry names every backend
^kernel/                       ^platform/platforms\.c$                        the registry of platforms, a list of pointers
^tools/vmm/                    ^tools/limpet/base/descriptors\.h$             inline, and of no room's state
^kernel/                       ^kernel/boot/(info|args|parse)\.[ch]$          what the loader told, which boot reads
^kernel/mm/                    ^kernel/sched/(sched\.h|mutex\.h|turnstile\.c)$ a CPU's struct has its cache of pages; the heap's lock waits
END

# links ROOT FOLDER…: "from to symbol" of the objects there whose source there still is.
links() {
    local root=$1
    shift
    (cd "$root" && find "$@" -name '*.o') | while read -r object; do
        [ ! -f "${object%.o}" ] || echo "$object"
    done | (cd "$root" && xargs -r nm -A -g -P) | awk '
        { file = $1; sub(/\.o:$/, "", file) }
        $3 ~ /[Uvw]/ { uses[file, $2]; next }
        $3 ~ /[WV]/ && $2 in defined { next }
        { defined[$2] = file }
        END {
            for (use in uses) {
                split(use, part, SUBSEP)
                to = defined[part[2]]
                if (to != "" && to != part[1]) print part[1], to, part[2]
            }
        }' | sort
}

# A circle: tsort tells its files; of each arrow in it one symbol. (Behind the first come others, most of them like it.)
circles() { # FILE-OF-LINKS
    cut -d' ' -f1,2 "$1" | tsort 2>&1 > /dev/null | awk '
        NR == FNR { by[$1, $2] = $3; next }
        /loop:$/ && loops++ { exit }
        !/loop:$/ { file[++n] = $2 }
        END {
            if (n) print "a circle of files:"
            for (i = 1; i <= n; i++) print "    " file[i] " uses " file[i % n + 1] " (" by[file[i], file[i % n + 1]] ")"
        }' "$1" -
}

includes() { # "from to line" of every file with quotes
    find tools/limpet tools/vmm kernel arch platform apps/libc -name '*.[chS]' -o -name '*.inc' | sort > "$work/files"
    # shellcheck disable=SC2046 # no file's name has a space
    grep -n '^ *# *include "' $(cat "$work/files") | awk -F '"' '
        NR == FNR { there[$1]; next }
        {
            split($1, part, ":")
            dir = part[1]
            sub(/[^\/]*$/, "", dir)
            n = split(dir " tools/limpet/ kernel/ arch/x86_64/ platform/", root, " ")
            for (i = 1; i <= n && !(root[i] $2 in there); i++);
            print part[1], i <= n ? root[i] $2 : $2, "line " part[2]
        }' "$work/files" -
}

upwards() { # "from to why…" on stdin
    awk -v rooms="$work/rooms" -v never="$work/never" -v though="$work/though" '
        function room(file,  i, j) {
            for (i = 1; i <= floors; i++)
                for (j = 1; j <= split(floor[i], r, " "); j++)
                    if (index(file "/", r[j] "/") == 1) { at = i; return r[j] }
            return ""
        }
        function listed(list, n, a, b,  i) {
            for (i = 1; i <= n; i++) { split(list[i], p, " "); if (a ~ p[1] && b ~ p[2]) return 1 }
            return 0
        }
        BEGIN {
            while ((getline floor[floors + 1] < rooms) > 0) floors++
            while ((getline no[nos + 1] < never) > 0) nos++
            while ((getline yes[yeses + 1] < though) > 0) yeses++
        }
        listed(yes, yeses, $1, $2) { next }
        {
            a = room($1); high = at; b = room($2); low = at
            if (listed(no, nos, $1, $2) || (a != "" && b != "" && a != b && high >= low))
                print "an arrow upwards: " $1 " uses " $2 " (" $3 ($4 ? " " $4 : "") ")"
        }'
}

# PVH is a protocol of booting, which QEMU's multiboot loader does in a way of its own.
known() { # FILE: names that it may say
    case $1 in
    kernel/boot/multiboot.c) echo 'pvh|qemu' ;;
    kernel/boot/*) echo pvh ;;
    *) echo '^$' ;;
    esac
}
bare() { gcc -fpreprocessed -dD -E -P -x c "$1" 2> /dev/null; } # without its comments
hardware() { # what kernel/ names or executes
    local file
    find kernel -name '*.[cS]' -o -name '*.h' | sort | while read -r file; do
        [ "${file%.S}" = "$file" ] || echo "an instruction in kernel/: $file is assembly"
        bare "$file" | grep -nE '\b(asm|__asm__) *(volatile|goto|inline|\()|__builtin_ia32_|<[a-z]*intrin\.h>|<cpuid\.h>' |
            grep -vE 'asm(__)?\(#?[a-z_"]+\)|asm(__)? volatile\("" ' | sed "s|^[0-9]*:|an instruction in kernel/: $file: |"
        bare "$file" | sed -E "s/$(known "$file")//Ig" | grep -iE '(^|[^a-z])(kvm|xen|vmm|qemu|pvh)' | sed "s|^|a platform in kernel/: $file: |"
    done
}

long_functions() { # from the line of its name, or of its type before it, to its brace
    # shellcheck disable=SC2016 # awk's
    find kernel arch platform tools apps -name '*.[ch]' | sort | xargs awk '
        FNR == 1 { begin = 0; head = 0 }
        /^[a-zA-Z_].*\(/ && !/;$/ { head = FNR; name = $0 }
        /^\{$/ { begin = head }
        /^\}/ { if (begin && FNR - begin >= 60) print "a function over 60 lines: " FILENAME ":" begin ", " FNR - begin + 1 " lines: " name; begin = 0 }'
}

links "$B/host" tools/limpet > "$work/limpet"
links "$B/host" tools/vmm > "$work/limpet-vmm"
links "$B/obj" kernel arch platform > "$work/kernel"
{
    for program in limpet limpet-vmm kernel; do
        [ -s "$work/$program" ] || echo "$program is not built: run make first"
        circles "$work/$program"
    done
    { includes; cat "$work/limpet" "$work/limpet-vmm" "$work/kernel"; } | upwards
    hardware
    long_functions
} > "$work/faults"
cat "$work/faults"
[ ! -s "$work/faults" ]
