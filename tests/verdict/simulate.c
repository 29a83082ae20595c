/* What the verdicts of limpet compare are worth: simulated machines with changes that are known.
 * usage: simulate [SHARE [PART OF]]: SHARE of the tries (1), cells PART, PART + OF, … (all)
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"
#include "base/random.h"
#include "stats/turns.c" /* its test alone, too */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 240 /* rounds */

static double tries_share = 1;
static unsigned part, parts = 1, cells, failed;

/* Random numbers: 0 up to 1; the standard normal distribution (Box and Muller); of mean 1. */
static double uniform(unsigned long long *random)
{
    return ((double)(random_next(random) >> 11) + 0.5) / 9007199254740992.0;
}
static double normal(unsigned long long *random)
{
    double radius = sqrt(-2 * log(uniform(random)));

    return radius * cos(2 * M_PI * uniform(random));
}
static double exponential(unsigned long long *random) { return -log(uniform(random)); }

/* A machine's state, which lasts from run to run. */
struct state {
    unsigned long long *random;
    size_t n, run; /* rounds; runs so far */
    double common; /* of this round */
    double walk;
    bool on;
};

/* One run's time, as the machine makes it of 1. */
typedef double machine(struct state *s);

static double scatter(struct state *s, double sd) { return exp(sd * normal(s->random)); }
static double lognormal_1(struct state *s) { return scatter(s, 0.01); }
static double lognormal_2(struct state *s) { return scatter(s, 0.02); }
static double lognormal_10(struct state *s) { return scatter(s, 0.1); }

static double rounds_5(struct state *s)
{
    if (s->run % SIDES == 0)
        s->common = scatter(s, 0.05);
    return s->common * scatter(s, 0.05);
}

static double slowed(struct state *s, bool is)
{
    return scatter(s, 0.01) * (is ? 1.1 + 0.5 * uniform(s->random) : 1);
}
static double tenth_slowed(struct state *s) { return slowed(s, uniform(s->random) < 0.1); }

static double slowed_persisting(struct state *s) /* 30 % of the time, some ten runs each */
{
    if (!s->run)
        s->on = uniform(s->random) < 0.3;
    else if (uniform(s->random) < (s->on ? 0.1 : 0.1 * 3 / 7))
        s->on = !s->on;
    return slowed(s, s->on);
}

static double two_speeds(struct state *s)
{
    if (!s->run)
        s->on = uniform(s->random) < 0.5;
    else if (uniform(s->random) < 1 / 15.0)
        s->on = !s->on;
    return scatter(s, 0.01) * (s->on ? 1.38 : 1);
}

static double drift(struct state *s)
{
    s->walk += 0.01 * normal(s->random);
    return exp(0.2 * (double)s->run / (double)(SIDES * s->n) + s->walk) * scatter(s, 0.01);
}

static double heavy_tail(struct state *s)
{
    return scatter(s, 0.005) * (1 + 0.02 * pow(uniform(s->random), -1 / 1.5));
}

static double three_heaps(struct state *s) /* docs/method.md: of getpid */
{
    double which = uniform(s->random);

    if (which < 0.02)
        return scatter(s, 0.0005);
    return which < 0.5 ? 1.38 * scatter(s, 0.0005) : 1.4 + exponential(s->random) / 3;
}

static double few_quiet(struct state *s)
{
    return uniform(s->random) < 0.05 ? scatter(s, 0.002) : 1.4 + 0.5 * uniform(s->random);
}

static double ticks(struct state *s) /* a few steps of a coarse clock */
{
    return 24 * floor(40 + 2 * uniform(s->random) + (uniform(s->random) < 0.1));
}

static double constant(struct state *s)
{
    (void)s;
    return 1000;
}

static const struct model {
    const char *name;
    machine *run;
    bool discrete;
} models[] = {
    {"lognormal 2 %", lognormal_2, false},
    {"lognormal 10 %", lognormal_10, false},
    {"rounds 5 %, own 5 %", rounds_5, false},
    {"10 % of runs slowed", tenth_slowed, false},
    {"30 % slowed, persisting", slowed_persisting, false},
    {"two speeds, dwell 15", two_speeds, false},
    {"drift 20 % and walk", drift, false},
    {"heavy right tail", heavy_tail, false},
    {"three heaps", three_heaps, false},
    {"ticks", ticks, true},
    {"constant", constant, true},
    {"1 in 20 quiet", few_quiet, false},
    {"lognormal 1 %", lognormal_1, false},
};
#define MODELS (sizeof models / sizeof *models)

static const struct model *model_of(const char *name)
{
    for (size_t i = 0; i < MODELS; i++)
        if (!strcmp(models[i].name, name))
            return &models[i];
    abort();
}

/* A seed for a cell, so that none depends on which others ran. */
static unsigned long long seed_of(const char *what, const char *name, size_t n)
{
    unsigned long long seed = 1469598103934665603ull + n;

    for (const char *texts[] = {what, name, NULL}, **t = texts; *t; t++)
        for (const char *c = *t; *c; c++)
            seed = (seed ^ (unsigned char)*c) * 1099511628211ull;
    return seed;
}

/* n rounds, the sides in random order in each; B slower by a factor. */
struct rounds {
    double v[SIDES][MOST];
    size_t n;
};

static void rounds_of(struct rounds *r, machine *run, size_t n, double factor,
                      unsigned long long *random)
{
    struct state s = {.random = random, .n = n};

    r->n = n;
    for (size_t i = 0; i < n; i++) {
        int order[SIDES] = {0, 1, 2};

        random_shuffle(order, SIDES, random);
        for (int k = 0; k < SIDES; k++, s.run++)
            r->v[order[k]][i] = run(&s) * (order[k] == 2 ? factor : 1);
    }
}

static struct difference difference(const struct rounds *r)
{
    const double *sides[SIDES] = {r->v[0], r->v[1], r->v[2]};

    return difference_in_turn(sides, r->n, false, NULL, 0);
}

/* Its chance without the interval, which takes most of the time; *more: the change is upwards. */
static double chance(const struct rounds *r, bool *more)
{
    const double *sides[SIDES] = {r->v[0], r->v[1], r->v[2]};
    struct difference d;
    struct turns t = turns_new(r->n);
    struct outcome o;
    double real[WAYS], p;

    take(&t, sides, false, &d);
    p = test(&t, 0, DIFFERENCE_DRAWS).p;
    *more = false;
    if (p <= DIFFERENCE_ERROR) {
        int way = choose_way(&t, real, &o);

        *more = real[way] > 0;
    }
    turns_free(&t);
    return p;
}

/* Does this process do the next cell? */
static bool mine(void) { return cells++ % parts == part; }

static unsigned tries_of(unsigned whole) { return (unsigned)ceil(whole * tries_share); }

/* Prints a share of the tries with its limit. Of fewer tries than all three standard errors more
 * are allowed. */
static void tell(const char *item, const char *name, const char *figure, unsigned count,
                 unsigned tries, double limit, bool at_most)
{
    double share = (double)count / tries, slack = 1e-9;
    bool good;

    if (tries_share < 1)
        slack += 3 * sqrt(limit * (1 - limit) / tries) + 1.0 / tries;
    good = at_most ? share <= limit + slack : share >= limit - slack;
    failed += !good;
    printf("%-4s | %s | %s | %s | %.1f | %s %g | %u\n", good ? "ok" : "FAIL", item, name, figure,
           share * 100, at_most ? "≤" : "≥", limit * 100, tries);
    fflush(stdout);
}

/* (a), (g), (h): sides that are the same, and the interval of sides that are not. */
static void same_sides(const struct model *m, size_t n)
{
    unsigned tries = tries_of(n >= 60 ? 300 : 1000), wide_tries = tries_of(300);
    unsigned told = 0, wrong = 0, cover = 0, finite = 0;
    unsigned long long random = seed_of("a", m->name, n);
    const char *item = m->discrete ? "g" : "a";
    double truth = 0.05;
    struct rounds r;
    char name[64];
    bool more;

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        rounds_of(&r, m->run, n, 1, &random);
        told += chance(&r, &more) <= DIFFERENCE_ERROR;
    }
    for (unsigned i = 0; i < wide_tries; i++) {
        struct difference d;

        rounds_of(&r, m->run, n, 1 + truth, &random);
        d = difference(&r);
        cover += d.interval[0] <= truth + 1e-9 && truth - 1e-9 <= d.interval[1];
        wrong += d.p <= DIFFERENCE_ERROR && d.change < 0;
        finite += d.half > 0 && d.half < INFINITY;
    }
    snprintf(name, sizeof name, "%s, n = %zu", m->name, n);
    tell(item, name, "false", told, tries, 0.07, true);
    tell(item, name, "interval covers", cover, wide_tries, 0.93, false);
    tell("h", name, "wrong side of 5 %", wrong, wide_tries, 0.01, true);
    tell("g", name, "interval finite, not 0 wide", finite, wide_tries, 1, false);
}

/* (b): any of 37 rows that share their rounds is told, though these are the same; the first
 * changed ones are 10 % better. */
static void family(unsigned changed)
{
    enum { ROWS = 37, RUNS = 20 };
    unsigned tries = tries_of(300), told = 0;
    unsigned long long random = seed_of("b", "family", changed);
    char name[64];

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        double common[SIDES][RUNS], p[ROWS], adjusted[ROWS];
        bool any = false, more;

        for (int run = 0; run < RUNS; run++) {
            double round = 0.05 * normal(&random);

            for (int s = 0; s < SIDES; s++)
                common[s][run] = exp(round + 0.03 * normal(&random));
        }
        for (unsigned row = 0; row < ROWS; row++) {
            struct rounds r;

            rounds_of(&r, models[row % 9].run, RUNS, row < changed ? 0.9 : 1, &random);
            for (int s = 0; s < SIDES; s++)
                for (int run = 0; run < RUNS; run++)
                    r.v[s][run] *= common[s][run];
            p[row] = chance(&r, &more);
        }
        difference_holm(p, ROWS, adjusted);
        for (unsigned row = changed; row < ROWS; row++)
            any |= adjusted[row] <= DIFFERENCE_ERROR;
        told += any;
    }
    snprintf(name, sizeof name, "37 rows, %u of them better, n = 20", changed);
    tell("b", name, "any false row", told, tries, 0.08, true);
}

/* (c): what is found. */
static void power(const char *model, size_t n, double truth, unsigned whole, double limit)
{
    unsigned tries = tries_of(whole), found = 0, wrong = 0;
    unsigned long long random = seed_of("c", model, n + (size_t)(truth * 1e4));
    char figure[64], name[64];
    struct rounds r;

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        bool more;

        rounds_of(&r, model_of(model)->run, n, 1 + truth, &random);
        if (chance(&r, &more) > DIFFERENCE_ERROR)
            continue;
        found += more;
        wrong += !more;
    }
    snprintf(name, sizeof name, "%s, n = %zu", model, n);
    snprintf(figure, sizeof figure, "%g %% found", truth * 100);
    tell("c", name, figure, found, tries, limit, false);
    tell("h", name, "wrong side", wrong, tries, 0.01, true);
}

/* (d): rounds until the interval is as narrow as wanted, and the verdict then. */
static void automatic(const char *model, double truth)
{
    unsigned tries = tries_of(200), count[VERDICTS] = {0}, cover = 0, rounds = 0;
    unsigned long long random = seed_of("d", model, (size_t)(truth * 1e4));
    double within = 0.05;
    struct rounds r, all;
    char name[64];

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        struct difference d;

        rounds_of(&all, model_of(model)->run, MOST, 1 + truth, &random);
        for (int look = 0; look < DIFFERENCE_LOOKS - 1; look++) { /* the last is beyond MOST */
            r = all;
            r.n = difference_looks[look];
            d = difference(&r);
            if (d.half <= difference_wanted(within, 1))
                break;
        }
        r = all;
        r.n = difference_enough((unsigned)d.n) < MOST ? difference_enough((unsigned)d.n) : MOST;
        d = difference(&r);
        count[difference_verdict(&d, within, d.p, false)]++;
        cover += d.interval[0] <= truth && truth <= d.interval[1];
        rounds += (unsigned)d.n;
    }
    snprintf(name, sizeof name, "%s, true %g %%, mean n = %.0f", model, truth * 100,
             (double)rounds / tries);
    tell("d", name, "interval covers", cover, tries, 0.88, false); /* docs/method.md */
    if (truth == 0) {
        tell("d", name, "same within 5 %", count[VERDICT_SAME], tries, 0.95, false);
        tell("d", name, "WORSE", count[VERDICT_WORSE], tries, 0.04, true);
    } else if (truth == 0.05) {
        tell("d", name, "same within 5 %", count[VERDICT_SAME], tries, 0.05, true);
    } else {
        tell("d", name, "WORSE", count[VERDICT_WORSE], tries, 0.95, false);
    }
}

/* (e): units that were started anew. */
static void units(size_t k, double sd)
{
    unsigned tries = tries_of(1000), told = 0, cover = 0;
    unsigned long long random = seed_of("e", "units", k * 100 + (size_t)(sd * 100));
    char name[64];

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        double v[2][MOST];
        struct difference d;

        for (int s = 0; s < 2; s++)
            for (size_t u = 0; u < k; u++)
                v[s][u] = exp(sd * normal(&random));
        d = difference_apart(v[0], k, v[1], k);
        told += difference_verdict(&d, 0.001, d.p, false) != VERDICT_UNSURE;
        cover += d.interval[0] <= 0 && d.interval[1] >= 0;
    }
    snprintf(name, sizeof name, "files, %zu units a side, sd %g %%", k, sd * 100);
    if (k < DIFFERENCE_LEAST_UNITS) {
        tell("e", name, "any verdict", told, tries, 0, true);
        return;
    }
    tell("e", name, "false", told, tries, 0.07, true);
    tell("e", name, "interval covers", cover, tries, 0.93, false);
}

/* (f): each run's p99 of 1,000 calls, of which a share is slow that differs from run to run. */
static double p99_run(struct state *s)
{
    enum { CALLS = 1000 };
    double v[CALLS], share = 0.02 * scatter(s, 0.3);

    for (int i = 0; i < CALLS; i++)
        v[i] = uniform(s->random) < share ? 3 + exponential(s->random) : scatter(s, 0.05);
    stats_sort(v, CALLS);
    return v[CALLS * 99 / 100 - 1];
}

static void tails(void)
{
    unsigned tries = tries_of(1000), told = 0;
    unsigned long long random = seed_of("f", "tails", 20);
    struct rounds r;
    bool more;

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        rounds_of(&r, p99_run, 20, 1, &random);
        told += chance(&r, &more) <= DIFFERENCE_ERROR;
    }
    tell("f", "p99 of 20 × 1,000 calls, tail varying by 30 %", "false", told, tries, 0.07, true);
}

/* (i): what is shown to be the same, and what cannot be told. */
static void same_or_unsure(bool small)
{
    unsigned tries = tries_of(300), as_said = 0, near = 0;
    unsigned long long random = seed_of("i", "words", small);
    double wanted = difference_wanted(0.05, 1), rule = pow(5.7 * 0.1 / 0.05, 2);
    struct rounds r;

    if (!mine())
        return;
    for (unsigned i = 0; i < tries; i++) {
        struct difference d;
        unsigned needed;

        rounds_of(&r, small ? lognormal_1 : lognormal_10, small ? 20 : 6, small ? 1.02 : 1,
                  &random);
        d = difference(&r);
        as_said +=
            difference_verdict(&d, 0.05, d.p, false) == (small ? VERDICT_SAME : VERDICT_UNSURE);
        needed = difference_needed(&d, wanted);
        near += needed >= rule / 2 && needed <= rule * 2;
    }
    if (small) {
        tell("i", "+2 %, sd 1 %, n = 20", "same within 5 %", as_said, tries, 0.95, false);
        return;
    }
    tell("i", "sd 10 %, n = 6", "cannot tell", as_said, tries, 0.95, false);
    tell("i", "sd 10 %, n = 6", "N within a factor of 2", near, tries, 0.5, false);
}

static void all_automatic(void)
{
    static const char *const names[] = {"lognormal 2 %", "two speeds, dwell 15",
                                        "30 % slowed, persisting", "rounds 5 %, own 5 %"};
    static const double truths[] = {0, 0.05, 0.1};

    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 3; k++)
            automatic(names[i], truths[k]);
}

static void all_units(void)
{
    static const size_t counts[] = {1, 2, 3, 5, 12};
    static const double sds[] = {0.05, 0.1, 0.2};

    for (size_t i = 0; i < 5; i++)
        for (size_t k = 0; k < 3; k++)
            units(counts[i], sds[k]);
}

int main(int argc, char **argv)
{
    static const size_t counts[] = {6, 10, 20, 60};

    tries_share = argc > 1 ? atof(argv[1]) : 1;
    part = argc > 3 ? (unsigned)atoi(argv[2]) : 0;
    parts = argc > 3 ? (unsigned)atoi(argv[3]) : 1;
    for (size_t k = 4; k-- > 0;) /* the longest first */
        for (size_t i = 0; i < MODELS - 2; i++)
            same_sides(&models[i], counts[k]);
    all_automatic();
    family(0);
    family(20);
    power("lognormal 2 %", 20, 0.02, 1000, 0.80);
    power("30 % slowed, persisting", 20, 0.02, 1000, 0.90);
    power("two speeds, dwell 15", 20, 0.02, 1000, 0.95);
    power("10 % of runs slowed", 20, 0.02, 1000, 0.95);
    power("rounds 5 %, own 5 %", 20, 0.05, 1000, 0.80);
    power("heavy right tail", 20, 0.05, 1000, 0.90);
    power("three heaps", 20, 0.05, 1000, 0.80);
    power("1 in 20 quiet", 240, 0.02, 20, 0.90);
    all_units();
    tails();
    same_or_unsure(true);
    same_or_unsure(false);
    return failed > 0;
}
