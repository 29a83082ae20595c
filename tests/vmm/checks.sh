# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
# limpet-vmm, checked in a folder with ./limpet, ./limpet-vmm and apps/ by lines PASS and FAIL: by bash on a host,
# by busybox in the lab. With PLAIN set, only by guests without SSE, which a KVM that interprets does not know.
V="./limpet-vmm --timeout 20 ${LIMPET_EMULATED:+--no-xsave}"
scratch=$(mktemp -d)
out=$scratch/out stats=$scratch/stats
try() { # NAME STATUS PATTERN COMMAND…
    name=$1 want=$2 pattern=$3 got=0
    shift 3
    "$@" >"$out" 2>&1 </dev/null || got=$?
    if [ $got = "$want" ] && { [ -z "$pattern" ] || grep -qE -- "$pattern" "$out"; }; then
        echo "PASS $name"
    else
        echo "FAIL $name: status $got"
        sed 's/^/ | /' "$out"
    fi
}
vmm() { # $V is several words
    # shellcheck disable=SC2086
    $V "$@"
}
letter() {
    option=$1
    shift
    vmm --append "$option" "$@" apps/small.elf
}
with_input() { echo xyz | letter r; }
nobody_reads() { # nor does a signal that comes while it waits go lost
    mkfifo "$scratch/fifo$1"
    exec 8<>"$scratch/fifo$1"
    letter b --smp "$1" --timeout 1 <&8 >&8
}
reader_leaves() {
    { letter b || echo $? >"$scratch/status"; } | head -c 1 >/dev/null
    return "$(cat "$scratch/status")"
}
few_files() {
    ended=0
    letter e --stats "$stats" >&- || ended=$?
    grep -c '^{.*}$' "$stats"
    return $ended
}
last_line() { # nothing comes after it
    vmm "$@" >"$scratch/said" || return
    cat "$scratch/said"
    tail -n 1 "$scratch/said" | grep -q '^LIMPET: exit 0'
}
judged() { # a guest of checks on a machine that ends with 0 whatever its guest's status
    vmm "$@" && ! grep -q '^FAIL' "$out"
}
there_and_back() { # some by interrupts and some not; a terminal's end is told twice, to be sure
    seq 1 400 >"$scratch/text"
    { cat "$scratch/text"; sleep 1; echo the last; printf '\004\004'; sleep 2; } | vmm --bare="$1" apps/echo.elf >"$scratch/back"
    echo the last >>"$scratch/text"
    tr -d '\r' <"$scratch/back" | sed '/^LIMPET: /d' | cmp - "$scratch/text" && echo same
}
jail() {
    # shellcheck disable=SC2086
    $V --append l apps/small.elf &
    pid=$!
    sleep 0.5
    grep -E '^(Seccomp|NoNewPrivs|CapEff):' /proc/$pid/status
    for fd in /proc/"$pid"/fd/*; do
        [ "${fd##*/}" -le 2 ] || readlink "$fd"
    done | sort | tr '\n' ' '
    echo
    kill -TERM $pid
    wait $pid
}

# Every door, on our machine and on those of foreign VMMs.
of() { # DOOR APP: the file that goes with it
    case $1 in bz*) echo "apps/$2.bz" ;; *) echo "apps/$2.elf" ;; esac
}
for door in pvh long linux64 linux32 bz64 bz32; do
    hello=$(of $door hello)
    try "$door: hello" 0 '^Hello from Limpet!$' vmm --door $door "$hello"
    try "$door: arguments" 0 '^argument 2: b "c$' vmm --door $door "$hello" -- a 'b "c'
    try "$door: statistics" 0 Hello vmm --door $door --stats "$stats" "$hello"
    try "$door: exits of hello ≤ 3" 0 '"exits":[123],' cat "$stats"
    try "$door: and which door it was" 0 "\"door\":\"$door\"" cat "$stats"
    for bare in zeros ones; do
        try "$door, bare ($bare): arguments" 0 '^argument 2: b "c$' last_line --bare=$bare --door $door "$hello" -- a 'b "c'
    done
done
try "bare: statistics" 0 Hello vmm --bare --stats "$stats" apps/hello.elf
try "bare: its end is the 8042's" 0 '"port":100,"direction":"out"' cat "$stats"
try "bare: QEMU's exit port is not trusted" 1 '' grep -q '"port":244,"direction":"out"' "$stats"
try "bare: not one request" 1 '' grep -q '"port":19536' "$stats"
try "bare: it enters by PVH" 0 '"door":"pvh"' cat "$stats"
try "memory beyond 4 GiB" 0 Hello vmm --mem 5000 apps/hello.elf
try "60 GiB of memory" 0 Hello vmm --mem 60000 apps/hello.elf
try "input, and its end" 77 '^xyz$' with_input
try "nobody reads the console" 122 'in time \(1 s\)' nobody_reads 1
try "nobody reads, two processors" 122 'in time \(1 s\)' nobody_reads 2
try "a reader that leaves" 1 'cannot write the console: Broken pipe' reader_leaves
try "no standard output: the statistics are not it" 77 '^1$' few_files
try "a clock without its descriptor" 2 'descriptor 3 is not open' vmm --clock apps/hello.elf
try "a guest's status" 77 '' letter e
try "a panic" 123 'the guest panicked' letter c
try "a triple fault" 124 'triple fault' letter t
try "a time-out" 122 'in time \(1 s\); its first processor was at 0x1' letter l --timeout 1
try "a write over the end of memory is refused" 14 '' letter f
try "a write whose length wraps is refused" 14 '' letter w
try "an unknown request is refused" 22 '' letter u
try "a request outside memory ends the guest" 124 'request at 0x8000000' letter F
try "a request that is not aligned ends the guest" 124 'not aligned' letter o
try "nothing is where no device is" 77 '' letter m
try "serial port and isa-debug-exit" 7 '^ok$' letter s
try "1000 null requests" 77 '' letter n --stats "$stats"
try "all of them counted" 0 '"reason":"io","count":1001,"port":19536,"direction":"out"' cat "$stats"
try "4 processors" 4 '' letter p --smp 4
try "64 processors" 64 '' letter p --smp 64
try "the end of one ends all" 77 '' letter a --smp 4
try "statistics that cannot be written" 1 'cannot write' vmm --stats /no/such apps/hello.elf
try "jail: system calls" 143 '^Seccomp:.*2$' jail
try "jail: no new privileges" 143 '^NoNewPrivs:.*1$' jail
try "jail: no capability" 143 '^CapEff:.*0000000000000000$' jail
try "jail: files" 143 '^/dev/kvm anon_inode:kvm-vcpu:0 anon_inode:kvm-vm $' jail
private() {
    vmm "$1" apps/private.elf -- ${2+"$2"}
}
try "--sev: hello" 0 '^argument 1: a$' vmm --sev apps/hello.elf -- a
try "--sev: more than one GiB" 0 '^Hello' vmm --sev --mem 5000 apps/hello.elf
try "--sev: every entry has the C-bit" 0 '^C-bit, CR3 has it: [0-9]{4} entries with it, [0-9]+ without, wrong: 0$' private --sev
try "--sev: another C-bit" 0 'CR3 has it: [0-9]{4} .*wrong: 0$' private --sev=39
try "no --sev, no C-bit" 0 '^no C-bit: 0 entries with it, [0-9]{4} without' private --mem=128
try "--sev: the guest knows" 0 '^possible: sev, active: sev$' private --sev
try "--sev=possible: it does not take that for active" 0 '^possible: sev, active: none$' private --sev=possible
try "--sev=possible: no C-bit" 0 '^no C-bit: 0 entries with it' private --sev=possible
try "no --sev: the guest knows" 0 '^possible: none, active: none$' private --mem=128
try "--sev=es: refused before the first CPUID" 124 'reason set 0, reason 1: it does not know SEV-ES$' vmm --sev=es --door pvh apps/hello.elf
try "an MSR that is not there is found so" 14 '' vmm apps/guard.elf
try "--sev: and one that is, is read" 15 '' vmm --sev apps/guard.elf
for what in 1 text; do
    try "--sev: an entry without it stops the guest at once ($what)" 124 \
        '^limpet-vmm: --sev: a page-table entry lacks the C-bit' private --sev $what
done
# A table that is not there: KVM with hardware tries for ever to walk it, one that interprets tells.
stopped() {
    ended=0
    vmm --sev --timeout 5 apps/private.elf -- "$1" || ended=$?
    [ $ended = 124 ] || [ $ended = 122 ]
}
for what in 2 3 4; do
    try "--sev: an entry of level $what without it: no way on" 0 \
        '^limpet-vmm: (--sev: a page-table entry lacks the C-bit|the guest did not end in time)' stopped $what
done
try "no --sev: an entry without it does not" 97 '^survived: 7$' private --mem=128 1

if [ -z "${PLAIN-}" ]; then
    try "--sev: threads and their stacks" 0 'CR3 has it: [0-9]{4} .*wrong: 0$' private --sev thread
    try "--sev: files, threads, floats" 0 'hello, says the thread' vmm --sev apps/demo.elf
    for app in threads sync; do
        try "--sev: guest: $app" 0 '^PASS' vmm --sev --timeout 300 apps/$app.elf
    done
    run() { ./limpet run apps/fault.elf -p vmm "$@"; }
    guest() { ./limpet run -p vmm --timeout 300 "$@"; }
    echo "brought along" >"$scratch/module.txt"
    try "status 3" 3 'ending by three' vmm apps/fault.elf -- three
    try "demo: files, threads, floats" 0 'hello, says the thread' vmm apps/demo.elf
    try "the TSC's frequency" 0 'TSC: [0-9]+ Hz by CPUID 0x40000010' vmm apps/demo.elf
    try "panic of the kernel" 123 'null pointer: write' vmm apps/fault.elf -- null
    try "stack overflow" 123 'stack overflow' vmm apps/fault.elf -- stack
    try "triple fault of an app" 124 'triple fault' vmm apps/fault.elf -- triple
    try "endless loop" 122 'did not end in time' vmm --timeout 2 apps/fault.elf -- loop
    try "deadlock, which halts" 122 'did not end in time' vmm --timeout 2 apps/fault.elf -- deadlock
    for door in pvh linux64 linux32 bz64 bz32; do
        fault=$(of $door fault)
        try "$door: status 7" 7 'LIMPET: exit 7' vmm --door $door "$fault" -- 7
        for bare in zeros ones; do
            try "$door, bare ($bare): status 7 is said" 0 'LIMPET: exit 7' vmm --bare=$bare --door $door "$fault" -- 7
        done
        try "$door, bare: a panic" 0 '^LIMPET: panic: null pointer' vmm --bare --door $door "$fault" -- null
        try "limpet run --door $door: status 3" 3 '' ./limpet run apps/fault.elf -p vmm --door $door -- three
    done
    for bare in zeros ones; do
        try "bare ($bare): files, threads, floats" 0 'hello, says the thread' vmm --bare=$bare --door linux64 apps/demo.elf
        try "bare ($bare): the TSC's frequency" 0 'TSC: [0-9]+ Hz by ' vmm --bare=$bare apps/demo.elf
        for app in sync memory; do try "bare ($bare): guest: $app" 0 '^PASS' judged --bare=$bare apps/$app.elf; done
        try "bare ($bare): guest: system" 0 '^PASS boot_modules' judged --bare=$bare --door linux64 \
            --module "$scratch/module.txt" --append 'limpet.name=module.txt' apps/system.elf
        try "bare ($bare): input, byte by byte" 0 '^same$' there_and_back $bare
    done
    try "bare: several processors, of which nobody tells" 0 'hello, says the thread' vmm --bare --smp 4 apps/demo.elf
    try "limpet run: status" 3 'ending by three' run -- three
    try "limpet run: panic" 123 'limpet: .*the guest panicked: null pointer' run -- null
    try "limpet run: triple fault" 124 'limpet: .*triple fault' run -- triple
    try "limpet run: hang" 122 'limpet: .*did not end in time' run --timeout 2 -- loop
    for app in threads sync memory; do
        try "guest: $app" 0 '^PASS' guest apps/$app.elf -e CONTENTION_SECONDS=2
    done
    try "guest: system, with a module" 0 '^PASS' guest apps/system.elf --module "$scratch/module.txt" -e "GIVEN=a b\"c\\"
fi
rm -r "$scratch"
