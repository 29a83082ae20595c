/* Counting: see count.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/count.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "measure/target.h"
#include "results/counted.h"
#include "tools/status.h"
#include "vm/counting.h"
#include "vm/linux_guest.h"
#include "vm/qemu.h"
#include "vm/qemu_boot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* stream's usual arrays, which no cache holds, would take an hour. */
#define STREAM_ARGS "-n 100000 -r 2"

const char *count_trouble(const struct platform *p)
{
    if (p->run == qemu_run && !p->hardware)
        return p->variant == QEMU_DIRECT || p->variant == QEMU_LINUX
                   ? NULL
                   : "none: from its door on the guest does the same as on qemu, where it is "
                     "counted; before, firmware waits for devices, and no two runs are the same";
    return p->hardware
               ? "none: it runs on the processor itself, whose own count of instructions is not "
                 "read: interrupts add to it, and where a guest begins it does not know; qemu, "
                 "which interprets, counts exactly"
               : "none: only the platforms qemu and linux-qemu count";
}

/* A row of what was counted; calls: NAN where it has none. */
static void add_row(struct rows *rows, const char *suite, const char *name, double calls,
                    double per_call, const struct counts *counts)
{
    char *full = xasprintf("%s: %s", suite, name);
    double all = counts->v[COUNT_INSTRUCTIONS], each = isnan(per_call) ? 1 : per_call;
    struct row *row = rows_figure(rows, SUITE_COUNT, full, "instructions", "less",
                                  calls > 0 ? all / (calls * each) : all);

    row->calls = calls;
    row->per_call = per_call;
    row->counts = counts_copy(counts);
    free(full);
}

/* The stages of a boot, by the names that the ledger gives them. The first two, to the door's own
 * stamp and from it to that of 64-bit mode, are one: both are written behind the latter. */
static void add_stages(struct rows *rows, const char *suite, const struct ledger *ledger,
                       const struct counted *counted)
{
    for (unsigned i = 0; i <= ledger->n; i++) {
        const struct section *first = counted_find(counted, SECTION_STAGE, i ? i + 1 : 0),
                             *second = i ? NULL : counted_find(counted, SECTION_STAGE, 1);
        char *name = i < ledger->n ? xasprintf("to %s", ledger->stages[i].name)
                                   : xasprintf("from %s to exit", ledger->stages[i - 1].name);
        struct counts sum = {0};

        if (first)
            counts_add_all(&sum, &first->counts);
        if (second)
            counts_add_all(&sum, &second->counts);
        if (sum.known)
            add_row(rows, suite, name, NAN, NAN, &sum);
        counts_free(&sum);
        free(name);
    }
}

/* Makes rows of a run. Returns why there are none (caller frees), or NULL. */
static char *take(const struct suite *suite, const struct suite_app *app,
                  const struct guest_lines *lines, const struct counting *counting,
                  struct rows *rows)
{
    struct counted counted = {0};
    char *name = xasprintf("%s%s" NORM_WHOLE, suite->apps[1].name ? app->name : "",
                           suite->apps[1].name ? ", " : "");
    struct counts all = {0};
    char *text, *why = NULL;
    size_t n = 0;

    text = counting_text(counting, &n);
    if (text && counted_parse(text, n, counting->functions, counting->count, &counted))
        all = counted_whole(&counted);
    if (!all.known)
        why = xstrdup("the plugin's counts are missing, or do not add up");
    for (unsigned i = 0; i < lines->rows.n && !why; i++) {
        const struct section *s = counted_find(&counted, SECTION_ROW, i);
        const struct row *row = lines->rows.v[i];

        if (s)
            add_row(rows, suite->name, row->name, row->calls, row->per_call, &s->counts);
    }
    if (suite->is_boot && lines->ledger.known && lines->ledger.n && !why)
        add_stages(rows, suite->name, &lines->ledger, &counted);
    if (!why)
        add_row(rows, suite->name, name, NAN, NAN, &all);
    counts_free(&all);
    counted_free(&counted);
    free(text);
    free(name);
    return why;
}

/* One app on one target. */
static void count_app(const struct suite *suite, const struct suite_app *app,
                      const struct target *target)
{
    struct measure_plan plan = *target->plan;
    struct target counted = *target;
    struct facts *run = NULL;
    struct counting counting;
    struct guest_lines lines;
    struct vm_result vm;
    struct rows rows = {0};
    struct buf why = {0};
    char *bad = NULL;
    char *kernel = target->platform->variant == QEMU_LINUX ? linux_kernel() : NULL;

    plan.stream_args = plan.stream_args ? plan.stream_args : STREAM_ARGS;
    plan.vm.mem_mib = plan.vm.mem_mib ? plan.vm.mem_mib
                      : app->mem_mib  ? app->mem_mib
                                      : VM_DEFAULT_MEM_MIB;
    counted.plan = &plan;
    progress("%s: counting on %s …", app->name, target->platform->title);
    if (counting_begin(&counting, kernel ? kernel : images_of(target->images, app->name)->path,
                       plan.vm.mem_mib, plan.until, &why)) {
        plan.vm.plugin = counting.plugin;
        run = target_new_run(&counted, suite, app);
        facts_set_text(run, "suite", SUITE_COUNT);
        bad = target_run(&counted, app, NULL, &lines, &vm);
        bad = bad ? bad : take(suite, app, &lines, &counting, &rows);
        results_complete(run, &vm, &lines);
        facts_remove(run, "busy"); /* a count is the same however busy the machine is */
        target_end_run(&counted, run, &rows, bad ? 0 : 1);
        guest_lines_free(&lines);
        vm_result_free(&vm);
    } else {
        bad = xstrdup(why.data ? why.data : "no temporary folder");
    }
    if (bad && !interrupted) {
        char *whose = xasprintf("%s: %s", app->name, bad);

        results_skip(target->result, SUITE_COUNT, target->platform->name, whose);
        free(whose);
    }
    counting_end(&counting);
    buf_free(&why);
    free(kernel);
    free(bad);
}

int count_measure(struct bench *b)
{
    for (int i = 0; i < b->count && !interrupted; i++) {
        const struct platform *p = b->platforms[i];
        struct target target = {.platform = p,
                                .plan = &b->plan,
                                .images = &b->images,
                                .result = b->result,
                                .label = p->title};
        struct buf why = {0};

        if (count_trouble(p))
            results_skip(b->result, SUITE_COUNT, p->name, count_trouble(p));
        else if (p->probe(&why) != OFFER_NATIVE && !b->plan.vm.qemu)
            results_skip(b->result, SUITE_COUNT, p->name, why.data);
        for (size_t s = 0; s < b->chosen.n && !count_trouble(p); s++)
            for (const struct suite_app *app = b->chosen.v[s]->apps; app->name && !interrupted;
                 app++)
                if (app->collect)
                    count_app(b->chosen.v[s], app, &target);
        buf_free(&why);
    }
    progress("%s", "");
    return interrupted ? ST_INTERRUPT + interrupted : 0;
}
