/* The suite memory: bandwidths and the time of an access.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

#define THREADS_MAX 64 /* of the app */

static void arguments(const struct measure_plan *plan, struct args *argv)
{
    suite_quick(plan, argv);
    if (plan->vm.smp > 1) {
        args_add(argv, "-t");
        args_addf(argv, "%u", plan->vm.smp < THREADS_MAX ? plan->vm.smp : THREADS_MAX);
    }
}

static const struct suite_app apps[] = {
    {.name = "memory",
     .args = "--json",
     .arguments = arguments,
     .collect = suite_collect_rows,
     .seconds = 20,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define RATE(name, unit, screen)                                                                   \
    {                                                                                              \
        name, name, unit, "more", ROW_MAIN, screen, NULL, NULL                                     \
    }
#define TEAM(name)                                                                                 \
    {name ", 2 threads", name ", 2 threads", "MB/s", "more", ROW_OPTIONAL, NULL, NULL, NULL},      \
    {                                                                                              \
        name ", 4 threads", name ", 4 threads", "MB/s", "more", ROW_OPTIONAL, NULL, NULL, NULL     \
    }
#define ARRAYS(name) RATE(name, "MB/s", NULL), TEAM(name)
#define ONE(name)    RATE(name, "MB/s", NULL)
#define SHOWN(name)  RATE(name, "MB/s", name)
#define TIME(name, screen)                                                                         \
    {                                                                                              \
        name, name, "ns", "less", ROW_MAIN, screen, NULL, NULL                                     \
    }
#define ACCESS(name, screen) TIME(name ", 4 KiB pages", screen), TIME(name ", 2 MiB pages", screen)

static const struct suite_row rows[] = {
    ARRAYS("INT copy"),
    ARRAYS("INT scale"),
    ARRAYS("INT add"),
    ARRAYS("INT triad"),
    ARRAYS("FLOAT copy"),
    ARRAYS("FLOAT scale"),
    ARRAYS("FLOAT add"),
    ARRAYS("FLOAT triad"),
    ONE("copy"),
    ONE("copy backwards"),
    ONE("copy, 64-byte blocks"),
    ONE("copy, prefetched"),
    ONE("copy, 2-pass"),
    ONE("fill"),
    ONE("fill, shuffled"),
    SHOWN("memcpy"),
    TEAM("memcpy"),
    SHOWN("memset"),
    TEAM("memset"),
    ONE("MOVSB copy"),
    ONE("MOVSQ copy"),
    ONE("SSE2 copy"),
    ONE("SSE2 copy, nontemporal"),
    ONE("SSE2 fill"),
    ONE("SSE2 fill, nontemporal"),
    RATE("MBW memcpy", "MiB/s", NULL),
    RATE("MBW dumb", "MiB/s", NULL),
    RATE("MBW mcblock", "MiB/s", NULL),
    SHOWN("read 16 KiB"),
    ONE("read 256 KiB"),
    ONE("read 4 MiB"),
    SHOWN("read 32 MiB"),
    SHOWN("write 16 KiB"),
    ONE("write 256 KiB"),
    ONE("write 4 MiB"),
    SHOWN("write 32 MiB"),
    ACCESS("access in 16 KiB", NULL),
    ACCESS("access in 256 KiB", NULL),
    ACCESS("access in 4 MiB", NULL),
    ACCESS("access in 32 MiB", NULL),
    ACCESS("a line of each page of 32 MiB", NULL),
    TIME("a line of each page of 32 MiB, small pages cost", NULL),
    {.name = NULL},
};

const struct suite suite_memory = {
    .name = "memory",
    .title = "Memory",
    .what = "Bandwidth and time of an access, by size of memory and of pages",
    .note = "Of bandwidths more is better, of times less.",
    .figure = "MB/s, or ns",
    .screen = "Memory, MB/s",
    .count = "runs",
    .help = "memory bandwidth in many ways, time of an access",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
