# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# tools/new in a copy of the tree: what it writes builds, runs, is measured, and is seen wherever such things are.
tree="$TMP/a tree"
copied() { copy_tree "$tree" && in_tree git init -q && committed; }
in_tree() { (cd "$tree" && "$@"); }
committed() { in_tree git add . && in_tree git -c user.name=t -c user.email=t@t commit -qm all; }
changed() { # KIND ADDED…: those files are new, the lists of it have a line more each, and nothing else differs
    in_tree git add . && in_tree git diff --cached --numstat | sort -k 3 > "$TMP/changed" || return
    cat "$TMP/changed"
    [ "$(grep -c "^1	0	.*s\.c$" "$TMP/changed")" = "$1" ] && shift &&
        diff <(printf '%s\n' "$@" | sort) <(sed '/^1	0	/d; s/.*	//' "$TMP/changed") &&
        committed
}
built() { in_tree env -u MAKEFLAGS make -s "-j$(nproc)" B=build CC="${CC:-gcc}" all; }
check "new: the tree is copied" copied

for words in "" "app" "app Name" "app 1name" "app averyverylongname" "thing name" "app hello" "app fibonacci" "suite vmm" "platform kvm" "platform xen"; do
    # shellcheck disable=SC2086 # two words
    expect "new: refuses \"$words\"" 2 '^tools/new: ' in_tree tools/new $words
done
check "new: app" in_tree tools/new app dummyapp
check "new: app: a file" changed 0 apps/dummyapp/main.c
check "new: suite" in_tree tools/new suite dummysuite
check "new: suite: two files, a line" changed 1 apps/dummysuite/main.c tools/limpet/measure/suite_dummysuite.c
check "new: platform" in_tree tools/new platform dummy
check "new: platform: two files, two lines" changed 2 platform/dummy/dummy.c tools/limpet/vm/dummy.c
check "new: all of it is built" built

tool="$tree/build/limpet"
expect "new: the app runs" 0 '^argument 1: a$' "$tool" run dummyapp -p qemu -- a
expect "new: the platform is told" 0 '^dummy +native ' "$tool" platforms
expect "new: the platform is in the help" 0 'dummy' "$tool" help run
expect "new: the platform is completed" 0 '^dummy' "$tool" help --complete run -p d
expect "new: the app is completed" 0 '^dummyapp' "$tool" help --complete run d
expect "new: the suite is in the help" 0 'dummysuite' "$tool" help bench
expect "new: the suite is completed" 0 '^dummysuite' "$tool" help --complete bench d
expect "new: the suite is meant" 2 'near it: dummysuite' "$tool" bench dummysuit -p qemu -n 1
expect "new: bench" 0 'time of day' "$tool" bench dummysuite boot -p dummy,qemu -n 2 -o "$TMP/new.json"
check "new: the page" "$tool" report "$TMP/new.json" -o "$TMP/page.html"
expect "new: the platform has a column" 0 '<th[^>]*>DUMMY' cat "$TMP/page.html"
expect "new: the suite has a table" 0 'time of day' cat "$TMP/page.html"
# The image takes the machine for the new platform's, if its signature is there.
sed -i 's/"DUMMYDUMMYDU"/"TCGTCGTCGTCG"/' "$tree/platform/dummy/dummy.c"
check "new: the platform's image" built
expect "new: the platform's image runs" 0 'hello, says the thread' "$tool" run demo -p dummy
