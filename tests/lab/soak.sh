#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Makes and ends many Xen domains, in labs of at most 150 each, and compares what domain 0 and Xen have before
# and after: domains, xenstore's nodes, event channels, grants, processes, files, Xen's free memory.
#
# usage: tests/lab/soak.sh COUNT [PLATFORM]      PLATFORM: xen-pvh (the default), xen-hvm, …
# Status 0: every domain ended well, and nothing is left of them.
set -u
B=${B:-build} PART=${PART:-150}
count=$1 platform=${2:-xen-pvh}
total=0 all=0 differ=0 failed=0

inside() { # COUNT: what the lab runs
    sed "s/COUNT/$1/; s/PLATFORM/$platform/" << 'END'
state() { # all but the numbers of domains and times
    xl list | awk '{ print $1, $3, $4 }'
    xenstore-ls / | sort
    xl info | grep free_memory
    echo "event channels $(lsevtchn 0 | wc -l)"
    xl debug-keys g
    xl dmesg -c | grep -c 'grant-table for remote' || true
    ps -o comm | grep -v -e kworker -e ps -e grep -e sort -e uniq | sort | uniq -c
    find / -xdev | sort
}
number() { # of a domain that is made for that
    ./limpet run hello -v -p PLATFORM --mem 32 2>&1 | sed -n 's/^limpet: domain \([0-9]*\) .*/\1/p'
}
memory() { awk '/MemAvailable/ { print $2 }' /proc/meminfo; }
boots() { ./limpet bench boot -p PLATFORM -n "$1" --mem 32 > /tmp/said 2>&1 || cat /tmp/said; }
touch /tmp/first /tmp/log
boots 2 # what is made once is made
xl dmesg -c > /tmp/log
number > /tmp/first
state > /job/before
had=$(memory)
boots COUNT
state > /job/after
echo "made $(($(number) - $(cat /tmp/first) - 1)) domains in COUNT boots and a ruler's; domain 0 had $had KiB of memory available, then $(memory)"
diff /job/before /job/after
END
}

while [ $total -lt "$count" ]; do
    n=$((count - total < PART ? count - total : PART)) status=0
    said=$(timeout $((120 + 15 * n)) "$B/limpet" lab exec xen -- "$(inside $n)" 2>&1) || status=$?
    echo "$platform: $said"
    made=$(sed -n 's/^made \([0-9]*\) domains .*/\1/p' <<< "$said")
    [ $status = 0 ] && [ "${made:-0}" -ge $n ] || failed=$((failed + 1))
    differ=$((differ + $(grep -c '^[-+][^-+]' <<< "$said")))
    total=$((total + n)) all=$((all + ${made:-0}))
done
echo "$all domains ($platform): $failed labs with failures, $differ lines of what is there differ"
[ $failed = 0 ]
