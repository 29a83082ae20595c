# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The VMMs of others. Fakes with their documented arguments (tests/fakes) test how limpet drives them, and nothing
# of the VMMs themselves; a real lkvm that is in PATH and linked statically runs in the kvm lab.
fakes=$PWD/tests/fakes
expect "platforms: without a program there is none" 0 '^firecracker +no +no firecracker in PATH: .*; untried: ' \
    env PATH=/nowhere "$B/limpet" platforms
for vmm in cloud-hypervisor crosvm kvmtool; do also "platforms: nor $vmm" "^$vmm +no +no "; done
expect "platforms: with one it tells its version, and that it is untried" 0 '^firecracker .*Firecracker 1\.16\.1, .*; untried: ' \
    env PATH="$fakes:$PATH" "$B/limpet" platforms
# A door that few have: of the others it is told that they are left out, before the image is looked for.
listed() { env PATH=/nowhere "$B/limpet" run no-such-app -p "$1" --door disk; }
expect "run: named, it counts" 120 'left out, .*: firecracker' listed firecracker,xen-hvm-disk
expect "run -p all: without the programs" 120 'left out, .*: kvm, ' listed all
check "run -p all: none of them counts" bash -c "! grep -E 'firecracker|cloud-hypervisor|crosvm|kvmtool' '$TMP/last'"
for door in bz linux64; do
    expect "wrong: firecracker --door $door" 2 'firecracker has no door .*pvh and bz64' "$B/limpet" run hello -p firecracker --door $door
done
expect "wrong: two modules" 2 'cloud-hypervisor: --module: it hands over one' \
    "$B/limpet" run hello -p cloud-hypervisor --module README.md --module LICENSE
expect "wrong: a module's arguments" 2 'kvmtool: --module: .*without arguments' "$B/limpet" run hello -p kvmtool --module "README.md x"
expect "wrong: a module by multiboot" 2 'crosvm: --module' "$B/limpet" run hello -p crosvm --module README.md
expect "wrong: 33 processors" 2 'firecracker: --smp' "$B/limpet" run hello -p firecracker --smp 33
expect "wrong: --machine" 2 'crosvm: --machine is for QEMU' "$B/limpet" run hello -p crosvm --machine q35
expect "wrong: not in PATH" 121 'no crosvm in PATH' env PATH=/nowhere "$B/limpet" run hello -p crosvm

# What crosvm asks of a multiboot header (kernel_loader/src/multiboot.rs, August 2026): in the first 8 KiB, with no
# flag that it does not know, with addresses, of which the entry's lies in what is loaded of the file.
crosvm_takes() { # IMAGE
    local -a word
    local i size
    size=$(stat -c %s "$1")
    read -r -d '' -a word < <(od -An -v -tu4 -N8192 -w4 "$1")
    for ((i = 0; i < ${#word[@]}; i++)); do
        ((word[i] == 0x1badb002 && (word[i] + word[i + 1] + word[i + 2]) % 2 ** 32 == 0)) && break
    done
    ((i < ${#word[@]})) || { echo "no header"; return 1; }
    local flags=${word[i + 1]} header=${word[i + 3]} load=${word[i + 4]} end=${word[i + 5]} bss=${word[i + 6]} entry=${word[i + 7]}
    printf 'header at %d: flags %#x, %#x: %#x to %#x, cleared to %#x, entry %#x\n' $((i * 4)) "$flags" "$header" "$load" "$end" "$bss" "$entry"
    local from=$((i * 4 - (header - load)))
    ((end)) || end=$((load + size - from))
    ((!(flags & ~0x10007) && flags & 0x10000 && header >= load && from >= 0 && end >= load && from + end - load <= size)) &&
        ((!bss || bss >= end)) && ((entry >= load && entry < end))
}
for image in hello stream; do check "crosvm: $image's multiboot header" crosvm_takes "$B/apps/$image.elf"; done
shorter() { head -c 6000 "$B/apps/hello.elf" > "$TMP/short.elf" && ! crosvm_takes "$TMP/short.elf"; }
check "crosvm: an image that ends too early is refused" shorter

# As crosvm hands it over by multiboot; its real words (x86_64/src/lib.rs), a real guest.
shared() {
    timeout 60 qemu-system-x86_64 -M microvm -m 64 -display none -serial stdio -no-reboot -monitor none \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$B/apps/hello.elf" -append "panic=-1 console=ttyS0 $1" < /dev/null
}
expect "kernel: words before a shared line" 1 '^argument 1: a' shared 'limpet.line=shared limpet.tty=none -- a "b c"'
also "kernel: and what is quoted" '^argument 2: b c'
also "kernel: no argument more" '^LIMPET: exit 0'
check "kernel: none of them is an argument" bash -c "! grep -qE 'panic=|console=|argument 3' '$TMP/last'"

faked() { # PLATFORM PLAY [OPTION…] [-- ARG…]
    env PATH="$fakes:$PATH" TMPDIR="$TMP/tmp" FAKE_PLAY="$2" "$B/limpet" run hello -p "$1" "${@:3}" < /dev/null
}
mkdir -p "$TMP/tmp"
if [ -w /dev/kvm ]; then
    for vmm in firecracker cloud-hypervisor crosvm; do
        expect "fake $vmm: arguments and status" 7 'line .* -- a "b c" ""' faked $vmm end -- a "b c" ""
        expect "fake $vmm: a time-out" 122 'did not end in time \(1 s\)' faked $vmm hang --timeout 1
        expect "fake $vmm: its own words" 121 'the host said no' faked $vmm refuse
        expect "fake $vmm: a signal" 126 'killed by signal 11' faked $vmm signal
    done
    expect "fake: a line beyond ASCII" 2 'Firecracker takes printable ASCII only' faked firecracker end -- ä
    expect "fake: a line too long" 2 'Firecracker takes 2047 at most' faked firecracker end -- "$(printf '%02000d' 0)" "$(printf '%048d' 0)"
    nothing_left() { [ -z "$(ls -A "$TMP/tmp")" ] && ! pgrep -f "^/bin/bash $fakes/"; }
    check "fake: no folder and no process is left" nothing_left
else
    skip "fakes by limpet run" "/dev/kvm is not here, or not ours; the unit tests run the fakes without"
fi

lkvm=$(command -v lkvm)
if [ -z "$lkvm" ]; then
    skip "a real kvmtool in the lab" "no lkvm in PATH; Debian has none (\"make lkvm-static\" of its sources makes it)"
elif ! "$B/limpet" platforms | grep -qE '^kvmtool +(lab|native)'; then
    skip "a real kvmtool in the lab" "$lkvm is not linked statically"
else
    for app in fault echo; do check "kvmtool: $app" "$B/limpet-cc" -O2 -g tests/guest/$app.c -lm -o "$TMP/$app.elf"; done
    for app in fault echo; do check "kvmtool: $app.bz" "$B/limpet-bz" "$TMP/$app.elf"; done
    check "kvmtool: a boot of the lab" session kvm 1200 << 'END'
head -c 20000 /dev/urandom > /tmp/bytes
run kvmtool hello 'a'
part arguments ./limpet run hello -p kvmtool --timeout 300 -- a 'b c' ''
part status ./limpet run fault -p kvmtool --timeout 300 -- 7
part panic ./limpet run fault -p kvmtool --timeout 300 -- null
part smp ./limpet run demo -p kvmtool --timeout 300 --smp 2
back() { ./limpet run echo -p kvmtool --timeout 300 < /tmp/bytes | cmp - /tmp/bytes && echo same; }
part stream back
part default sh -c "mkdir /tmp/home; HOME=/tmp/home lkvm run -k apps/hello.bz -c 1 --console serial -p '-- a \"b c\"'"
END
    check "kvmtool: hello" ended kvm "kvmtool hello a" 0 'LIMPET: exit 0'
    check "kvmtool: arguments" ended kvm arguments 0 '^argument 2: b c' '^argument 3: '
    check "kvmtool: status 7" ended kvm status 7
    check "kvmtool: a panic" ended kvm panic 123 'the guest panicked: null pointer'
    check "kvmtool: two processors, which nobody tells of" ended kvm smp 0 'hello, says the thread'
    check "kvmtool: input of any bytes, to its end and back" ended kvm stream 0 '^same'
    check "kvmtool: its own sixteen words are no arguments" ended kvm default 0 '^argument 1: a' '^argument 2: b c'
fi
