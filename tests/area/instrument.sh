# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# make INSTRUMENT=1: images that count functions and edges are right, tell the counts, and are found to do more: long.
check "instrument: a build" make -s B="$B" INSTRUMENT=1
check "instrument: all rows of micro are right" "$B/limpet" run "$B/instrumented/apps/micro.elf" -p qemu -- --once
expect "instrument: a row tells what was counted" 0 '^ +1\.0 functions and [0-9.]+ edges a call$' \
    "$B/limpet" run "$B/instrumented/apps/basic.elf" -p qemu -- getpid
expect "instrument: compare finds it" 3 '^B does more than A .* basic: getpid \+' \
    "$B/limpet" compare --count --b "--apps $B/instrumented/apps" basic --only getpid
usual() { ! nm "$B/apps/basic.elf" | grep -E ' [^w] limpet_instrumented| __sanitizer| __cyg'; }
check "instrument: no other build has it" usual
