/* How many boots a second, with one guest at a time, with two, with four …
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
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
    const struct suite *suite;
    const struct side *side;
};

/* A worker's whole life: boots one guest after the other. */
static int work(int number, void *context)
{
    const struct worker *w = context;
    bool good = true;

    (void)number;
    for (int i = 0; i < EACH && good && !interrupted; i++) {
        struct report report;
        struct vm_result vm;
        char *why;

        why = side_run(w->side, w->suite, NULL, &report, &vm);
        if (why)
            warn("throughput on %s: %s", w->side->label, why);
        good = !why;
        free(why);
        report_free(&report);
        vm_result_free(&vm);
    }
    return !good;
}

/* So many workers at once. Returns boots a second, 0 when one of them failed. */
static double round_of(const struct suite *suite, const struct side *side, int workers)
{
    struct worker w = {suite, side};
    double began = now_s();

    return parallel(workers, work, &w) ? workers * EACH / (now_s() - began) : 0;
}

/* One boot before all, for the record. Returns what went wrong (caller frees), or NULL. */
static char *warm_up(const struct suite *suite, const struct side *side, json_t *run)
{
    struct report report;
    struct vm_result vm;
    char *why = side_run(side, suite, NULL, &report, &vm);

    results_complete(run, &vm, &report);
    report_free(&report);
    vm_result_free(&vm);
    return why;
}

/* 1, 2, 4 … up to twice the processors. */
void throughput_run(const struct suite *suite, struct side *side, unsigned rounds)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    json_t *tally = json_array(), *run = side_new_run(side, suite);
    char *why = side->unfit ? xstrdup(side->unfit) : warm_up(suite, side, run);
    bool good = !why;
    json_int_t guests = good;

    rounds = rounds ? rounds : usual_runs(suite, side->platform);
    for (int workers = 1; workers <= 2 * cpus && workers <= PARALLEL_MAX && good; workers *= 2) {
        char *name = xasprintf("%d at once", workers);

        for (unsigned i = 0; i < rounds && good; i++) {
            double rate;

            progress("throughput, %s, on %s …", name, side->label);
            rate = round_of(suite, side, workers);
            good = rate > 0;
            if (good)
                tally_figure(tally, suite->name, name, "boots/s", "more", rate);
            guests += (json_int_t)workers * EACH;
        }
        free(name);
    }
    if (!good && !interrupted)
        results_skip(side->result, suite->name, side->platform->name,
                     why ? why : "a guest failed (the reason is on stderr)");
    free(why);
    if (!good)
        json_array_clear(tally);
    tally_finish(tally);
    json_object_set_new(run, "count", json_integer(guests));
    if (guests)
        results_add(side->result, json_incref(run), tally);
    json_decref(run);
    json_decref(tally);
}
