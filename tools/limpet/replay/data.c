/* Published tables, as they were printed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"

#include <math.h>
#include <stddef.h>

#define BASIC(text, row, ...)                                                                      \
    .label = (text), .theirs = {__VA_ARGS__}, .grain = 1, .suite = "basic", .name = (row),         \
    .key = "value", .unit = "cycles"

/* Rate × min time over the bytes per iteration says so. */
#define ELEMENTS 14000000

#define RATE(kernel, ...)                                                                          \
    {                                                                                              \
        .section = "STREAM " kernel, .label = "rate, MB/s", .theirs = {__VA_ARGS__}, .more = true, \
        .digits = 1, .suite = "stream", .name = (kernel), .key = "value", .unit = "MB/s",          \
        .elements = ELEMENTS                                                                       \
    }
#define TIME(kernel, text, field, ...)                                                             \
    {                                                                                              \
        .label = (text), .theirs = {__VA_ARGS__}, .digits = 6, .suite = "stream",                  \
        .name = (kernel), .key = (field), .unit = "MB/s", .elements = ELEMENTS                     \
    }

#define DHCP "theirs is a DHCP time-out, most likely"

/* Columns: KVM, QEMU, HVM, PVH. */
static const struct replay_row hermitcore_rows[] = {
    {.section = "Basic: CPU cycles", BASIC("getpid", "getpid", 9, 122, 12, 12)},
    {BASIC("sched_yield", "sched_yield", 79, 360, 90, 83)},
    {BASIC("malloc", "malloc(1 MiB)", 5858, 51812, 51311, 86658)},
    {BASIC("write access", "first page access", 3368, 34626, 42607, 83368)},
    RATE("Copy", 23342.8, 5153.7, 24294.7, 24141.9),
    TIME("Copy", "avg, s", "avg_s", 0.009865, 0.045812, 0.009369, 0.009469),
    TIME("Copy", "min, s", "min_s", 0.009596, 0.043464, 0.009220, 0.009278),
    TIME("Copy", "max, s", "max_s", 0.014814, 0.047941, 0.010860, 0.012305),
    RATE("Scale", 16556.5, 1094.8, 17263.1, 17189.3),
    TIME("Scale", "avg, s", "avg_s", 0.013793, 0.218594, 0.013157, 0.013252),
    TIME("Scale", "min, s", "min_s", 0.013529, 0.204610, 0.012976, 0.013031),
    TIME("Scale", "max, s", "max_s", 0.017478, 0.229119, 0.015088, 0.019612),
    RATE("Add", 19264.9, 1562.1, 20038.9, 19955.0),
    TIME("Add", "avg, s", "avg_s", 0.017679, 0.225724, 0.016974, 0.017068),
    TIME("Add", "min, s", "min_s", 0.017441, 0.215092, 0.016767, 0.016838),
    TIME("Add", "max, s", "max_s", 0.020491, 0.237715, 0.018722, 0.022021),
    RATE("Triad", 19088.8, 897.4, 19856.3, 19772.2),
    TIME("Triad", "avg, s", "avg_s", 0.017928, 0.394932, 0.017111, 0.017232),
    TIME("Triad", "min, s", "min_s", 0.017602, 0.374413, 0.016922, 0.016994),
    TIME("Triad", "max, s", "max_s", 0.021669, 0.415066, 0.018756, 0.021154),
    {.section = "Boot: ms",
     .label = "boot time (ours: door to main)",
     .theirs = {80, 60, 6140, 80},
     .unlike = {NULL, NULL, DHCP, NULL},
     .grain = 10,
     .suite = "boot",
     .name = "door to main",
     .key = "value",
     .unit = "us",
     .scale = 1e-3},
    {.label = "beside it: unpause to main",
     .suite = "boot",
     .name = "unpause to main",
     .key = "value",
     .unit = "us",
     .scale = 1e-3},
    {.label = "beside it: start to exit",
     .suite = "boot",
     .name = "start to exit",
     .key = "value",
     .unit = "ms"},
    {.label = NULL},
};

static const char *const hermitcore_notes[] = {
    "getpid, sched_yield: the same loop, 10,000 calls between two time stamps, in whole cycles "
    "there.",
    "malloc: 256 blocks of 1 MiB, none touched; ours reserves addresses only.",
    "write access: the mean of the same 65,536 touches, which mixes the guest's fault, zeroing and "
    "the host's own fault; theirs maps 2 MiB at a time, ours 4 KiB (2 MiB with limpet.heap=2m).",
    "STREAM: 14,000,000 doubles per array (rate × min time says so); best, "
    "average and slowest pass; of several runs of ours the medians of these.",
    "Boot time: theirs is counted inside the guest, in ticks of 10 ms from the start of its timer "
    "to the application; it leaves out VMM, firmware and loader and holds the wait for DHCP.",
    "Ours is held against it as door to main, also inside the guest: from its first instruction, "
    "thus earlier than theirs, to main(); there is no network to wait for.",
    "HVM's 6,140 ms fit a DHCP client that backs off 2 s, then 4 s, rather than the devices that "
    "the text blames: the cell is not judged.",
    NULL,
};

#define ON_ALL       .platforms = {"vmm", "kvm", "qemu"}
#define ON_HARDWARE  .platforms = {"vmm", "kvm"}
#define BELOW(limit) .low = 0, .high = (limit)
#define AS(figure)   .low = (figure), .high = (figure)
#define HELD         "isolation, 4 at once, all held"

static const struct replay_claim mini_kvm_claims[] = {
    {.section = "Lives",
     .label = "hello, start to exit",
     .theirs = "< 10 ms",
     BELOW(10),
     .name = "hello, start to exit",
     .unit = "ms",
     ON_ALL},
    {.label = "setting the machine up",
     .theirs = "< 10 ms",
     BELOW(10),
     .name = "hello, set-up",
     .unit = "ms",
     ON_HARDWARE},
    {.label = "setting QEMU's up",
     .theirs = "~100 ms, estimated",
     AS(100),
     .name = "hello, set-up",
     .unit = "ms",
     .platforms = {"kvm", "qemu"}},
    {.label = "making a vCPU",
     .theirs = "< 1 ms",
     BELOW(1000),
     .name = "hello, a vCPU's creation",
     .unit = "us",
     .platforms = {"vmm"}},
    {.label = "counter, start to exit",
     .theirs = "24 ms",
     AS(24),
     .name = "counter, start to exit",
     .unit = "ms",
     ON_HARDWARE},
    {.label = "counter under QEMU's TCG",
     .theirs = "720 to 2400 ms, estimated",
     .low = 720,
     .high = 2400,
     .name = "counter, start to exit",
     .unit = "ms",
     .platforms = {"qemu"}},
    {.label = "QEMU with KVM is similar",
     .theirs = "similar, estimated",
     AS(1),
     .name = "hello, start to exit",
     .unit = "x",
     .over = "kvm",
     .platforms = {"vmm"}},
    {.label = "fibonacci, start to exit",
     .theirs = "24 ms",
     AS(24),
     .name = "fibonacci, start to exit",
     .unit = "ms",
     ON_HARDWARE},
    {.label = "fibonacci's output",
     .theirs = "wrong, ended early",
     .low = 0,
     .high = INFINITY,
     .name = "fibonacci(90)",
     .unit = "right",
     .fact = true,
     .holds = "ours is right: it checks itself, to F(90)",
     ON_ALL},
    {.section = "Exits",
     .label = "hello: 12 outputs, 1 HLT",
     .theirs = "13",
     AS(13),
     .name = "hello, start to exit",
     .unit = "exits",
     .fact = true,
     ON_HARDWARE},
    {.label = "fibonacci",
     .theirs = "2",
     AS(2),
     .name = "fibonacci, start to exit",
     .unit = "exits",
     .fact = true,
     ON_HARDWARE},
    {.label = "counter",
     .theirs = "~100",
     AS(100),
     .name = "counter, start to exit",
     .unit = "exits",
     .fact = true,
     ON_HARDWARE},
    {.label = "an exit, there and back",
     .theirs = "~0.8 ms",
     AS(800),
     .name = "hypercall, port",
     .unit = "us",
     ON_HARDWARE},
    {.label = "its handling",
     .theirs = "< 100 µs",
     BELOW(100),
     .name = "counter, an exit's handling",
     .unit = "us",
     .platforms = {"vmm"}},
    {.label = "beside it: the hypervisor alone",
     .theirs = "< 100 µs",
     BELOW(100),
     .name = "hypercall, CPUID",
     .unit = "us",
     ON_HARDWARE},
    {.section = "KVM is faster than QEMU's TCG",
     .label = "simple arithmetic (fibonacci)",
     .theirs = "50 to 100 ×, estimated",
     .low = 50,
     .high = 100,
     .name = "fibonacci(90)",
     .unit = "x",
     .over = "qemu",
     ON_HARDWARE},
    {.label = "memory access (matrix)",
     .theirs = "30 to 50 ×, estimated",
     .low = 30,
     .high = 50,
     .name = "matrix 8x8",
     .unit = "x",
     .over = "qemu",
     ON_HARDWARE},
    {.label = "memory access (characters)",
     .theirs = "30 to 50 ×, estimated",
     .low = 30,
     .high = 50,
     .name = "characters 1 KiB",
     .unit = "x",
     .over = "qemu",
     ON_HARDWARE},
    {.label = "output (counter)",
     .theirs = "10 to 20 ×, estimated",
     .low = 10,
     .high = 20,
     .name = "counter, a line",
     .unit = "x",
     .over = "qemu",
     ON_HARDWARE},
    {.section = "Four at once",
     .label = "all run in parallel",
     .theirs = "yes",
     .low = 1e-3,
     .high = INFINITY,
     .name = HELD,
     .unit = "ms",
     .fact = true,
     .holds = "holds: all at the same time, for so long",
     ON_ALL},
    {.label = "4 MB each, isolated",
     .theirs = "yes",
     .low = 1e-3,
     .high = INFINITY,
     .name = "isolation, 4 at once",
     .unit = "MB/s",
     .fact = true,
     .holds = "holds: each read back its own pattern only",
     ON_ALL},
    {.label = NULL},
};

static const char *const mini_kvm_notes[] = {
    "Ours is measured by: limpet bench vmm -p vmm,kvm,qemu --parallel 4 -o FILE",
    "Theirs are flat programs without an OS, a character of output is an exit. Ours are the same "
    "programs on a library OS: its boot and its end are in their lives and exits, and output goes "
    "a line at a time where the machine lets it.",
    "Exits: theirs are those that come to the VMM, by output and HLT; ours are those by io and "
    "hlt. "
    "KVM deals with the others, which limpet bench counts too.",
    "Start to exit is the whole life of the process that runs the machine, each guest doing its "
    "work once. Set-up ends when the processor is let go.",
    "An exit, there and back: one read of the port next to the console's, timed in the guest, the "
    "median of the runs' means; the VMM's process answers it, as it takes a character of output. "
    "CPUID is answered by the hypervisor itself. Its handling: from KVM's return to the VMM to the "
    "next entry, the median of all of counter's exits. Theirs are two figures, maybe for one "
    "thing.",
    "All of their figures for QEMU are estimates; here they are measured.",
    "That programs compute at native speed is not judged: there is no figure for it.",
    NULL,
};

static const char *const hermitcore_faults[] = {
    "The boot's clock has steps of 10 ms: 80, 60 and 80 are 8, 6 and 8 of them. That QEMU, 4 to 21 "
    "times slower in every other table, boots faster, two steps do not tell.",
    "write access is one mean of 65,536 touches of three kinds: 1 in 512 faults in the guest, some "
    "fault in the host, most do neither. It is the figure of none of them, and grows with what the "
    "host had not backed before.",
    "KVM ran on the machine, Xen in a virtual machine on it: the 4 % of STREAM between them are of "
    "one session each, whose own average and best pass lie 2.8 % (KVM) and 1.6 % (HVM) apart.",
    "getpid and sched_yield are ticks of a counter of one rate, not cycles: the processor's own "
    "clock goes from 2.6 to 3.5 GHz, which alone makes 9 ticks of 12.",
    NULL,
};

static const char *const mini_kvm_faults[] = {
    "0.8 ms an exit and less than 0.1 ms an exit stand in one text. The first is the whole life of "
    "hello, less than 10 ms, over its 13 exits (0.77 ms): the life's time, not an exit's.",
    "counter with some 100 exits and fibonacci with 2 both take 24 ms: the number of exits does "
    "not show in it, so what was timed is the process and its set-up.",
    "fibonacci's output was wrong and it ended early, so its 24 ms are of no known amount of "
    "work.",
    "All figures of QEMU are estimates, and so are all ratios to it; nothing was measured.",
    NULL,
};

const struct publication publications[] = {
    {
        .name = "hermitcore",
        .line = "HermitCore on KVM, QEMU, Xen HVM, Xen PVH: basic, STREAM, boot time",
        .setting =
            "Lenovo T470, Intel Core i5-7300U at 2.6 GHz, Arch Linux, 1 vCPU, 512 MiB; Xen, unlike "
            "KVM, was itself in a virtual machine",
        .notes = hermitcore_notes,
        .columns = {"kvm", "qemu", "xen-hvm", "xen-pvh", NULL},
        .vcpus = 1,
        .mem_mib = 512,
        .rows = hermitcore_rows,
        .faults = hermitcore_faults,
    },
    {
        .name = "mini-kvm",
        .line = "A VMM straight on KVM beside QEMU: lives, exits, four guests at once",
        .setting =
            "a VMM of its own on the KVM interface, Linux x86-64, Intel or AMD; 4 MB a guest",
        .notes = mini_kvm_notes,
        .columns = {"vmm", "kvm", "qemu", NULL},
        .vcpus = 1,
        .claims = mini_kvm_claims,
        .faults = mini_kvm_faults,
    },
    {
        .name = "confidential",
        .line = "Confidential virtual machines: CPUID, memory, programs on TDX and without",
        .setting = "as told: AMD EPYC 7713P, 16 vCPU, 16 GiB, QEMU 7.2 patched; the rows are of an "
                   "Intel machine with TDX",
        .notes = confidential_notes,
        .columns = {"kvm", "qemu", "host", NULL},
        .claims = confidential_claims,
        .faults = confidential_faults,
    },
    {
        .name = "qemu-cfi",
        .line = "QEMU with control-flow integrity beside QEMU without: boots, containers, storage",
        .setting = "2 Intel Xeon E5-2683 v4 at 2.1 GHz, 512 GB, Ubuntu 18.04, Linux 4.15",
        .notes = qemu_cfi_notes,
        .columns = {"kvm", "qemu", NULL},
        .claims = qemu_cfi_claims,
        .faults = qemu_cfi_faults,
    },
    {
        .name = "lmbench",
        .line = "lmbench in a Linux guest, its kernel instrumented and plain",
        .setting = "Linux 6.8 in a QEMU guest, lmbench 3.0 at 701c6c3, subset OS, 4096 MB",
        .notes = lmbench_notes,
        .columns = {"kvm", "qemu", "linux-qemu", NULL},
        .claims = lmbench_claims,
        .faults = lmbench_faults,
    },
    {.name = NULL},
};
