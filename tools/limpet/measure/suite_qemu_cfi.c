/* The suite qemu-cfi: whole lives, exits and work of guests, to hold builds of a VMM against each
 * other.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suite.h"
#include "results/rows.h"

static void figure(struct rows *rows, const char *name, const char *unit, double value)
{
    rows_figure(rows, "qemu-cfi", name, unit, "less", value);
}

/* A guest that does nothing, from the start of its VMM to its end. */
static void collect_life(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                         const struct vm_result *vm, const struct guest_lines *lines)
{
    const struct ledger *ledger = &lines->ledger;

    (void)app;
    figure(rows, "start to first byte", "ms", vm->first_byte_s * 1e3);
    if (vm->clock.known && ledger->known)
        figure(rows, "start to main", "ms",
               vm->started_s * 1e3 + ledger_us(ledger, ledger->main - vm->clock.tsc) / 1e3);
    figure(rows, "start to exit", "ms", vm->end_s * 1e3);
    suite_collect_vmm(suite, rows, vm);
}

/* Rates, whatever suite the app calls its own. */
static void collect_work(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                         const struct vm_result *vm, const struct guest_lines *lines)
{
    (void)app;
    (void)vm;
    for (size_t i = 0; i < lines->rows.n; i++) {
        const struct row *row = lines->rows.v[i];

        rows_figure(rows, suite->name, row->name, row->unit, "more", row->value);
    }
}

/* The first one tells what there is not. */
static const struct suite_app apps[] = {
    {.name = "qemu-cfi",
     .args = "--json",
     .collect = collect_work,
     .seconds = 3,
     .runs = 20,
     .lab_runs = 3},
    {.name = "hello",
     .args = "--ledger=json",
     .collect = collect_life,
     .seconds = 0.6,
     .runs = 20,
     .lab_runs = 6},
    {.name = "stream",
     .args = "--json -n 1000000",
     .collect = collect_work,
     .seconds = 2,
     .runs = 20,
     .lab_runs = 3},
    {.name = NULL},
};

#define LIFE(name, label, unit, screen)                                                            \
    {                                                                                              \
        name, label, unit, "less", ROW_OPTIONAL, screen, NULL, NULL                                \
    }
#define RATE(name, label, unit)                                                                    \
    {                                                                                              \
        name, label, unit, "more", ROW_OPTIONAL, NULL, NULL, NULL                                  \
    }
#define SHOWN(name, label, unit)                                                                   \
    {                                                                                              \
        name, label, unit, "more", ROW_OPTIONAL, label " [" unit "]", NULL, NULL                   \
    }

static const struct suite_row rows[] = {
    LIFE("start to first byte", "boot: start to first byte", "ms", "start to first byte [ms]"),
    LIFE("start to main", "boot: start to main()", "ms", NULL),
    {"start to exit", "life cycle: start to exit", "ms", "less", ROW_MAIN, "start to exit [ms]",
     NULL, NULL},
    SHOWN("CPUID", "exits: CPUID", "/s"),
    SHOWN("IN, a device's port", "exits: IN, a device's port", "/s"),
    SHOWN("OUT, a device's port", "exits: OUT, a device's port", "/s"),
    SHOWN("IN, nobody's port", "exits: IN, nobody's port", "/s"),
    SHOWN("multiplications", "code that is there: multiplications", "/s"),
    SHOWN("pages looked up", "pages looked up anew", "/s"),
    SHOWN("functions made", "functions made and called", "/s"),
    SHOWN("Copy", "STREAM Copy", "MB/s"),
    RATE("Scale", "STREAM Scale", "MB/s"),
    RATE("Add", "STREAM Add", "MB/s"),
    RATE("Triad", "STREAM Triad", "MB/s"),
    LIFE("CPU of the VMM, user", "CPU time of the VMM, user", "ms", NULL),
    LIFE("CPU of the VMM, system", "CPU time of the VMM, system", "ms", NULL),
    LIFE("memory of the VMM", "memory of the VMM", "MiB", NULL),
    RATE("block", "block devices", "MB/s"),
    RATE("network", "network", "MB/s"),
    {.name = NULL},
};

const struct suite suite_qemu_cfi = {
    .name = "qemu-cfi",
    .title = "Builds of QEMU",
    .what = "QEMU plain, with link-time optimization, and with control-flow integrity besides",
    .note =
        "Of whole lives less is better, of rates more. CPU time and memory of the VMM are those "
        "of a whole life. limpet lab build qemu-cfi makes the builds.",
    .figure = "median of the rounds",
    .screen = "Builds of QEMU, median",
    .count = "rounds",
    .help = "boot, life, exits and work on three builds of QEMU, with control-flow integrity and "
            "without",
    .apps = apps,
    .rows = rows,
    .extra = true,
    .usual_on = "qemu-plain,qemu-lto,qemu-cfi",
    .norm = "qemu-plain",
};
