/* The suite micro: an operating system's single services, as lmbench's table "OS" and hermit-rs
 * have them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "micro",
     .args = "--json",
     .collect = suite_collect_rows,
     .seconds = 20,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

/* Of the suite's table; some systems have no such thing, and say why. */
#define ROW(name)                                                                                  \
    {                                                                                              \
        name, name, "cycles", "less", ROW_OPTIONAL, NULL, NULL, NULL                               \
    }
/* On the screen of a whole measurement, too. */
#define SHOWN(name)                                                                                \
    {                                                                                              \
        name, name, "cycles", "less", ROW_OPTIONAL, name, NULL, NULL                               \
    }

static const struct suite_row rows[] = {
    SHOWN("null call"),
    ROW("read 1 B of /dev/zero"),
    ROW("write 1 B to /dev/null"),
    SHOWN("stat"),
    ROW("fstat"),
    SHOWN("open, close"),
    ROW("select, 10 files"),
    SHOWN("select, 100 files"),
    ROW("select, 100 TCP"),
    ROW("poll, 10 files"),
    ROW("poll, 100 files"),
    ROW("signal install"),
    SHOWN("signal handle"),
    ROW("raise, to the handler"),
    SHOWN("protection fault"),
    ROW("cancel point"),
    ROW("fork, exit"),
    ROW("fork, exec"),
    ROW("fork, sh"),
    SHOWN("pthread_create, pthread_join"),
    ROW("mutex, lock and unlock"),
    ROW("ping-pong, mutex and condition"),
    ROW("ping-pong, semaphores"),
    SHOWN("context switch, 2p/0K"),
    ROW("context switch, 2p/16K"),
    ROW("context switch, 2p/64K"),
    ROW("context switch, 8p/16K"),
    ROW("context switch, 8p/64K"),
    ROW("context switch, 16p/16K"),
    ROW("context switch, 16p/64K"),
    ROW("context switch, CR3 reloaded"),
    ROW("pipe alone, 0K"),
    ROW("pipe alone, 16K"),
    ROW("pipe alone, 64K"),
    SHOWN("pipe, round trip"),
    ROW("AF_UNIX, round trip"),
    ROW("UDP, round trip"),
    ROW("RPC/UDP, round trip"),
    ROW("TCP, round trip"),
    ROW("RPC/TCP, round trip"),
    ROW("TCP, connect"),
    SHOWN("file create, 0 KiB"),
    ROW("file delete, 0 KiB"),
    ROW("file create, 1 KiB"),
    ROW("file delete, 1 KiB"),
    ROW("file create, 4 KiB"),
    ROW("file delete, 4 KiB"),
    ROW("file create, 10 KiB"),
    ROW("file delete, 10 KiB"),
    SHOWN("mmap, munmap"),
    ROW("mmap, store, munmap"),
    ROW("mprotect"),
    SHOWN("page fault, 4 KiB"),
    ROW("page fault, 2 MiB"),
    ROW("page fault, file"),
    SHOWN("pipe, 64 KiB"),
    ROW("AF_UNIX, bandwidth"),
    ROW("TCP, bandwidth"),
    ROW("file reread, 64 KiB"),
    ROW("mmap reread, 1 MiB"),
    ROW("memcpy, 4 KiB"),
    ROW("memcpy, 1 MiB"),
    ROW("memcpy, 16 MiB"),
    ROW("memset, 4 KiB"),
    ROW("memset, 1 MiB"),
    ROW("memset, 16 MiB"),
    ROW("copy by hand, 1 MiB"),
    ROW("memory read, 1 MiB"),
    ROW("memory write, 1 MiB"),
    ROW("allocation storm"),
    ROW("mutex of 1"),
    ROW("mutex of 2"),
    ROW("mutex of 4"),
    ROW("pi by 1"),
    ROW("pi by 2"),
    ROW("pi by 4"),
    {.name = NULL},
};

const struct suite suite_micro = {
    .name = "micro",
    .title = "Micro",
    .what = "An operating system's single services",
    .note = "Ticks of the time stamp counter for one operation, loops of many; less is better. "
            "Bytes a second are the row's bytes times the counter's frequency, divided by the "
            "figure.",
    .figure = "cycles per operation",
    .screen = "Micro, cycles per operation",
    .count = "runs",
    .help = "an operating system's services, as lmbench has them",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
