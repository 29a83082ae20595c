# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Programs of one's own, built outside the tree by limpet-cc: by hand, by make, by CMake.
cc=$(readlink -f "$B/limpet-cc")
own="$TMP/own app" # a folder with a space
mkdir -p "$own"
cat > "$own/main.c" << 'END'
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include "more.h"
static void *run(void *x) { *(double *)x = cube(cos(0.5)); return x; }
int main(int argc, char **argv)
{
    double x;
    pthread_t t;
    pthread_create(&t, NULL, run, &x);
    pthread_join(t, NULL);
    printf("%s: %.6f %d\n", argv[0], x, argc);
    return x > 0.67 && x < 0.68 ? 7 : 1;
}
END
echo 'double cube(double x);' > "$own/more.h"
printf '#include "more.h"\ndouble cube(double x) { return x * x * x; }\n' > "$own/more.c"
by_cc() { (cd "$own" && "$cc" -O2 -Wall main.c more.c -pthread -lm -o mine.elf); }
by_objects() {
    (cd "$own" && "$cc" -O1 -c main.c && "$cc" -c more.c -o more.o && "$cc" main.o more.o -lm -o objects.elf)
}
by_make() { (cd "$own" && make -s CC="$cc" LDLIBS=-lm CFLAGS=-O2 main LDFLAGS=more.c); }
by_cmake() {
    printf 'cmake_minimum_required(VERSION 3.10)\nproject(own C)\nadd_executable(own.elf main.c more.c)\ntarget_link_libraries(own.elf m)\n' > "$own/CMakeLists.txt"
    (cd "$own" && cmake -DCMAKE_C_COMPILER="$cc" -B out . && cmake --build out)
}
large() { # more code and data than the linker's page table covers
    cat > "$own/large.c" << 'END'
#include <stdio.h>
static char zeros[100 << 20];
static char data[5 << 20] = {1};
static const char constants[5 << 20] = {2};
int main(void)
{
    long sum = 0;
    for (long i = 0; i < 5 << 20; i += 4096)
        sum += data[i] + constants[i];
    for (long i = 0; i < 100 << 20; i += 4096)
        sum += zeros[i];
    printf("sum %ld\n", sum);
    data[sizeof data - 1] = (char)sum;
    return data[sizeof data - 1] != 3;
}
END
    (cd "$own" && "$cc" -O2 large.c -o large.elf)
}
check "limpet-cc: several files, -lm, -pthread" by_cc
expect "limpet-cc: runs" 7 '^mine: 0\.675' "$B/limpet" run "$own/mine.elf" -p qemu
check "limpet-cc: objects" by_objects
expect "limpet-cc: objects run" 7 '^objects: ' "$B/limpet" run "$own/objects.elf" -p qemu
check "limpet-cc: as CC of make" by_make
expect "limpet-cc: make's runs" 7 '^main: ' "$B/limpet" run "$own/main" -p qemu
if command -v cmake > /dev/null; then
    check "limpet-cc: as CMake's compiler" by_cmake
    expect "limpet-cc: CMake's runs" 7 '^own: ' "$B/limpet" run "$own/out/own.elf" -p qemu
else
    skip "limpet-cc: as CMake's compiler" "cmake is not installed"
fi
odd() { # names of the kernel's own; zeroed thread-locals only; linked with -s
    cat > "$own/odd.c" << 'END'
#include <pthread.h>
#include <stdio.h>
int heap = 1, ledger = 2, platform = 3;
static __thread int counter;
void panic(int x);
void panic(int x) { heap += x; }
static void *run(void *x) { counter += 5; return x; }
int main(void)
{
    pthread_t t;
    counter = 7;
    panic(ledger);
    pthread_create(&t, NULL, run, NULL);
    pthread_join(t, NULL);
    printf("odd %d\n", heap + platform + counter);
    return 0;
}
END
    (cd "$own" && "$cc" -s -O2 -fstack-protector-all odd.c -o odd.elf)
}
text() { # 1.5 MiB of code: the kernel's must still come first
    { echo '#include <stdio.h>'; for i in $(seq 150); do
        echo "__attribute__((noinline)) int f$i(int x) { __asm__ volatile(\".skip 10000, 0x90\"); return x + $i; }"
    done; echo 'int main(void) { int x = 0;'; for i in $(seq 150); do echo "x = f$i(x);"; done
    printf '%s\n' 'printf("code %d\n", x); return 0; }'; } > "$own/text.c"
    (cd "$own" && "$cc" -O1 text.c -o text.elf)
}
section() { # cannot be loaded by multiboot: refused, not misloaded
    echo '__attribute__((section("mine"))) int x = 5; int main(void) { return x; }' > "$own/section.c"
    (cd "$own" && "$cc" section.c -o section.elf)
}
check "limpet-cc: the kernel's names are free" odd
expect "limpet-cc: and it runs" 0 '^odd 13$' "$B/limpet" run "$own/odd.elf" -p qemu
check "limpet-cc: much code" text
expect "limpet-cc: much code runs" 0 '^code 11325$' "$B/limpet" run "$own/text.elf" -p qemu
expect "limpet-cc: a section of one's own is refused" 1 'section mine: .*cannot be loaded' section
check "limpet-cc: a large image" large
expect "limpet-cc: the large image runs" 0 'sum 3' "$B/limpet" run "$own/large.elf" -p qemu
expect "limpet-cc: a compile error is one" 1 'error' "$cc" -c -x c - -o "$own/x.o" <<< 'int main('
expect "limpet-cc: no arguments" 2 'usage' "$cc"
