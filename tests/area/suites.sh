# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The suites that are not measured by default: each app's work is checked, and a planted mistake is found.
host_app() { # FOLDER PROGRAM: a program of Linux from sources of an app
    "$B/limpet-cc" --host -O2 -D_GNU_SOURCE -Wno-unknown-pragmas -iquote apps/lib -iquote "$PWD" "$1"/*.c -lbench -lm -o "$2"
}

guest_verifies() { "$B/limpet" run npb -p qemu -- -c T > "$TMP/npb" && [ "$(grep -c 'Mop/s, class T' "$TMP/npb")" -ge 5 ]; }
check "npb: class T verifies in a guest" guest_verifies
if "$B/setup/gcc-libs.sh" -n openmp > /dev/null 2>&1; then
    expect "npb: on two threads" 0 '^MG\.T 2 threads +[0-9.]+ Mop/s' "$B/limpet" run npb -p qemu --smp 2 -- -c T -t 2 CG MG IS
else
    expect "npb: threads need OpenMP's library" 2 'built without OpenMP, which threads need: make cxx' "$B/limpet" run npb -p qemu -- -t 2 CG
fi
expect "npb: a program that is none" 2 'bad argument XX' "$B/apps/npb.linux" XX
expect "npb: a class that is none" 2 'bad argument -c' "$B/apps/npb.linux" -c Q
expect "npb: class S verifies as a process" 0 '^FT\.S +[0-9.]+ Mop/s' "$B/apps/npb.linux" -c S IS CG MG FT
planted() { # FILE TEXT WRONG NAME: its program says so, whatever else is right
    mkdir "$TMP/$4" "$TMP/$4/apps" && cp -r apps/npb "$TMP/$4/apps/npb" && mkdir "$TMP/$4/tools" && cp -r tools/cost "$TMP/$4/tools/cost" || return
    grep -qF "$2" "apps/npb/$1" && sed -i "s/$2/$3/" "$TMP/$4/apps/npb/$1" && host_app "$TMP/$4/apps/npb" "$TMP/$4/npb" || return
    if "$TMP/$4/npb" -c T "$4" > "$TMP/$4/said"; then return 1; fi
    grep -q "^$4.T is not valid: its result is not the published one" "$TMP/$4/said"
}
check "npb: a wrong sum is found" planted ep.c 377.645500356923 377.645510356923 EP
check "npb: a wrong rank is found" planted is.c '64, 301, 16053' '64, 302, 16053' IS
check "npb: a wrong eigenvalue is found" planted cg.c 5.83031846962438 5.83031846862438 CG
check "npb: a wrong norm is found" planted mg.c 1.66950113748083 1.66950117748083 MG
check "npb: a wrong checksum is found" planted ft.c 603.2787954587162 603.2787954607162 FT
