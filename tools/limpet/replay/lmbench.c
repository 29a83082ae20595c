/* Published claims: lmbench's table OS in a guest whose kernel is instrumented.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "replay/replay.h"

#include <stddef.h>

/* Theirs: of the kernel without callbacks (or with them off), then the same with them on. */
#define ROW(text, plain, row_name)                                                                 \
    .label = text, .theirs = #plain " µs", .low = (plain), .high = (plain), .name = (row_name),    \
    .unit = "us", .suite = "micro", .hardware = true, .where_measured = true,                      \
    .platforms = {"kvm", "qemu", "linux-qemu"}
#define BANDWIDTH(text, plain, row_name, moved)                                                    \
    .label = text, .theirs = #plain " MB/s", .low = (plain), .high = (plain), .name = (row_name),  \
    .unit = "MB/s", .suite = "micro", .bytes = (moved), .more = true, .hardware = true,            \
    .where_measured = true, .platforms = {"kvm", "qemu", "linux-qemu"}
#define ON(text, plain, instrumented, unit_is)                                                     \
    .label = text ", callbacks", .theirs = #instrumented " against " #plain " " unit_is,           \
    .none = "of two kernels: see INSTRUMENT below"
#define NONE(text, figures, why) .label = text, .theirs = figures, .none = why

#define MIB 1048576

const struct replay_claim lmbench_claims[] = {
    {.section = "Processes", ROW("null call, baseline", 1.33, "null call")},
    {ROW("null call, off", 1.88, "null call")},
    {ON("null call", 1.88, 49.2, "µs")},
    {ROW("null I/O, baseline: read", 1.72, "read 1 B of /dev/zero")},
    {ROW("null I/O, baseline: write", 1.72, "write 1 B to /dev/null")},
    {ROW("null I/O, off: read", 2.43, "read 1 B of /dev/zero")},
    {ROW("null I/O, off: write", 2.43, "write 1 B to /dev/null")},
    {ON("null I/O", 2.43, 33.9, "µs")},
    {ROW("stat, baseline", 72, "stat")},
    {ROW("stat, off", 101, "stat")},
    {ON("stat", 101, 701, "µs")},
    {ROW("open, close, baseline", 134, "open, close")},
    {ROW("open, close, off", 212, "open, close")},
    {ON("open, close", 212, 1335, "µs")},
    {ROW("select, 100 TCP, baseline", 32.6, "select, 100 TCP")},
    {ROW("select, 100 TCP, off", 46.6, "select, 100 TCP")},
    {ON("select, 100 TCP", 46.6, 1531, "µs")},
    {ROW("signal install, baseline", 2.15, "signal install")},
    {ROW("signal install, off", 3.15, "signal install")},
    {ON("signal install", 3.15, 49.9, "µs")},
    {ROW("signal handle, baseline", 32, "signal handle")},
    {ROW("signal handle, off", 45, "signal handle")},
    {ON("signal handle", 45, 574, "µs")},
    {ROW("fork, baseline", 14000, "fork, exit")},
    {ROW("fork, off", 11000, "fork, exit")},
    {ON("fork", 11000, 144000, "µs")},
    {ROW("exec, baseline", 33000, "fork, exec")},
    {ROW("exec, off", 28000, "fork, exec")},
    {ON("exec", 28000, 326000, "µs")},
    {ROW("sh, baseline", 62000, "fork, sh")},
    {ROW("sh, off", 60000, "fork, sh")},
    {ON("sh", 60000, 612000, "µs")},
    {.section = "Context switches", ROW("2p/0K", 101.3, "context switch, 2p/0K")},
    {ON("2p/0K", 101.3, 12.6, "µs")},
    {ROW("2p/16K", 98.5, "context switch, 2p/16K")},
    {ON("2p/16K", 98.5, 17.6, "µs")},
    {ROW("2p/64K", 94.4, "context switch, 2p/64K")},
    {ON("2p/64K", 94.4, 73, "µs")},
    {ROW("8p/16K", 210.3, "context switch, 8p/16K")},
    {ON("8p/16K", 210.3, 426.1, "µs")},
    {ROW("8p/64K", 277.9, "context switch, 8p/64K")},
    {ON("8p/64K", 277.9, 385.1, "µs")},
    {ROW("16p/16K", 231.7, "context switch, 16p/16K")},
    {ON("16p/16K", 231.7, 306, "µs")},
    {ROW("16p/64K", 224.8, "context switch, 16p/64K")},
    {ON("16p/64K", 224.8, 612.7, "µs")},
    {.section = "Local communication", ROW("pipe", 150.8, "pipe, round trip")},
    {ON("pipe", 150.8, 569.9, "µs")},
    {ROW("AF_UNIX", 275, "AF_UNIX, round trip")},
    {ON("AF_UNIX", 275, 3074, "µs")},
    {ROW("UDP", 374, "UDP, round trip")},
    {ON("UDP", 374, 4316, "µs")},
    {ROW("TCP", 494.1, "TCP, round trip")},
    {ON("TCP", 494.1, 5220, "µs")},
    {ROW("TCP connect", 1328, "TCP, connect")},
    {ON("TCP connect", 1328, 14.1, "µs")},
    {.section = "Files and memory",
     NONE("mmap", "753400 µs, 8014200 with callbacks",
          "theirs is 26,214 faults in one figure; ours maps one region")},
    {ROW("protection fault", 9.776, "protection fault")},
    {ON("protection fault", 9.776, 146, "µs")},
    {ROW("page fault", 16.4, "page fault, file")},
    {ON("page fault", 16.4, 332.6, "µs")},
    {ROW("select, 100 files", 19.2, "select, 100 files")},
    {ON("select, 100 files", 19.2, 475, "µs")},
    {.section = "Bandwidth", BANDWIDTH("pipe", 109, "pipe, 64 KiB", 65536)},
    {ON("pipe", 109, 4.61, "MB/s")},
    {BANDWIDTH("AF_UNIX", 349, "AF_UNIX, bandwidth", 65536)},
    {ON("AF_UNIX", 349, 21.4, "MB/s")},
    {BANDWIDTH("TCP", 210, "TCP, bandwidth", 65536)},
    {ON("TCP", 210, 12.7, "MB/s")},
    {BANDWIDTH("file reread", 3224.8, "file reread, 64 KiB", 65536)},
    {ON("file reread", 3224.8, 207.8, "MB/s")},
    {BANDWIDTH("mmap reread", 8988.1, "mmap reread, 1 MiB", MIB)},
    {ON("mmap reread", 8988.1, 14100, "MB/s")},
    {BANDWIDTH("bcopy by libc", 9381.1, "memcpy, 1 MiB", MIB)},
    {ON("bcopy by libc", 9381.1, 10500, "MB/s")},
    {BANDWIDTH("bcopy by hand", 4419.1, "copy by hand, 1 MiB", MIB)},
    {ON("bcopy by hand", 4419.1, 7833.2, "MB/s")},
    {BANDWIDTH("memory read", 9083, "memory read, 1 MiB", MIB)},
    {ON("memory read", 9083, 10000, "MB/s")},
    {BANDWIDTH("memory write", 6642, "memory write, 1 MiB", MIB)},
    {ON("memory write", 6642, 9200, "MB/s")},
    {.label = NULL},
};

const char *const lmbench_notes[] = {
    "Ours is measured by: limpet bench micro -p kvm,qemu,linux-qemu -o FILE",
    "INSTRUMENT: make INSTRUMENT=1 builds the images with callbacks, and limpet compare micro -p "
    "qemu --b \"--apps build/instrumented/apps\" has the ratios of their rows, with intervals.",
    "The tables behind the first have two lines and no word on which kernel each is of: by pipes "
    "and mmap, 4 and 11 times slower there, the second is the one with callbacks.",
    "Theirs are medians of 11 in a Linux guest, in microseconds; ours are the same operations of a "
    "library OS, where a system call is a call: a difference of 100 × is that of the two kinds of "
    "system, and linux-qemu is the like of theirs.",
    "Bandwidth counts bytes once. Theirs moves files of 4 GiB, ours at most what its row says: a "
    "cache's figures beside a memory's.",
    NULL,
};

const char *const lmbench_faults[] = {
    "The line without instrumentation was measured at 2964 MHz, those with it at 1494 MHz, as "
    "lmbench itself found: a ratio between them is of two clocks as well as of two kernels.",
    "With callbacks a context switch of 2p/0K takes 12.6 µs, without them 101.3 µs. "
    "Instrumentation "
    "does not save 89 µs: the two lie in different heaps, most likely whether an idle virtual CPU "
    "has to be woken, and a median shows one heap.",
    "TCP connect takes 14.1 µs with callbacks and 1328 µs without. lmbench stops looking whether "
    "a connect succeeded once ten have been refused, so what was timed may be refusals.",
    "Reading memory, mapped or copied, is the processor's own work, which no kernel's callbacks "
    "touch: yet these rows differ by 1.1 to 1.8 between the lines. Ratios below that are not told "
    "from noise anywhere in the table.",
    "mmap's 753,400 µs are one operation of the largest size, 4 GiB by the instructions: a store "
    "to every fourth page of its first tenth, 26,214 of them, 29 µs each.",
    "Blank cells are no missing tests: lmbench takes clock and loop costs off and drops what comes "
    "out as 0 or less.",
    "select on 100 files passes 100 as their number although the files' numbers begin higher: the "
    "last few are not looked at.",
    "Only medians are shown, of one boot each: no spread tells how far the next boot lies.",
    NULL,
};
