# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The house's rules (tools/lint/house.sh): kept by this tree; broken in a copy of it, each is told.
house="$TMP/house"
copy_house() { # with its objects
    mkdir -p "$house/build" &&
        tar -c tools kernel arch platform apps | tar -x -C "$house" &&
        tar -C "$B" -c host/tools obj/kernel obj/arch obj/platform | tar -x -C "$house/build"
}
rules() { B=build "$house/tools/lint/house.sh" > "$TMP/faults"; }
clean() {
    rules
    local status=$?
    cat "$TMP/faults"
    return $status
}
check "house: a copy" copy_house
check "house: no fault" clean

plant() { # FILE: from standard input; its object, too, where the tool's are
    mkdir -p "$house/${1%/*}"
    cat > "$house/$1"
    echo "$1" >> "$TMP/plants"
    case $1 in tools/*.c) cc -Wno-implicit-function-declaration -c "$house/$1" -o "$house/build/host/$1.o" ;; esac
}
lines() { yes '    x++;' | head -n "$1"; }
plant tools/limpet/base/plant_a.c <<< 'int plant_b(void); int plant_a(void); int plant_a(void) { return plant_b(); }'
plant tools/limpet/base/plant_b.c <<< 'int plant_a(void); int plant_b(void); int plant_b(void) { return plant_a(); }'
plant tools/limpet/base/plant_c.c <<< 'extern int command_run; int plant_c(void); int plant_c(void) { return command_run; }'
plant tools/limpet/base/plant.h <<< '#include "cmd/options.h"'
plant kernel/base/plant.h <<< '#include "pc/uart.h"'
plant kernel/base/plant_name.c <<< 'const char *by_whom(void) { return "started by " "Xen"; }'
plant kernel/base/plant_code.c <<< 'void rest(void) { __asm__ volatile("hlt"); }'
plant kernel/base/plant_comment.c <<< '/* Xen, and asm volatile("hlt"), in a comment */ // KVM
int axen;'
plant apps/plant/longer.c < <(printf 'void longer(int x)\n{\n'; lines 58; printf '}\n')
plant apps/plant/short.c < <(printf 'static int short_enough(\n    int x)\n{\n'; lines 56; printf '}\n')
check_not() { ! "$@"; }
check "house: with plants, status 1" check_not rules
told() { check "house: $1" grep -E "$2" "$TMP/faults"; }
told "a circle" '^    tools/limpet/base/plant_a.c uses tools/limpet/base/plant_b.c \(plant_b\)$'
told "and its way back" '^    tools/limpet/base/plant_b.c uses tools/limpet/base/plant_a.c \(plant_a\)$'
told "an upward call" '^an arrow upwards: tools/limpet/base/plant_c.c uses tools/limpet/cmd/run.c \(command_run\)$'
told "an upward include" '^an arrow upwards: tools/limpet/base/plant.h uses tools/limpet/cmd/options.h \(line 1\)$'
told "the kernel uses a platform" '^an arrow upwards: kernel/base/plant.h uses platform/pc/uart.h'
told "the kernel names a platform" '^a platform in kernel/: kernel/base/plant_name.c: .*Xen'
told "the kernel has an instruction" '^an instruction in kernel/: kernel/base/plant_code.c: .*hlt'
told "a function of 61 lines" '^a function over 60 lines: apps/plant/longer.c:1, 61 lines: void longer'
check "house: nothing more" [ "$(wc -l < "$TMP/faults")" = 9 ]
uproot() { (cd "$house" && xargs rm < "$TMP/plants"); }
check "house: without them" uproot
check "house: objects without a source do not count" clean
