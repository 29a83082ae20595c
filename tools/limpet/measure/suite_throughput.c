/* The suite throughput: boots a second, with one guest at a time, with two, with four …
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/target.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/msg.h"
#include "results/results.h"
#include "results/rows.h"
#include "base/parallel.h"

#include <stdlib.h>
#include <unistd.h>

#define EACH 4 /* boots of one worker in a round */

struct worker {
    const struct suite_app *app;
    const struct target *target;
};

/* One boot, into the record unless that is NULL. Returns what went wrong (caller frees), or NULL.
 */
static char *boot(const struct worker *w, struct facts *record)
{
    struct guest_lines lines;
    struct vm_result vm;
    char *why = target_run(w->target, w->app, NULL, &lines, &vm);

    if (record)
        results_complete(record, &vm, &lines);
    guest_lines_free(&lines);
    vm_result_free(&vm);
    return why;
}

/* A worker's whole life: boots one guest after the other. */
static int work(int number, void *context)
{
    const struct worker *w = context;
    char *why = NULL;
    bool good;

    (void)number;
    for (int i = 0; i < EACH && !why && !interrupted; i++)
        why = boot(w, NULL);
    if (why)
        warn("throughput on %s: %s", w->target->label, why);
    good = !why;
    free(why);
    return !good;
}

/* So many workers at once. Returns boots a second, 0 when one of them failed. */
static double round_of(struct worker *w, int workers)
{
    double began = now_s();

    return parallel(workers, work, w) ? workers * EACH / (now_s() - began) : 0;
}

/* 1, 2, 4 … up to twice the processors. */
static void run(const struct suite *suite, const struct suite_app *app, struct target *target,
                unsigned rounds)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    struct rows rows = {0};
    struct facts *record = target_new_run(target, suite, app);
    struct worker w = {app, target};
    char *why = target->unfit ? xstrdup(target->unfit) : boot(&w, record); /* one before all */
    bool good = !why;
    long long guests = good;

    rounds = rounds ? rounds : suite_usual_runs(app, target->platform);
    for (int workers = 1; workers <= 2 * cpus && workers <= PARALLEL_MAX && good; workers *= 2) {
        char *name = xasprintf("%d at once", workers);

        for (unsigned i = 0; i < rounds && good; i++) {
            double rate;

            progress("throughput, %s, on %s …", name, target->label);
            rate = round_of(&w, workers);
            good = rate > 0;
            if (good)
                rows_figure(&rows, suite->name, name, "boots/s", "more", rate);
            guests += (long long)workers * EACH;
        }
        free(name);
    }
    if (!good && !interrupted)
        target_skip(target, suite, app, why ? why : "a guest failed (the reason is on stderr)");
    free(why);
    if (!good)
        rows_free(&rows);
    target_end_run(target, record, &rows, guests);
}

static const struct suite_app apps[] = {
    {.name = "hello",
     .args = "",
     .run = run,
     .seconds = 16,
     .runs = 5,
     .lab_runs = 1,
     .mem_mib = 64},
    {.name = NULL},
};

#define GUESTS(n)                                                                                  \
    {                                                                                              \
        n " at once", n " guests at once", "boots/s", "more", ROW_OPTIONAL, n " guests at once",   \
            NULL, NULL                                                                             \
    }

/* Up to PARALLEL_MAX. */
static const struct suite_row rows[] = {
    {"1 at once", "1 guest at once", "boots/s", "more", ROW_MAIN, "1 guest at once",
     "boots guests in a row", "throughput"},
    GUESTS("2"),
    GUESTS("4"),
    GUESTS("8"),
    GUESTS("16"),
    {.name = NULL},
};

const struct suite suite_throughput = {
    .name = "throughput",
    .title = "Throughput",
    .what = "Boots with so many guests at once",
    .note = "More is better.",
    .figure = "boots a second",
    .screen = "Boots a second, median",
    .count = "rounds",
    .help = "boots a second, 1, 2, 4 … guests at once",
    .apps = apps,
    .rows = rows,
    .extra = true,
};
