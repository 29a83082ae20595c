# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What compare finds: a slow-down that was planted, nothing where nothing is: long.
# A twentieth slower, by instructions burnt (tests/plant.c): found, with the right sign; and nothing
# is found where nothing is.
plant() { # [STEPS]: of a boot
    local app
    mkdir -p "$TMP/plant"
    for app in basic hello; do
        "$B/limpet-cc" -O2 -DBOOT_STEPS="${1:-1000000}" -Wl,--wrap=getpid,--wrap=sched_yield tests/plant.c "$B/obj/apps/$app"/*.o "$B"/obj/apps/lib/*.o \
            -lm -o "$TMP/plant/$app.elf" || return
    done
    cp "$B/apps/ruler.elf" "$TMP/plant"
}
check "plant: builds" plant
told() { [ "$1" = 3 ] || [ "$1" = 4 ]; } # worse, or cannot tell
twentieth() { # of a boot's time here, by what a million steps take
    local boot burnt
    "$B/limpet" compare --b "--apps $TMP/plant" boot -n 20 > "$TMP/compared" || told $? || return
    cat "$TMP/compared"
    boot=$(awk '/^start to exit / { print $5 * 1000 }' "$TMP/compared") # µs
    burnt=$(awk '/^door to main / { print $6 - $5 }' "$TMP/compared")
    plant "$(awk "BEGIN { printf \"%d\", 1e6 * $boot / 20 / $burnt }")"
}
check "plant: a twentieth of a boot" twentieth
# planted NAME ROWS ROUNDS COMPARE-ARGUMENTS…: B is worse in all of them. A busy machine may spoil a try; the next ones take
# more rounds. Where in every try the noise of a row hides half of what was planted, nothing can be told.
planted() {
    local name=$1 rows=$2 rounds=$3 status row all hidden least=100
    shift 3
    for rounds in "$rounds" $((rounds * 2)) $((rounds * 4)); do
        status=0 all=yes
        "$B/limpet" compare --b "--apps $TMP/plant" "$@" -n "$rounds" --within 1 > "$TMP/compared" || status=$?
        for row in $rows; do grep -qE "^$row .*WORSE" "$TMP/compared" || all=; done
        if [ $all ] && [ $status = 3 ]; then
            ok "$name"
            return
        fi
        cat "$TMP/compared" >> "$TMP/out"
        hidden=$(for row in $rows; do
            sed -nE "s/^$row .* … [-+][0-9.]+ +([0-9.]+) % +[0-9]+ .*$/\1/p" "$TMP/compared"
        done | sort -g | tail -n 1)
        least=$(awk "BEGIN { print (${hidden:-100} < $least ? ${hidden:-100} : $least) }")
    done
    if awk "BEGIN { exit !($least > 1.9) }"; then
        skip "$name" "2.5 to 7 % are planted, and in $rounds rounds this machine hides up to $least %: too busy"
    else
        fail "$name" "not found in $rounds rounds"
    fi
    : > "$TMP/out"
}
planted "compare: a planted slow-down of getpid and sched_yield" "getpid sched_yield" 60 basic --only getpid,sched_yield --rows getpid,sched_yield
planted "compare: a planted slow-down of boot" "start.to.exit" 300 boot --rows "start to exit"
nothing() { # A against itself: any word but "same" and "cannot tell" is rarer than one in twenty
    for _ in 1 2; do
        "$B/limpet" compare --a "" basic boot -n 10 > "$TMP/compared" || told $? || return
        cat "$TMP/compared"
        if ! grep -qE 'WORSE|[0-9] better' "$TMP/compared"; then return 0; fi
    done
    return 1
}
check "compare: no difference from itself" nothing
