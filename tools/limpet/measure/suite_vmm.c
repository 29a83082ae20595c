/* The suite vmm: the guests of a published VMM, what they time themselves and their whole lives.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "measure/isolation.h"
#include "measure/suite.h"
#include "results/rows.h"

#include <stdlib.h>

static void figure_ms(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                      const char *what, double seconds)
{
    char *name = xasprintf("%s, %s", app->name, what);

    rows_figure(rows, suite->name, name, "ms", "less", seconds * 1e3);
    free(name);
}

static void collect_life(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                         const struct vm_result *vm, const struct guest_lines *lines)
{
    (void)lines;
    figure_ms(suite, app, rows, "start to exit", vm->end_s);
}

static void collect_hello(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                          const struct vm_result *vm, const struct guest_lines *lines)
{
    if (vm->started_s > 0)
        figure_ms(suite, app, rows, "set-up", vm->started_s);
    collect_life(suite, app, rows, vm, lines);
}

#define GUEST(app, arguments, take)                                                                \
    {                                                                                              \
        .name = app, .args = arguments, .collect = take, .runs = 5, .lab_runs = 2                  \
    }

static const struct suite_app apps[] = {
    GUEST("hello", "", collect_hello),
    GUEST("fibonacci", "--once", collect_life),
    GUEST("matrix", "--once", collect_life),
    GUEST("characters", "--once", collect_life),
    GUEST("multiply", "--once", collect_life),
    GUEST("counter", "--once", collect_life),
    GUEST("fibonacci", "--json", suite_collect_rows),
    GUEST("matrix", "--json", suite_collect_rows),
    GUEST("characters", "--json", suite_collect_rows),
    GUEST("multiply", "--json", suite_collect_rows),
    GUEST("counter", "--json", suite_collect_rows),
    GUEST("hypercall", "--json", suite_collect_rows),
    {.name = "isolation",
     .args = "--json",
     .run = isolation_run,
     .runs = 3,
     .lab_runs = 1,
     .mem_mib = 64},
    {.name = NULL},
};

#define OWN(name, screen, does, by)                                                                \
    {                                                                                              \
        name, name, "cycles", "less", ROW_MAIN, screen, does, by                                   \
    }
#define LIFE(name, screen)                                                                         \
    {                                                                                              \
        name, name, "ms", "less", ROW_MAIN, screen, NULL, NULL                                     \
    }

static const struct suite_row rows[] = {
    OWN("fibonacci(30)", NULL, NULL, NULL),
    OWN("fibonacci(90)", "fibonacci(90) [cycles]", NULL, NULL),
    OWN("matrix 8x8", "matrix 8x8 [cycles]", NULL, NULL),
    OWN("characters 1 KiB", NULL, NULL, NULL),
    OWN("multiply 9x9", NULL, NULL, NULL),
    OWN("counter, a line", NULL, NULL, NULL),
    OWN("hypercall, CPUID", "CPUID's exit [cycles]", NULL, NULL),
    OWN("hypercall, port", "a port's exit [cycles]", "handles a port's exit", "a port's exit"),
    LIFE("hello, set-up", NULL),
    LIFE("hello, start to exit", "hello, start to exit [ms]"),
    LIFE("fibonacci, start to exit", NULL),
    LIFE("matrix, start to exit", NULL),
    LIFE("characters, start to exit", NULL),
    LIFE("multiply, start to exit", NULL),
    LIFE("counter, start to exit", NULL),
    {.name = NULL},
};

const struct suite suite_vmm = {
    .name = "vmm",
    .title = "Guests of a VMM",
    .what = "Programs that a published VMM ran",
    .note = "Their own time in cycles, their lives in ms; less is better.",
    .figure = "row",
    .screen = "A VMM's guests, median",
    .count = "runs",
    .help = "a published VMM's guests: cycles, exits, whole lives",
    .apps = apps,
    .rows = rows,
    .exits = EXITS_ALWAYS,
    .extra = true,
};
