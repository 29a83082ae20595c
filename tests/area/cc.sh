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
by_make() { (cd "$own" && make -s CC="\"$cc\"" LDLIBS=-lm CFLAGS=-O2 main LDFLAGS=more.c); }
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

# What the host's compiler made, and the host's libraries, are refused by name; what limpet-cc made is not.
printf 'int leaf(int x) { volatile int a[8] = {x}; return a[0]; }\n' > "$own/leaf.c"
printf '#include <stdio.h>\nint leaf(int x);\nint main(void) { printf("leaf\\n"); return leaf(7); }\n' > "$own/calls.c"
printf '.globl leaf\nleaf: mov %%edi, %%eax\nret\n' > "$own/asm.s"
foreign() { (cd "$own" && cc -O2 -c leaf.c -o leaf.o && rm -f libleaf.a && ar rcs libleaf.a leaf.o && "$cc" calls.c "$@" -o no.elf); }
refused='not compiled for Limpet; compile its sources with limpet-cc'
expect "limpet-cc: the host's object is refused" 2 "leaf.o: $refused" foreign leaf.o
expect "limpet-cc: the host's archive is refused" 2 "libleaf.a .leaf.o.: $refused" foreign libleaf.a
expect "limpet-cc: and when it is found" 2 "libleaf.a .leaf.o.: $refused" foreign -L . -l leaf
expect "limpet-cc: the host's libraries are not looked for" 2 'no libjansson.a for Limpet' foreign -ljansson
marked() (
    cd "$own" && echo data > blob && ld -r -b binary blob -o blob.o && "$cc" -O2 -c leaf.c -o leaf.o &&
        strip --strip-unneeded leaf.o && rm -f libleaf.a && ar rcs libleaf.a leaf.o &&
        "$cc" calls.c -L. -lleaf blob.o -lm -lc -lgcc -lpthread -lrt -o leaf.elf &&
        "$cc" -pipe calls.c asm.s -o asm.elf && "$cc" -flto -O2 calls.c leaf.c -o lto.elf
)
check "limpet-cc: its own objects, archives, assembly, data are taken" marked
for image in leaf asm lto; do
    expect "limpet-cc: $image runs" 7 '^leaf' "$B/limpet" run "$own/$image.elf" -p qemu
done

# Code on the stack, which never executes: gcc's way to a nested function whose address is taken.
if [[ ${CC:-gcc} != *clang* ]]; then
    cat > "$TMP/nested.c" << 'END'
static int twice(int (*f)(int)) { return f(1) + f(2); }
int main(int argc, char **argv)
{
    (void)argv;
    int times(int x) { return x * argc; }
    return twice(times);
}
END
    expect "a nested function whose address is taken is refused" 1 'error: trampoline generated for nested function' \
        "$B/limpet-cc" -O1 "$TMP/nested.c" -o "$TMP/nested.elf"
fi

# Numbers and text: a thousand lines that are to be the host's. And no name that cannot be is there.
numbers() {
    "${HOSTCC:-gcc}" -O2 -w tests/data/numbers.c -lm -o "$own/numbers" && "$own/numbers" > "$own/host.txt" &&
        "$cc" -O2 -w tests/data/numbers.c -lm -o "$own/numbers.elf" && "$B/limpet" run "$own/numbers.elf" -p qemu > "$own/guest.txt" &&
        diff "$own/host.txt" "$own/guest.txt"
}
check "limpet-cc: numbers and text are the host's" numbers
for name in fork execve waitpid setuid popen; do
    echo "int $name(void); int main(void) { return $name(); }" > "$own/absent.c"
    expect "limpet-cc: there is no $name" 1 "undefined reference to .$name" "$cc" -w -fno-builtin "$own/absent.c" -o "$own/absent.elf"
done
