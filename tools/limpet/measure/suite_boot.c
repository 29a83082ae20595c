/* The suite boot: one boot on one time line, the host's stamps and the guest's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/msg.h"
#include "measure/suite.h"
#include "results/rows.h"

#include <math.h>
#include <stdlib.h>

/* A time line that grows at its end. */
struct line {
    struct rows *rows;
    double at; /* us since the start */
    unsigned stages;
};

/* The stage that ends at a moment: everything since the one before. */
static void stage(struct line *l, const char *name, double at_us)
{
    char *row = xasprintf("to %s", name);

    rows_figure(l->rows, "boot", row, "us", "less", at_us - l->at)->stage = ++l->stages;
    l->at = at_us;
    free(row);
}

static void figure(struct rows *rows, const char *name, const char *unit, double value)
{
    rows_figure(rows, "boot", name, unit, "less", value);
}

/* The guest's first stamp: its stub's where it has one. */
static long long entry(const struct ledger *ledger)
{
    return ledger->stub != 0 ? ledger->stub : ledger->door;
}

/* When a stage ended that came before the guest: us since the start, the clocks joined. */
static double stage_end(const struct vm_result *vm, const struct ledger *ledger, unsigned i)
{
    const struct vm_stage *s = &vm->stages[i];

    return s->s > 0 ? s->s * 1e6 : vm->started_s * 1e6 + ledger_us(ledger, s->tsc - vm->clock.tsc);
}

/* The guest's stamps, the host's microseconds of its TSC known. */
static void guest_stages(struct line *l, const struct vm_result *vm, const struct ledger *ledger)
{
    double zero = vm->started_s * 1e6 - ledger_us(ledger, vm->clock.tsc);
    double at = zero + ledger_us(ledger, ledger->door);

    for (unsigned i = 0; i < vm->stage_count; i++)
        stage(l, vm->stages[i].name, stage_end(vm, ledger, i));
    if (ledger->stub != 0)
        stage(l, "stub", zero + ledger_us(ledger, ledger->stub));
    stage(l, "door", at);
    for (size_t i = 0; i < ledger->n; i++)
        stage(l, ledger->stages[i].name, at += ledger->stages[i].us);
}

/* Without a common clock: the guest's stages are as long as they are, and the rest of the time
 * until the first byte, before the door and after main(), stands as one. */
static void guest_stages_alone(struct line *l, const struct vm_result *vm,
                               const struct ledger *ledger)
{
    double inside = ledger_us(ledger, ledger->main - ledger->door);

    for (unsigned i = 0; i < vm->stage_count; i++)
        if (vm->stages[i].s > 0)
            stage(l, vm->stages[i].name, vm->stages[i].s * 1e6);
    stage(l, "door, and from main to first byte", vm->first_byte_s * 1e6 - inside);
    for (size_t i = 0; i < ledger->n; i++)
        stage(l, ledger->stages[i].name, l->at + ledger->stages[i].us);
}

/* What a slow xenconsoled brings after the end was there by then. */
static void time_line(struct rows *rows, const struct vm_result *vm, const struct ledger *ledger)
{
    struct line l = {.rows = rows};

    if (vm->created_s > 0)
        stage(&l, "created", vm->created_s * 1e6);
    if (vm->started_s > 0)
        stage(&l, "start", vm->started_s * 1e6);
    if (vm->clock.known && vm->started_s > 0) {
        guest_stages(&l, vm, ledger);
        stage(&l, "first byte", fmin(vm->first_byte_s, vm->end_s) * 1e6);
    } else {
        guest_stages_alone(&l, vm, ledger);
    }
    stage(&l, "last line", fmin(vm->last_line_s, vm->end_s) * 1e6);
    stage(&l, "end", vm->end_s * 1e6);
}

/* The guest was in main() before the host saw its first byte: by no more than that can its clock
 * have begun later than we think. Microseconds. */
static double join_error(const struct vm_result *vm, double to_main)
{
    double slack = (vm->first_byte_s - vm->started_s) * 1e6 - to_main;

    return fmin(vm->clock.error_s * 1e6, fmax(slack, 0));
}

/* What is known of the time between the processor's start and the guest's first instruction, and of
 * the stub's. */
static void before_door(struct rows *rows, const struct vm_result *vm, const struct ledger *ledger)
{
    double start = vm->started_s * 1e6, heard;

    if (vm->stage_count) {
        heard = stage_end(vm, ledger, vm->stage_count - 1);
        figure(rows, "firmware", "ms", (heard - start) / 1e3);
        figure(rows, "loader", "ms",
               (start + ledger_us(ledger, entry(ledger) - vm->clock.tsc) - heard) / 1e3);
    }
    if (ledger->stub != 0)
        figure(rows, "stub to door", "us", ledger_us(ledger, ledger->door - ledger->stub));
}

static void collect(const struct suite *suite, const struct suite_app *app, struct rows *rows,
                    const struct vm_result *vm, const struct guest_lines *lines)
{
    const struct ledger *ledger = &lines->ledger;

    (void)app;
    figure(rows, "start to exit", "ms", vm->end_s * 1e3);
    figure(rows, "start to first byte", "ms", vm->first_byte_s * 1e3);
    figure(rows, "start to last line", "ms", vm->last_line_s * 1e3);
    if (vm->created_s > 0)
        figure(rows, "create", "ms", vm->created_s * 1e3);
    if (vm->started_s > 0)
        figure(rows, "unpause to exit", "ms", (vm->end_s - vm->started_s) * 1e3);
    if (vm->clock.known && ledger->known) {
        double to_main = ledger_us(ledger, ledger->main - vm->clock.tsc);

        if (ledger->door != ledger->main)
            figure(rows, "unpause to door", "us", ledger_us(ledger, ledger->door - vm->clock.tsc));
        figure(rows, "unpause to main", "us", to_main);
        figure(rows, "unpause, error", "us", join_error(vm, to_main));
        before_door(rows, vm, ledger);
    }
    if (ledger->known && ledger->door != ledger->main) {
        figure(rows, "door to main", "us", ledger_us(ledger, ledger->main - ledger->door));
        time_line(rows, vm, ledger);
    }
    suite_collect_vmm(suite, rows, vm);
}

static const struct suite_app apps[] = {
    {.name = "hello", .args = "--ledger=json", .collect = collect, .seconds = 0.6, .lab_runs = 6},
    {.name = NULL},
};

static const struct suite_row rows[] = {
    {"start to first byte", "start to first byte", "ms", "less", ROW_OPTIONAL,
     "start to first byte [ms]", NULL, NULL},
    {"start to exit", "start to exit", "ms", "less", ROW_MAIN, "start to exit [ms]", "boots",
     "boot"},
    {"door to main", "door to main()", "us", "less", ROW_MAIN, "door to main [µs]",
     "gets from its door to main", "door to main"},
    {"create", "xl create", "ms", "less", ROW_OPTIONAL, "xl create [ms]", NULL, NULL},
    {"firmware", "firmware", "ms", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"loader", "loader", "ms", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"stub to door", "UEFI stub", "us", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"unpause to door", "unpause to door", "us", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"unpause to main", "unpause to main()", "us", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"unpause to exit", "unpause to exit", "ms", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"CPU of the VMM, user", "CPU time of the VMM, user", "ms", "less", ROW_OPTIONAL, NULL, NULL,
     NULL},
    {"CPU of the VMM, system", "CPU time of the VMM, system", "ms", "less", ROW_OPTIONAL, NULL,
     NULL, NULL},
    {"memory of the VMM", "memory of the VMM", "MiB", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {"memory of the domain", "memory of the domain", "MiB", "less", ROW_OPTIONAL, NULL, NULL, NULL},
    {.name = NULL},
};

const struct suite suite_boot = {
    .name = "boot",
    .title = "Boot time",
    .what = "From the start of the hypervisor's tool to the end",
    .note = "Less is better. Only Xen has a toolstack that creates a domain first and lets it go "
            "later.",
    .figure = "median, 95 % interval, n boots",
    .screen = "Boot to hello, median",
    .count = "boots",
    .help = "time to boot",
    .usual = "20, on Xen 10, by a firmware 2 or 3",
    .apps = apps,
    .rows = rows,
    .exits = EXITS_ASKED,
    .by_default = true,
    .is_boot = true,
    .joins_clocks = true,
};
