# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2317 # check calls what it is given
# The suites that are not measured by default: each app's work is checked, and a planted mistake is found.
flags=() # more of an app's
host_app() { # FOLDER PROGRAM: a program of Linux from sources of an app
    "$B/limpet-cc" --host -O2 -D_GNU_SOURCE -Wno-unknown-pragmas -fno-tree-loop-distribute-patterns -iquote apps/lib ${flags[@]+"${flags[@]}"} "$1"/*.c -lbench -lm -o "$2"
}
mistaken() { # APP FILE TEXT WRONG: the app with that in place of the text, in $made
    made=$(mktemp -d "$TMP/made.XXXXXX") && mkdir "$made/apps" "$made/tools" && cp -r "apps/$1" "$made/apps" && cp -r tools/cost "$made/tools" || return
    grep -qF "$3" "apps/$1/$2" && sed -i "s/$3/$4/" "$made/apps/$1/$2" && host_app "$made/apps/$1" "$made/app"
}
finds() { # PATTERN ARGUMENT…: it fails, and says so
    if "$made/app" "${@:2}" > "$made/said"; then return 1; fi
    grep -q "$1" "$made/said"
}

guest_verifies() { "$B/limpet" run npb -p qemu -- -c T > "$TMP/npb" && [ "$(grep -c 'Mop/s, class T' "$TMP/npb")" -ge 8 ]; }
check "npb: class T verifies in a guest" guest_verifies
if "$B/setup/gcc-libs.sh" -n openmp > /dev/null 2>&1; then
    expect "npb: on two threads" 0 '^MG\.T 2 threads +[0-9.]+ Mop/s' "$B/limpet" run npb -p qemu --smp 2 -- -c T -t 2 CG MG IS BT SP LU
else
    expect "npb: threads need OpenMP's library" 2 'built without OpenMP, which threads need: make cxx' "$B/limpet" run npb -p qemu -- -t 2 CG
fi
expect "npb: a program that is none" 2 'bad argument XX' "$B/apps/npb.linux" XX
expect "npb: a class that is none" 2 'bad argument -c' "$B/apps/npb.linux" -c Q
expect "npb: class S verifies as a process" 0 '^LU\.S +[0-9.]+ Mop/s' "$B/apps/npb.linux" -c S IS CG MG FT BT SP LU
planted() { mistaken npb "$1" "$2" "$3" && finds "^$4.T is not valid: its result is not the published one" -c T "$4"; }
check "npb: a wrong sum is found" planted ep.c 377.645500356923 377.645510356923 EP
check "npb: a wrong rank is found" planted is.c '64, 301, 16053' '64, 302, 16053' IS
check "npb: a wrong eigenvalue is found" planted cg.c 5.83031846962438 5.83031846862438 CG
check "npb: a wrong norm is found" planted mg.c 1.66950113748083 1.66950117748083 MG
check "npb: a wrong checksum is found" planted ft.c 603.2787954587162 603.2787954607162 FT
check "npb: a wrong norm of a solution's error is found" planted bt.c 71.0663405666179 71.0663425666179 BT
check "npb: a wrong norm of what is left is found" planted sp.c 104.075041435115 104.075045435115 SP
check "npb: a wrong integral is found" planted lu.c 18.3541520340033 18.3541530340033 LU
check "npb: a sweep that leaves out a neighbour is found" planted lu.c 'block b = ' 'if (axis == 2) break; block b = ' LU

guest_memory() { "$B/limpet" run memory -p qemu -- -q memcpy "FLOAT triad" "read 16 KiB" "access in 16 KiB" > "$TMP/memory" && [ "$(grep -c ' ns$\| MB/s$' "$TMP/memory")" = 5 ]; }
check "memory: rows in a guest" guest_memory
expect "memory: an option that is none" 2 'bad argument -x' "$B/apps/memory.linux" -x
planted() { mistaken memory "$1" "$2" "$3" && finds "^$4.* is not valid: $5" -q "$4"; }
check "memory: a copy that copies half is found" planted copies.c 'i < n; i++' 'i < n \/ 2; i++' copy "what it wrote"
check "memory: a filling that fills nothing is found" planted copies.c 'memset(to' 'if (!n) memset(to' memset "what it wrote"
check "memory: reading that skips is found" planted copies.c 'i + 7' 'i + 3' "read 16 KiB" "it has not read"
check "memory: a chain that is not followed is found" planted chain.c 'steps != 0' 'steps > 8' "access in 16 KiB" "it has not made its steps"

expect "lz4: an argument that is none" 2 'bad argument x' "$B/apps/lz4.linux" x
if [ -f "$B/suites/lz4/lib/lz4.c" ]; then
    expect "lz4: compresses and gets back in a guest" 0 '^1 MiB noise, level 9, decompress +[0-9.]+ MB/s' "$B/limpet" run lz4 -p qemu -- -q
    broken_lz4() { # what came back is cleared
        mistaken lz4 main.c 'packed_size, size) != size)' 'packed_size, size) == size)' && finds 'is not valid: what comes back' -q
    }
    flags=(-DLZ4_THERE -isystem "$B/suites/lz4/lib")
    check "lz4: a result that is none is found" broken_lz4
else
    expect "lz4: without its source" 0 "^lz4 +none: built without LZ4's source: make suites, then make" "$B/limpet" run lz4 -p qemu
fi

expect "sqlite: an argument that is none" 2 'bad argument x' "$B/apps/sqlite.linux" x
if [ -f "$B/suites/sqlite/hash.h" ]; then
    expect "sqlite: commits with three syncs each in a guest" 0 '^250 inserts, a commit each .* a commit: 3\.00 syncs, ' "$B/limpet" run sqlite -p qemu -- -q
    also "sqlite: speedtest1 with the hash that it has here" '^speedtest1, size 1 .*, hash as on'
    planted() { # FILE TEXT WRONG WHAT: SQLite itself is as it was built
        made=$(mktemp -d "$TMP/made.XXXXXX") && mkdir -p "$made/apps/sqlite" "$made/tools" && cp apps/sqlite/*.[ch] "$made/apps/sqlite" && cp -r tools/cost "$made/tools" &&
            grep -qF "$2" "$made/apps/sqlite/$1" && sed -i "s/$2/$3/" "$made/apps/sqlite/$1" &&
            "$B/limpet-cc" --host -O2 -D_GNU_SOURCE -DSQLITE_THERE -iquote apps/lib -isystem "$B/suites/sqlite" "$made"/apps/sqlite/{main,rows,vfs}.c "$B"/linux/apps/sqlite/{library,speedtest}.c.o -lbench -lm -o "$made/app" && finds "is not valid: $4" -q
    }
    check "sqlite: commits that do not sync are found" planted rows.c '"CREATE TABLE t' '"PRAGMA synchronous=OFF; CREATE TABLE t' "there were fewer syncs"
    check "sqlite: an insert that is missing is found" planted rows.c 'i <= n' 'i < n' "the rows are not in the file"
    check "sqlite: reading the same blob again is found" planted rows.c 'read_blob(k ' 'read_blob(0 ' "what was read is not what was written"
    check "sqlite: overwriting nothing is found" planted rows.c '        write_blob(k ' '        fill(blob, k ' "the new blobs are not in the file"
    check "sqlite: speedtest1 with another result is found" planted rows.c '"--verify"' '"--nosync"' "its hash is not"
else
    expect "sqlite: without its source" 0 "^sqlite +none: built without SQLite's source: make suites, then make" "$B/limpet" run sqlite -p qemu
fi

expect "compile: an argument that is none" 2 'bad argument x' "$B/apps/compile.linux" x
if [ -f "$B/suites/tcc/hash.h" ]; then
    expect "compile: the same object as on the host in a guest" 0 '^tcc\.c .* lines; object of [0-9]+ B, as on the host' "$B/limpet" run compile -p qemu -- -q
    planted() { # FILE TEXT WRONG WHAT: tcc itself is as it was built
        made=$(mktemp -d "$TMP/made.XXXXXX") && mkdir -p "$made/apps/compile" "$made/tools" && cp apps/compile/*.[ch] "$made/apps/compile" && cp -r tools/cost "$made/tools" &&
            grep -qF "$2" "$made/apps/compile/$1" && sed -i "s/$2/$3/" "$made/apps/compile/$1" &&
            "$B/limpet-cc" --host -O2 -D_GNU_SOURCE -DTCC_THERE -DTCC_TEXT="\"$B/suites/tcc/text.c\"" -iquote apps/lib -isystem "$B/suites/tcc" "$made"/apps/compile/{main,object}.c "$B/linux/apps/compile/library.c.o" -lbench -lm -o "$made/app" && finds "is not valid: $4" -q
    }
    check "compile: another object is found" planted object.c '"-w"' '"-w -g"' "its object is not the one"
    check "compile: compiling nothing is found" planted object.c 'tcc_compile_string(tcc, object_text) == 0 && tcc_output_file(tcc, path()) == 0' 'true' "tcc has made no object"
else
    expect "compile: without its source" 0 "^compile +none: built without tcc's source: make suites, then make" "$B/limpet" run compile -p qemu
fi
