/* A whole measurement: suites on platforms, here and in labs, in parts.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/bench.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/msg.h"
#include "host/place.h"
#include "lab/lab.h"
#include "measure/rounds.h"
#include "results/results.h"
#include "tools/status.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* When the next share has to be done, or 0; it has then had its own. */
static double share_of(struct bench_time *t)
{
    double now = now_s(), left = t->end > now ? t->end - now : 0;

    return t->end > 0 ? now + left / (t->shares > 1 ? t->shares-- : 1) : 0;
}

static void measure_app(const struct bench *b, const struct suite *suite,
                        const struct suite_app *app, struct target *targets, int n,
                        unsigned long long *random)
{
    struct measure_plan plan = b->plan;

    plan.deadline = share_of(b->time);
    for (int i = 0; i < n; i++)
        targets[i].plan = &plan;
    if (app->collect)
        rounds_run(suite, app, targets, n, b->plan.runs, random);
    for (int i = 0; i < n && app->run && !interrupted; i++)
        app->run(suite, app, &targets[i], b->plan.runs);
    for (int i = 0; i < n; i++)
        targets[i].plan = &b->plan;
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

/* How many steps of progress all suites are on some platforms. lab: in one. */
static double steps_of(const struct bench *b, const struct platform *const *p, int count, bool lab)
{
    double steps = 0;

    for (int i = 0; i < count; i++)
        for (size_t s = 0; s < b->chosen.n; s++)
            for (const struct suite_app *app = b->chosen.v[s]->apps; app->name; app++)
                if (suite_fits(b->chosen.v[s], p[i], b->plan.usual))
                    steps += rounds_steps(app, p[i], &b->plan, b->plan.runs, lab);
    return steps;
}

static unsigned apps_of(const struct bench *b)
{
    unsigned n = 0;

    for (size_t s = 0; s < b->chosen.n; s++)
        for (const struct suite_app *app = b->chosen.v[s]->apps; app->name; app++)
            n++;
    return n;
}

/* Returns false when a lab failed. */
static bool measure_part(const struct bench *b)
{
    bool good = true;
    struct lab_bench labs[LABS] = {{.name = "kvm"}, {.name = "xen"}};
    const struct platform *native[PLATFORMS_MAX];
    int count = sort(b, native, labs);

    if (b->first)
        progress_plan((steps_of(b, native, count, false) +
                       steps_of(b, labs[0].platforms, labs[0].count, true) +
                       steps_of(b, labs[1].platforms, labs[1].count, true)) *
                      b->first);
    b->time->shares = (count ? apps_of(b) : 0) + (labs[0].count > 0) + (labs[1].count > 0);
    measure_native(b, native, count);
    for (int l = 0; l < LABS && !interrupted; l++)
        if (labs[l].count) {
            double deadline = share_of(b->time);

            labs[l].limit_s = deadline > 0 ? fmax(deadline - now_s(), 1) : 0;
            labs[l].steps = steps_of(b, labs[l].platforms, labs[l].count, true);
            good &= bench_lab(b, &labs[l]);
        }
    return good;
}

/* In how many parts so many runs are measured; a lab, which is one boot, is a part itself. */
static unsigned parts_of(unsigned runs)
{
    unsigned parts =
        runs / RESULT_PART_RUNS < RESULT_PARTS ? runs / RESULT_PART_RUNS : RESULT_PARTS;

    return parts >= RESULT_LEAST_PARTS && !place()->lab ? parts : 1;
}

/* How much longer a run takes than under TCG here: on a processor of its own, in a lab on that, and
 * where QEMU emulates a lab that virtualizes. */
#define ON_HARDWARE   0.2
#define IN_LAB        0.4
#define EMULATED      4.0
#define BOOT_OF_LAB_S 40.0
#define QUICK         0.3 /* a run does less, too */

static double seconds_on(const struct bench *b, const struct platform *p, bool lab, double factor)
{
    double seconds = 0;

    for (size_t s = 0; s < b->chosen.n; s++)
        for (const struct suite_app *app = b->chosen.v[s]->apps; app->name; app++) {
            double one = (app->seconds > 0 ? app->seconds : SUITE_SECONDS) * factor *
                         (b->plan.quick ? QUICK : 1);
            unsigned most = b->plan.runs;

            if (suite_fits(b->chosen.v[s], p, b->plan.usual))
                seconds += one * rounds_wanted(app, p, &b->plan, most, lab);
        }
    return seconds;
}

double bench_seconds(const struct bench *b)
{
    bool boots[LABS] = {false}, kvm = !access("/dev/kvm", R_OK | W_OK);
    double seconds = 0;

    for (int i = 0; i < b->count; i++) {
        const struct platform *p = b->platforms[i];
        struct buf why = {0};
        enum offer offer = lab_offer(p, &why);

        buf_free(&why);
        if (offer == OFFER_LAB) {
            boots[!strcmp(p->lab, "xen")] = true;
            seconds += seconds_on(b, p, true, kvm ? IN_LAB : EMULATED);
        } else if (offer == OFFER_NATIVE) {
            seconds += seconds_on(b, p, false, p->hardware || p->process ? ON_HARDWARE : 1);
        }
    }
    return seconds + (boots[0] + boots[1]) * BOOT_OF_LAB_S * parts_of(b->plan.runs);
}

int bench_measure(struct bench *b)
{
    unsigned parts = parts_of(b->plan.runs);
    double end = b->limit_s > 0 ? now_s() + b->limit_s : 0;
    struct bench_time time = {0};
    bool good = true;

    for (unsigned i = 0; i < parts && good && !interrupted; i++) {
        struct bench part = *b;

        time.end = end > 0 ? now_s() + fmax(end - now_s(), 0) / (parts - i) : 0;
        part.time = &time;
        part.first = i ? 0 : parts;
        part.seed = b->seed + i;
        part.result = i ? results_new("", part.seed) : b->result;
        part.plan.runs = b->plan.runs * (i + 1) / parts - b->plan.runs * i / parts;
        part.plan.exits = b->plan.exits && !i;
        progress_part(i + 1, parts);
        good = measure_part(&part);
        if (i) {
            results_join(b->result, part.result);
            if (facts_has(part.result->facts, "partial"))
                results_partial(b->result, facts_text(part.result->facts, "partial"));
            results_free(part.result);
        }
    }
    progress("%s", "");
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    return good ? 0 : ST_LAB;
}
