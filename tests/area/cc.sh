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
odd() { # names of the kernel's own; zeroed thread-locals only, aligned to a page; linked with -s
    cat > "$own/odd.c" << 'END'
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
int heap = 1, ledger = 2, platform = 3;
static __thread int counter;
static __thread _Alignas(4096) char page[4096];
static int askew;
void panic(int x);
void panic(int x) { heap += x; }
static void *run(void *x)
{
    counter += 5;
    askew += (uintptr_t)page % sizeof page != 0 || page[sizeof page - 1] != 0;
    return x;
}
int main(void)
{
    pthread_t t;
    counter = 7;
    panic(ledger);
    pthread_create(&t, NULL, run, NULL);
    pthread_join(t, NULL);
    run(NULL);
    printf("odd %d\n", heap + platform + counter + askew);
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
expect "limpet-cc: and it runs" 0 '^odd 18$' "$B/limpet" run "$own/odd.elf" -p qemu
check "limpet-cc: much code" text
expect "limpet-cc: much code runs" 0 '^code 11325$' "$B/limpet" run "$own/text.elf" -p qemu
expect "limpet-cc: a section of one's own is refused" 1 'section mine: .*cannot be loaded' section
check "limpet-cc: a large image" large
expect "limpet-cc: the large image runs" 0 'sum 3' "$B/limpet" run "$own/large.elf" -p qemu
cat > "$own/deep.c" << 'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static int deep(int kib)
{
    volatile char here[1024];
    here[0] = (char)kib;
    return kib > 1 ? deep(kib - 1) + here[0] - here[0] : 0;
}
static void *thread(void *kib) { return (void *)(long)deep((int)(long)kib); }
int main(int argc, char **argv)
{
    pthread_t t;
    if (argc > 2 && (pthread_create(&t, 0, thread, (void *)(long)atoi(argv[2])) != 0 || pthread_join(t, 0) != 0))
        return 2;
    return deep(atoi(argv[1])) + puts("deep") < 0;
}
END
check "limpet-cc: stacks of the size that is asked for" "$cc" -O0 "$own/deep.c" --stack 20M --thread-stack=1M -o "$own/deep.elf"
check "limpet-cc: or the usual ones" "$cc" -O0 "$own/deep.c" -o "$own/usual.elf"
expect "limpet-cc: both stacks are as large" 0 deep "$B/limpet" run "$own/deep.elf" -p qemu -- 15000 800
expect "limpet-cc: the usual one of main is not" 123 'stack overflow' "$B/limpet" run "$own/usual.elf" -p qemu -- 15000
expect "limpet-cc: nor that of threads" 123 'stack overflow' "$B/limpet" run "$own/usual.elf" -p qemu -- 10 800
expect "limpet-cc: a stack of no size" 2 'a size is a number of bytes' "$cc" "$own/deep.c" --stack 8X -o "$own/x.elf"
expect "limpet-cc: too small a stack" 2 'has 16K at least' "$cc" "$own/deep.c" --thread-stack=4K -o "$own/x.elf"
expect "limpet-cc: a stack, and no more words" 2 'which size' "$cc" "$own/deep.c" --stack
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
if ! grep -q '^cc=.*clang' "$B/limpet-cc"; then
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
    expect "though -w silences the compiler" 2 "nested function's address is taken" \
        "$B/limpet-cc" -w -O1 "$TMP/nested.c" -o "$TMP/nested.elf"
    "$B/limpet-cc" -w -O1 -c "$TMP/nested.c" -o "$TMP/nested.o"
    expect "or its object is linked" 2 "nested.o: a nested function's address is taken" \
        "$B/limpet-cc" "$TMP/nested.o" -o "$TMP/nested.elf"
fi

# Two thousand lines that are to be the host's. And no name that cannot be is there.
as_host() {
    "${HOSTCC:-gcc}" -O2 -w "tests/data/$1.c" -lm -o "$own/$1" && "$own/$1" > "$own/host.txt" &&
        "$cc" -O2 -w "tests/data/$1.c" -lm -o "$own/$1.elf" && "$B/limpet" run "$own/$1.elf" -p qemu > "$own/guest.txt" &&
        diff "$own/host.txt" "$own/guest.txt"
}
check "limpet-cc: numbers are the host's" as_host numbers
check "limpet-cc: dates, text, sorting and wide characters are the host's" as_host text
for name in fork execve waitpid setuid popen mknod wordexp; do
    echo "int $name(void); int main(void) { return $name(); }" > "$own/absent.c"
    expect "limpet-cc: there is no $name" 1 "undefined reference to .$name" "$cc" -w -fno-builtin "$own/absent.c" -o "$own/absent.elf"
done
# A function for some processors, with an array that is guarded.
printf '#include <stdio.h>\n__attribute__((target("sse4.1"))) int main(int c, char **v) { char a[64]; snprintf(a, sizeof a, "%%s", v[c - 1]); return puts(a) < 0; }\n' > "$own/target.c"
check "limpet-cc: functions with a target attribute" "$cc" -O2 "$own/target.c" -o "$own/target.elf"
expect "limpet-cc: and they run" 0 '^word$' "$B/limpet" run "$own/target.elf" -p qemu -- word

# As though it were a program of this machine.
cat > "$own/words.c" << 'END'
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    char *value = getenv("OWN_WORD");
    printf("%d:", argc);
    for (int i = 1; i < argc; i++)
        printf(" [%s]", argv[i]);
    printf(" %s %s\n", value ? value : "-", getenv("LC_ALL"));
    for (int c; (c = getchar()) != EOF;)
        putchar(c);
    return argc;
}
END
check "limpet-cc: --runnable" "$cc" --runnable "$own/words.c" -o "$own/words"
execute() { # OPTION…: with options, arguments and input; one status, and standard output is nothing but the program's
    local status=0
    printf 'one\0two\nthree' | OWN_WORD='a "b"' "$B/limpet" exec "$@" "$own/words" -p 'x  y' -- "" > "$own/said" || status=$?
    printf '5: [-p] [x  y] [--] [] %s C.UTF-8\none\0two\nthree' "${expected--}" | cmp - "$own/said" && [ $status = 5 ]
}
check "exec: arguments, input, output, status" execute
expected='a "b"' check "exec: a variable of ours" execute -e OWN_WORD
expected='a "b"' check "exec: variables by a pattern" execute -e 'OWN_*'
expected=other check "exec: a variable given" execute -p qemu -e OWN_WORD=other
by_itself() { (cd "$own" && [ "$(./words a b <<< in)" = "$(printf '3: [a] [b] - C.UTF-8\nin')" ]); }
check "exec: an image starts by itself" by_itself
expect "exec: options from LIMPET_EXEC" 2 'OWN|^2: .x. word' env LIMPET_EXEC='-e OWN_WORD=word' "$own/words" x
expect "exec: LIMPET_EXEC is refused like options" 2 'unknown option "--nothing"' env LIMPET_EXEC=--nothing "$own/words"
expect "exec: a runnable image boots as any" 2 '^2: .x. - ' "$B/limpet" run "$own/words" -p qemu -- x
expect "exec: one platform" 2 'on one platform' "$B/limpet" exec -p qemu,vmm "$own/words"
expect "exec: no image has a status of its own" 120 '^limpet: ' "$B/limpet" exec "$own/nothing"
reads() { # a file of the current folder
    printf '#include <stdio.h>\nint main(void) { FILE *f = fopen("one/two", "r"); return f ? getc(f) : 1; }\n' > "$own/reads.c"
    mkdir -p "$own/folder/one" && printf '\52' > "$own/folder/one/two" && "$cc" --runnable "$own/reads.c" -o "$own/reads" || return
    (cd "$own/folder" && LIMPET_EXEC='--root .' ../reads) || [ $? = 42 ]
}
check "exec: --root . has the files here" reads
at_once() { # four beside each other
    local n jobs=()
    for n in 1 2 3 4; do
        "$own/words" $n < /dev/null > "$own/said.$n" &
        jobs+=($!)
    done
    for n in 1 2 3 4; do wait "${jobs[n - 1]}" || [ $? = 2 ] || return; grep -q "^2: .$n. " "$own/said.$n" || return; done
}
check "exec: several at once" at_once

# The folder's toolchain files: what they build they run.
mkdir -p "$own/cross" && cp "$own/main.c" "$own/more.c" "$own/more.h" "$own/cross"
sed -i 's/? 7 : 1/? 0 : 1/' "$own/cross/main.c"
cat > "$own/cross/CMakeLists.txt" << 'END'
cmake_minimum_required(VERSION 3.10)
project(own C)
include(CheckCSourceRuns)
find_package(Threads REQUIRED)
check_c_source_runs("int main(void) { return 0; }" RUNS)
find_package(ZLIB)
if(NOT UNIX OR NOT CMAKE_USE_PTHREADS_INIT OR NOT RUNS OR ZLIB_FOUND)
    message(FATAL_ERROR "UNIX ${UNIX}, threads ${CMAKE_USE_PTHREADS_INIT}, runs ${RUNS}, zlib ${ZLIB_FOUND}")
endif()
add_executable(own main.c more.c)
target_link_libraries(own m Threads::Threads)
enable_testing()
add_test(own own x)
add_test(by_itself ./own)
END
by_toolchain() {
    (cd "$own/cross" && cmake -DCMAKE_TOOLCHAIN_FILE="$(dirname "$cc")/limpet.cmake" -B out . && cmake --build out && cd out && ctest --output-on-failure)
}
if command -v cmake > /dev/null; then
    check "limpet.cmake: a project of CMake's builds, and ctest runs it" by_toolchain
else
    skip "limpet.cmake" "cmake is not installed"
fi
cat > "$own/cross/meson.build" << 'END'
project('own', 'c')
cc = meson.get_compiler('c')
assert(cc.run('int main(void) { return 0; }').returncode() == 0)
own = executable('own', 'main.c', 'more.c', dependencies: [cc.find_library('m'), dependency('threads')])
assert(not dependency('zlib', required: false).found())
test('own', own, args: 'a b')
END
by_meson() { (cd "$own/cross" && meson setup --cross-file "$(dirname "$cc")/limpet.ini" meson && meson test -C meson); }
if command -v meson > /dev/null; then
    check "limpet.ini: a project of Meson's builds, and meson test runs it" by_meson
else
    skip "limpet.ini" "meson is not installed"
fi
