/* The suite compile: a compiler's speed.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static const struct suite_app apps[] = {
    {.name = "compile",
     .args = "--json",
     .arguments = suite_quick,
     .collect = suite_collect_rows,
     .seconds = 15,
     .runs = 3,
     .lab_runs = 1},
    {.name = NULL},
};

static const struct suite_row rows[] = {
    {"tcc.c", "tcc.c", "lines/s", "more", ROW_OPTIONAL, "tcc.c", NULL, NULL},
    {.name = NULL},
};

const struct suite suite_compile = {
    .name = "compile",
    .title = "Compile",
    .what = "A C compiler, tcc, on its own source, from text in memory to an object there",
    .note = "More is better. The fastest pass; the object is that of the host, byte for byte.",
    .figure = "lines/s, fastest pass",
    .screen = "Compile, lines/s, fastest pass",
    .count = "runs",
    .help = "tcc on its own source",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
