/* The suite stream: memory bandwidth.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"
#include "base/quote.h"

#define THREADS_MAX 64 /* of the app */

/* Those that are given, or else a thread for each CPU. */
static void arguments(const struct measure_plan *plan, struct args *argv)
{
    if (plan->stream_args) {
        quote_split(plan->stream_args, argv);
    } else if (plan->vm.smp > 1) {
        args_add(argv, "-t");
        args_addf(argv, "%u", plan->vm.smp < THREADS_MAX ? plan->vm.smp : THREADS_MAX);
    }
}

static const struct suite_app apps[] = {
    {.name = "stream",
     .args = "--json",
     .arguments = arguments,
     .collect = suite_collect_rows,
     .seconds = 8,
     .runs = 1,
     .lab_runs = 1},
    {.name = NULL},
};

#define KERNEL(name, does, by)                                                                     \
    {                                                                                              \
        name, name, "MB/s", "more", ROW_MAIN, name, does, by                                       \
    }

static const struct suite_row rows[] = {
    KERNEL("Copy", NULL, NULL),
    KERNEL("Scale", NULL, NULL),
    KERNEL("Add", NULL, NULL),
    KERNEL("Triad", "does STREAM's Triad", "Triad"),
    {.name = NULL},
};

const struct suite suite_stream = {
    .name = "stream",
    .title = "STREAM",
    .what = "Memory bandwidth",
    .note = "More is better.",
    .figure = "MB/s, best pass",
    .screen = "STREAM, MB/s, best pass",
    .count = "runs",
    .help = "memory bandwidth",
    .apps = apps,
    .rows = rows,
    .by_default = true,
};
