/* The suite npb: the NAS Parallel Benchmarks.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

/* A first look takes the small class that is our own. */
static void arguments(const struct measure_plan *plan, struct args *argv)
{
    args_add(argv, "-c");
    args_add(argv, plan->quick ? "T" : "S");
}

static const struct suite_app apps[] = {
    {.name = "npb",
     .args = "--json",
     .arguments = arguments,
     .collect = suite_collect_rows,
     .seconds = 110,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

#define RATE(name)                                                                                 \
    {                                                                                              \
        name, name, "Mop/s", "more", ROW_OPTIONAL, name, NULL, NULL                                \
    }
#define TIME(name)                                                                                 \
    {                                                                                              \
        name ", time", name ", time", "s", "less", ROW_OTHER, NULL, NULL, NULL                     \
    }
#define TEAMS(EACH, name) EACH(name), EACH(name " 2 threads"), EACH(name " 4 threads")
#define PROGRAMS(EACH, class)                                                                      \
    TEAMS(EACH, "EP" class), TEAMS(EACH, "IS" class), TEAMS(EACH, "CG" class),                     \
        TEAMS(EACH, "MG" class), TEAMS(EACH, "FT" class), TEAMS(EACH, "BT" class),                 \
        TEAMS(EACH, "SP" class), TEAMS(EACH, "LU" class)

static const struct suite_row rows[] = {
    PROGRAMS(RATE, ".S"), PROGRAMS(RATE, ".T"), PROGRAMS(TIME, ".S"),
    PROGRAMS(TIME, ".T"), {.name = NULL},
};

const struct suite suite_npb = {
    .name = "npb",
    .title = "NPB",
    .what = "NAS Parallel Benchmarks, millions of operations a second",
    .note = "More is better. Behind the point stands the class: S as published, and T, which is "
            "ours and no official class (--quick). A figure is there only when its result is the "
            "published one.",
    .figure = "Mop/s",
    .screen = "NPB, Mop/s",
    .count = "runs",
    .help = "NAS Parallel Benchmarks EP, IS, CG, MG, FT, BT, SP, LU",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
