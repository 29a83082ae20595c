/* The suite basic: what single operations cost a guest, in cycles.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static void only_rows(const struct measure_plan *plan, struct args *argv);

static const struct suite_app apps[] = {
    {.name = "basic",
     .args = "--json",
     .arguments = only_rows,
     .collect = suite_collect_rows,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define ACCESS(name, label)                                                                        \
    {                                                                                              \
        name, label, "cycles", "less", ROW_ACCESS, NULL, NULL, NULL                                \
    }
#define OTHER(name)                                                                                \
    {                                                                                              \
        name, name, "cycles", "less", ROW_OTHER, NULL, NULL, NULL                                  \
    }

static const struct suite_row rows[] = {
    {"getpid", "system call (getpid)", "cycles", "less", ROW_MAIN, "system call (getpid)",
     "calls getpid", "getpid"},
    {"sched_yield", "reschedule (sched_yield)", "cycles", "less", ROW_MAIN,
     "reschedule (sched_yield)", "reschedules", "sched_yield"},
    {"malloc(1 MiB)", "malloc()", "cycles", "less", ROW_MAIN, "malloc()", "allocates", "malloc"},
    {"first page access", "write access (first page access)", "cycles", "less", ROW_MAIN,
     "write access (first page)", "touches fresh memory", "page access"},
    ACCESS("fault 4 KiB fresh", "4 KiB, memory new to the guest"),
    ACCESS("fault 4 KiB", "4 KiB, backed by the host already"),
    ACCESS("zero 4 KiB", "4 KiB, zeroing alone"),
    ACCESS("fault 2 MiB fresh", "2 MiB, memory new to the guest"),
    ACCESS("fault 2 MiB", "2 MiB, backed by the host already"),
    ACCESS("zero 2 MiB", "2 MiB, zeroing alone"),
    ACCESS("second touch", "second touch of a page"),
    OTHER("rdtsc pair"),
    OTHER("empty call"),
    OTHER("thread switch"),
    OTHER("sleep 1 ms, late by"),
    OTHER("IPI round trip"),
    OTHER("IPI to an idle CPU"),
    OTHER("cross-CPU wake-up"),
    OTHER("contended lock"),
    {.name = NULL},
};

const struct suite suite_basic = {
    .name = "basic",
    .title = "Basic",
    .what = "CPU cycles per call",
    .note = "Ticks of the time stamp counter, loops of many calls; less is better.",
    .figure = "cycles per call",
    .screen = "CPU cycles per call",
    .count = "runs",
    .help = "cycles per call",
    .apps = apps,
    .rows = rows,
    .exits = EXITS_ASKED,
    .by_default = true,
    .picks_rows = true,
};

static void only_rows(const struct measure_plan *plan, struct args *argv)
{
    const char *only = plan->only ? plan->only : "";

    for (size_t n; *only; only += n + (only[n] == ',')) {
        n = suite_row_length(&suite_basic, only);
        args_addf(argv, "%.*s", (int)n, only);
    }
}
