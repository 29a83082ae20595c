/* The suite program: a program of the user's own. Rows that it tells itself are taken; one that
 * tells none is timed as a whole.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"

static void arguments(const struct measure_plan *plan, struct args *argv)
{
    for (size_t i = 0; i < plan->arguments.n; i++)
        args_add(argv, plan->arguments.v[i]);
}

static void figure(struct rows *rows, const char *name, const char *unit, double value)
{
    rows_figure(rows, SUITE_PROGRAM, name, unit, "less", value);
}

static void collect(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                    const struct vm_result *vm, const struct guest_lines *lines)
{
    (void)app;
    for (size_t i = 0; i < lines->rows.n; i++) /* whatever it calls its suite */
        row_set_text(&lines->rows.v[i]->suite, suite->name);
    rows_add(rows, &lines->rows);
    if (lines->rows.n)
        return;
    if (vm->until_s > 0)
        figure(rows, "start to text", "ms", vm->until_s * 1e3);
    else
        figure(rows, "start to exit", "ms", vm->end_s * 1e3);
    suite_collect_vmm(suite, rows, vm);
}

static const struct suite_app apps[] = {
    {.name = SUITE_PROGRAM,
     .args = "",
     .arguments = arguments,
     .collect = collect,
     .runs = 10,
     .lab_runs = 6,
     .own = true},
    {.name = NULL},
};

#define WHOLE(name, label, unit)                                                                   \
    {                                                                                              \
        name, label, unit, "less", ROW_OPTIONAL, NULL, NULL, NULL                                  \
    }

static const struct suite_row rows[] = {
    WHOLE("start to exit", "start to exit", "ms"),
    WHOLE("start to text", "start to the text (--until)", "ms"),
    WHOLE("CPU of the VMM, user", "CPU time of the VMM, user", "ms"),
    WHOLE("CPU of the VMM, system", "CPU time of the VMM, system", "ms"),
    WHOLE("memory of the VMM", "memory of the VMM", "MiB"),
    WHOLE("memory of the domain", "memory of the domain", "MiB"),
    {.name = NULL},
};

const struct suite suite_program = {
    .name = SUITE_PROGRAM,
    .title = "Program",
    .what = "A program of one's own",
    .note =
        "What it tells of itself (docs/benchmarks.md), or, of one that tells nothing, its whole "
        "run: from the start of the hypervisor's tool to the end.",
    .figure = "median",
    .screen = "Program, median",
    .count = "runs",
    .help = "one of your own: limpet bench ./mine.elf",
    .apps = apps,
    .rows = rows,
    .own_rows = true,
};
