/* A whole measurement: suites on platforms, here and in labs, in parts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "host/place.h"
#include "lab/lab.h"
#include "measure/rounds.h"
#include "results/results.h"
#include "tools/status.h"

#include <stdlib.h>
#include <string.h>

#define LABS 2

/* Sorts the platforms into those that are native and those of a lab; notes why the others are not
 * there. Returns how many are native. */
static int sort(const struct bench *b, const struct platform **native, struct lab_bench labs[LABS])
{
    int count = 0;

    for (int i = 0; i < b->count; i++) {
        const struct platform *p = b->platforms[i];
        struct buf why = {0};
        enum offer offer = lab_offer(p, &why);
        struct lab_bench *lab = NULL;
        char *room;

        for (int l = 0; l < LABS && offer == OFFER_LAB; l++)
            if (!strcmp(labs[l].name, p->lab))
                lab = &labs[l];
        room = lab ? lab_memory_trouble(p->lab, b->plan.vm.mem_mib) : NULL;
        if (lab && !room)
            lab->platforms[lab->count++] = p;
        else if (offer == OFFER_NATIVE || (offer == OFFER_NO && b->plan.vm.qemu && !p->hardware))
            native[count++] = p;
        else
            bench_skip(b, p, room ? room : why.data);
        free(room);
        buf_free(&why);
    }
    return count;
}

static void measure_app(const struct bench *b, const struct suite *suite,
                        const struct suite_app *app, struct target *targets, int n,
                        unsigned long long *random)
{
    if (app->collect)
        rounds_run(suite, app, targets, n, b->plan.runs, random);
    for (int i = 0; i < n && app->run && !interrupted; i++)
        app->run(suite, app, &targets[i], b->plan.runs);
}

static void measure_native(const struct bench *b, const struct platform *const *native, int count)
{
    unsigned long long random = b->seed;
    struct target targets[PLATFORMS_MAX];

    for (int i = 0; i < count; i++)
        targets[i] = (struct target){.platform = native[i],
                                     .plan = &b->plan,
                                     .images = &b->images,
                                     .result = b->result,
                                     .label = native[i]->title};
    targets_check_clocks(targets, count);
    for (size_t s = 0; s < b->chosen.n; s++) {
        const struct suite *suite = b->chosen.v[s];
        struct target fit[PLATFORMS_MAX];
        int n = 0;

        for (int i = 0; i < count; i++)
            if (suite_fits(suite, native[i], b->plan.usual))
                fit[n++] = targets[i];
        for (const struct suite_app *app = suite->apps; app->name && !interrupted; app++)
            measure_app(b, suite, app, fit, n, &random);
    }
    targets_free(targets, count);
}

/* Returns false when a lab failed. */
static bool measure_part(const struct bench *b)
{
    bool good = true;
    struct lab_bench labs[LABS] = {{.name = "kvm"}, {.name = "xen"}};
    const struct platform *native[PLATFORMS_MAX];

    measure_native(b, native, sort(b, native, labs));
    for (int l = 0; l < LABS && !interrupted; l++)
        if (labs[l].count)
            good &= bench_lab(b, &labs[l]);
    return good;
}

/* In how many parts so many runs are measured; a lab, which is one boot, is a part itself. */
static unsigned parts_of(unsigned runs)
{
    unsigned parts =
        runs / RESULT_PART_RUNS < RESULT_PARTS ? runs / RESULT_PART_RUNS : RESULT_PARTS;

    return parts >= RESULT_LEAST_PARTS && !place()->lab ? parts : 1;
}

int bench_measure(struct bench *b)
{
    unsigned parts = parts_of(b->plan.runs);
    bool good = true;

    for (unsigned i = 0; i < parts && good && !interrupted; i++) {
        struct bench part = *b;

        part.seed = b->seed + i;
        part.result = i ? results_new("", part.seed) : b->result;
        part.plan.runs = b->plan.runs * (i + 1) / parts - b->plan.runs * i / parts;
        part.plan.exits = b->plan.exits && !i;
        progress_part(i + 1, parts);
        good = measure_part(&part);
        if (i) {
            results_join(b->result, part.result);
            results_free(part.result);
        }
    }
    progress("%s", "");
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    return good ? 0 : ST_LAB;
}
