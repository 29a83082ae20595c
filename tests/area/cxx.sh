# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# C++ by limpet-c++ and OpenMP by limpet-cc -fopenmp, where their libraries are built: make cxx.
own="$TMP/own app" # a folder with a space
mkdir -p "$own"
cxx=$(readlink -f "$B/limpet-c++")
why_not() { # PART: or nothing, when its library is there
    ! grep -q '^cc=.*clang' "$B/limpet-cc" || { echo "built for clang"; return; }
    "$B/setup/gcc-libs.sh" -n "$1" || echo "its library is not built: make cxx"
}

# What needs no library: headers and the linker's part.
cat > "$own/bare.cc" << 'END'
extern "C" int printf(const char *, ...);
struct A { int x; A() : x(7) {} ~A() { printf("dtor\n"); } };
static A a;
int main() { printf("%d ", a.x); return 0; }
END
bare() { "$cxx" -O2 -fno-exceptions -fno-rtti -nostdinc++ -nostdlib++ "$own/bare.cc" -o "$own/bare.elf"; }
declared() { # every header of ours says what is C in it
    grep -rLE '__cplusplus|__BEGIN_DECLS|_BEGIN_STD_C' --include='*.h' "$B/include" | xargs -d '\n' -r grep -lE '^[a-z].*\);' | (! grep .)
}
check "headers may be included by C++" declared
expect "a library that C++ alone has" 2 'no libstdc..\.a for Limpet' "$B/limpet-cc" tests/small.c -lstdc++ -o "$own/no.elf"
if grep -q '^cc=.*clang' "$B/limpet-cc"; then
    expect "limpet-c++ with clang" 2 'needs gcc: this is built for clang' "$cxx" "$own/bare.cc" -o "$own/no.elf"
else
    check "C++ without a library" bare
    expect "C++ without a library runs" 0 '^7 dtor' "$B/limpet" run "$own/bare.elf" -p qemu
    check "C++ by limpet-cc -x c++" "$B/limpet-cc" -x c++ -fno-exceptions -fno-rtti "$own/bare.cc" -o "$own/plain.elf"
    expect "C++ by limpet-cc -x c++ runs" 0 '^7 dtor' "$B/limpet" run "$own/plain.elf" -p qemu
fi

why=$(why_not cxx)
if [ -n "$why" ]; then
    skip "C++" "$why"
else
    check "C++: the library's test is built" "$cxx" -std=c++17 -O2 -Wall -Wextra -Werror tests/cxx/library.cc -o "$own/library.elf"
    for cpus in 1 2; do
        guest_checks "C++ smp $cpus" "$B/limpet" run "$own/library.elf" -p qemu --mem 256 --smp $cpus
        at_the_end() { tail -n 3 "$TMP/guest" | tr -d '\r' | grep -v '^LIMPET' | tr '\n' '/' | grep -q "^atexit/a static's destructor/"; }
        check "C++ smp $cpus: atexit(), then a static's destructor" at_the_end
    done
    printf '#include <stdexcept>\nint main() { throw std::runtime_error("nobody takes it"); }\n' > "$own/thrown.cc"
    check "C++: an exception that nobody takes" "$cxx" "$own/thrown.cc" -o "$own/thrown.elf"
    expect "C++: ends the program by name" 134 'terminate called .*runtime_error' "$B/limpet" run "$own/thrown.elf" -p qemu
    if command -v cmake > /dev/null; then
        by_cmake() {
            printf 'cmake_minimum_required(VERSION 3.10)\nproject(own CXX)\nfind_package(Threads REQUIRED)\nadd_executable(thrown.elf thrown.cc)\ntarget_link_libraries(thrown.elf Threads::Threads)\n' > "$own/CMakeLists.txt"
            (cd "$own" && cmake -DCMAKE_CXX_COMPILER="$cxx" -B out . && cmake --build out)
        }
        check "limpet-c++: as CMake's compiler" by_cmake
        expect "limpet-c++: CMake's runs" 134 'nobody takes it' "$B/limpet" run "$own/out/thrown.elf" -p qemu
    else
        skip "limpet-c++: as CMake's compiler" "cmake is not installed"
    fi
fi

why=$(why_not openmp)
if [ -n "$why" ]; then
    skip "OpenMP" "$why"
else
    check "OpenMP: its test is built" "$B/limpet-cc" -O2 -Wall -Wextra -Werror -fopenmp tests/cxx/openmp.c -o "$own/openmp.elf"
    for way in "1 1" "2 2" "4 4" "1 3"; do # CPUs, threads
        guest_checks "OpenMP, CPUs and threads: $way:" "$B/limpet" run "$own/openmp.elf" -p qemu --smp "${way% *}" \
            -e CPUS="${way% *}" -e OMP_NUM_THREADS="${way#* }" -e OMP_SCHEDULE=dynamic,3 -e OMP_PROC_BIND=true
    done
    guest_checks "OpenMP, as many threads as CPUs:" "$B/limpet" run "$own/openmp.elf" -p qemu --smp 2 -e CPUS=2
fi
