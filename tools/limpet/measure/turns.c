/* Two sides that take turns: tried, then measured round by round until that is enough.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/turns.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "base/clock.h"
#include "lab/lab.h"
#include "measure/rounds.h"
#include "measure/target.h"
#include "tools/status.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const turns_labels[TURNS_SIDES] = {"A", "A again", "B"};

/* An app on a platform, with all its sides. */
struct open {
    struct rounds *rounds;
    const char *suite;
    const struct platform *platform;
    bool goes_on;
};

/* The native ones. */
struct native {
    struct turns *turns;
    const struct platform *platforms[PLATFORMS_MAX];
    struct target targets[PLATFORMS_MAX][TURNS_SIDES];
    int count;
    struct open *open;
    size_t n;
    double began;
};

bool turns_in_lab(const struct platform *platform)
{
    struct buf why = {0};
    bool is = lab_offer(platform, &why) == OFFER_LAB;

    buf_free(&why);
    return is;
}

/* Starts a guest once where the check of the clock starts none. */
static void start_once(struct target *t)
{
    const struct suite *const *suite = suites;
    struct guest_lines lines;
    struct vm_result vm;

    while (!(*suite)->is_boot)
        suite++;
    progress("a first start of %s on %s …", t->label, t->platform->title);
    t->unfit = target_run(t, (*suite)->apps, NULL, &lines, &vm);
    guest_lines_free(&lines);
    vm_result_free(&vm);
}

/* Is a target fit to be measured? If not, a message. */
static bool try_target(struct target *t)
{
    targets_check_clocks(t, 1);
    if (t->platform->suites == BOOT_ONLY && !interrupted)
        start_once(t);
    if (t->unfit && !interrupted)
        warn("%s on %s: %s", t->label, t->platform->title, t->unfit);
    return !t->unfit;
}

/* Starts both sides once on every platform; A again is A. Returns 0, or a status with a message. */
static int try_all(struct native *n)
{
    struct turns *t = n->turns;
    bool fit = true;

    for (int p = 0; p < n->count; p++) {
        struct target *targets = n->targets[p];

        for (int i = 0; i < TURNS_SIDES; i++) {
            struct contender *c = &t->contenders[i / 2];

            targets[i] = (struct target){.platform = n->platforms[p],
                                         .plan = &c->plan,
                                         .images = &c->images,
                                         .result = t->results[i],
                                         .label = turns_labels[i]};
        }
        fit &= try_target(&targets[0]);
        fit &= try_target(&targets[2]);
        targets[1].fit = facts_copy(targets[0].fit);
    }
    progress("%s", "");
    return interrupted ? ST_INTERRUPT + interrupted : fit ? ST_OK : ST_FAILED;
}

/* Begins all rounds of all suites. */
static void open_all(struct native *n)
{
    struct turns *t = n->turns;

    n->began = now_s();
    for (int p = 0; p < n->count; p++)
        for (size_t s = 0; s < t->chosen.n; s++) {
            const struct suite *suite = t->chosen.v[s];

            if (!suite_fits(suite, n->platforms[p], false))
                continue;
            for (const struct suite_app *app = suite->apps; app->name; app++) {
                if (!app->collect)
                    continue;
                n->open = list_grown(n->open, n->n, sizeof *n->open);
                n->open[n->n++] =
                    (struct open){rounds_begin(suite, app, n->targets[p], TURNS_SIDES,
                                               t->rounds && !t->quick ? t->rounds : t->most, true),
                                  suite->name, n->platforms[p], true};
            }
        }
}

/* How many rounds may be needed for a row that is waited for: with some more after the last look
 * they fit into the time, of which those done have taken so much. */
static unsigned rounds_in_budget(const struct turns *t, unsigned done, double took)
{
    double rounds = t->budget_s > 0 ? fmin(t->most, done * t->budget_s / took) : t->most;

    return (unsigned)(rounds * done / difference_enough(done));
}

/* What sides have given so far, judged. */
static struct comparison judge(struct result *const results[TURNS_SIDES], const struct turns *t)
{
    struct judging judging = t->judging;
    struct side a = {(const struct result *const *)&results[0], 1};
    struct side b = {(const struct result *const *)&results[2], 1};

    judging.force = true;
    return comparison_of(a, results[1], b, &judging);
}

/* What native sides have given so far, in results, judged; both to be forgotten. */
static struct comparison judge_open(const struct native *n, struct result *results[TURNS_SIDES])
{
    for (int i = 0; i < TURNS_SIDES; i++)
        results[i] = results_new("", n->turns->seed);
    for (size_t i = 0; i < n->n; i++)
        rounds_look(n->open[i].rounds, results);
    return judge(results, n->turns);
}

static void forget(struct comparison *c, struct result *results[TURNS_SIDES])
{
    comparison_free(c);
    for (int i = 0; i < TURNS_SIDES; i++)
        results_free(results[i]);
}

/* So many rounds, at least, can tell any of the rows that there are. */
static unsigned enough_to_judge(const struct native *n)
{
    struct result *results[TURNS_SIDES];
    struct comparison c = judge_open(n, results);
    unsigned rounds = difference_judging(n->turns->rounds, c.judged);

    forget(&c, results);
    return rounds;
}

/* Looks which apps go on: those of which some row has no verdict, and may have one in time. Those
 * whose rows all have one make some rounds more, and end. Returns whether any goes on. */
static bool look(struct native *n, unsigned done)
{
    struct turns *t = n->turns;
    struct result *results[TURNS_SIDES];
    unsigned budget = rounds_in_budget(t, done, now_s() - n->began);
    struct comparison c = judge_open(n, results);
    bool any = false;

    t->looks++;
    for (size_t i = 0; i < n->n; i++) {
        struct open *o = &n->open[i];

        if (o->goes_on && comparison_is_told(&c, o->suite, o->platform, budget)) {
            o->goes_on = false;
            if (comparison_is_told(&c, o->suite, o->platform, UINT_MAX))
                rounds_go_on(o->rounds, difference_enough(done), &t->random);
        }
        any |= o->goes_on;
    }
    forget(&c, results);
    return any;
}

/* Goes on to so many rounds. */
static bool go_on(struct native *n, unsigned until)
{
    bool any = false;

    for (size_t i = 0; i < n->n && !interrupted; i++) {
        struct open *o = &n->open[i];

        o->goes_on = o->goes_on && rounds_go_on(o->rounds, until, &n->turns->random);
        any |= o->goes_on;
    }
    return any;
}

static void measure_native(struct native *n)
{
    struct turns *t = n->turns;

    open_all(n);
    if (t->rounds)
        go_on(n, t->rounds);
    if (t->quick && !interrupted)
        go_on(n, enough_to_judge(n));
    for (int i = 0; !t->rounds && i < DIFFERENCE_LOOKS && difference_looks[i] <= t->most; i++) {
        bool more = go_on(n, difference_looks[i]);

        if (interrupted || !look(n, difference_looks[i]) || !more)
            break;
    }
    for (size_t i = 0; i < n->n; i++)
        rounds_end(n->open[i].rounds);
    free(n->open);
}

/* How many steps of progress so many rounds are in a lab; NULL: here. */
static double steps_of(const struct turns *t, const char *lab, unsigned rounds)
{
    double steps = 0;

    for (int i = 0; i < t->count; i++) {
        const struct platform *p = t->platforms[i];
        bool there = turns_in_lab(p) ? lab && !strcmp(lab, p->lab) : !lab;

        for (size_t s = 0; s < t->chosen.n && there; s++)
            for (const struct suite_app *app = t->chosen.v[s]->apps; app->name; app++)
                if (suite_fits(t->chosen.v[s], p, false))
                    steps +=
                        TURNS_SIDES * rounds_steps(app, p, &t->contenders[0].plan, rounds, false);
    }
    return steps;
}

/* The rounds of a lab, boot by boot. Returns 0, or a status with a message. */
static int measure_lab(struct turns *t, const char *lab)
{
    unsigned rounds = t->rounds, each, done = 0, boots = 0;
    double began = now_s();
    bool more = true;
    int status = ST_OK;

    each = (rounds + TURNS_BOOTS - 1) / TURNS_BOOTS;
    each = each > TURNS_EACH ? each : TURNS_EACH;
    if (rounds && rounds < TURNS_EACH)
        each = rounds; /* of one boot alone */
    while (more && !status && !interrupted) {
        status = turns_lab(t, lab, boots++, each, steps_of(t, lab, each));
        done += each;
        if (rounds) {
            more = done < rounds;
        } else if (boots >= TURNS_BOOTS && !status) {
            struct comparison c = judge(t->results, t);
            unsigned budget = rounds_in_budget(t, done, now_s() - began);

            t->looks++;
            more = done + each <= t->most && !comparison_is_told(&c, NULL, NULL, budget);
            if (!more && comparison_is_told(&c, NULL, NULL, UINT_MAX))
                status = turns_lab(t, lab, boots++, difference_enough(done) - done, 0);
            comparison_free(&c);
        }
    }
    return status;
}

/* What failed later, told. */
static int tell_skips(const struct turns *t)
{
    int status = ST_OK;

    for (int i = 0; i < TURNS_SIDES; i++)
        for (size_t k = 0; k < t->results[i]->skip_count; k++) {
            const struct skip *skip = &t->results[i]->skips[k];

            warn("%s, %s on %s: %s", turns_labels[i], skip->suite,
                 platform_find(skip->platform)->title, skip->reason);
            status = ST_FAILED;
        }
    return status;
}

/* Where it is known how many rounds there will be. */
static void plan_progress(const struct turns *t, const char *const labs[], int lab_count)
{
    double steps = steps_of(t, NULL, t->rounds);

    for (int l = 0; l < lab_count; l++)
        steps += steps_of(t, labs[l], t->rounds);
    progress_plan(t->rounds ? steps : 0);
}

int turns_measure(struct turns *t, void (*begin)(void *ctx), void *ctx)
{
    struct native n = {.turns = t};
    const char *labs[PLATFORMS_MAX];
    int lab_count = 0, status = ST_OK;

    t->random = t->seed;
    for (int i = 0; i < t->count; i++) {
        const struct platform *p = t->platforms[i];
        int l = 0;

        if (!turns_in_lab(p)) {
            n.platforms[n.count++] = p;
            continue;
        }
        while (l < lab_count && strcmp(labs[l], p->lab) != 0)
            l++;
        labs[l] = p->lab;
        lab_count += l == lab_count;
    }
    status = try_all(&n);
    if (!status) {
        begin(ctx);
        plan_progress(t, labs, lab_count);
        measure_native(&n);
        for (int l = 0; l < lab_count && !status; l++)
            status = measure_lab(t, labs[l]);
        progress("%s", "");
    }
    for (int p = 0; p < n.count; p++)
        targets_free(n.targets[p], TURNS_SIDES);
    if (interrupted)
        return ST_INTERRUPT + interrupted;
    return status ? status : tell_skips(t);
}
