/* Sides that took turns: which of a round's runs is called B is chance, if they are the same.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/difference.h"
#include "stats/stats.h"
#include "base/buf.h"
#include "base/random.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EDGE_DRAWS 999 /* for an interval's edges */
#define EXACT_RUNS 7   /* up to here all 3^n draws are made */
#define REJECTIONS 3   /* in a row, beyond an edge */
#define WIDENING   1.5
#define STEPS      60 /* 1.5^60 is infinite enough */
#define HALVINGS   6
#define SAME       1e-9 /* doubles that differ by so much are equal */

enum { A, AGAIN, B, SIDES };

/* Ways to look at it: the middle half of all differences inside rounds; the run at some rank of
 * each side, the best first; the mean of the best ones. */
static const struct way {
    const char *name;
    double share; /* of the runs, rounded up; one at least */
} ways[] = {
    {"middle of rounds", 0},     {"run at 5 %", 0.05}, {"run at 10 %", 0.1},
    {"run at 25 %", 0.25},       {"median run", 0.5},  {"best run", 0},
    {"mean of best 75 %", 0.75},
};
enum { MIDDLE, RANKS, MEAN = 6, WAYS };

/* A run, or the difference of two of a round, which counts when the first of them is called B. run:
 * SIDES * round + side. */
struct entry {
    double v;
    uint32_t run;
};

/* Logarithms of which the least are the best, and the room for draws. */
struct turns {
    size_t n, rank[WAYS];
    double *v[SIDES];
    struct entry *runs, *pairs;
    uint8_t *called;       /* what each run is called in this draw */
    double *sorted[SIDES]; /* the runs of a name, and one more */
    double *differences;
    double (*drawn)[WAYS];
};

/* Of a test that B differs from A by some change. */
struct outcome {
    double scatter[WAYS]; /* of each way, among the draws */
    double p;
};

static struct turns turns_new(size_t n)
{
    struct turns t = {.n = n};

    for (int s = 0; s < SIDES; s++) {
        t.v[s] = xrealloc(NULL, n * sizeof *t.v[s]);
        t.sorted[s] = xrealloc(NULL, (n + 1) * sizeof *t.sorted[s]);
    }
    t.runs = xrealloc(NULL, SIDES * n * sizeof *t.runs);
    t.pairs = xrealloc(NULL, 2 * SIDES * n * sizeof *t.pairs);
    t.called = xrealloc(NULL, SIDES * n);
    t.differences = xrealloc(NULL, (2 * n + 1) * sizeof *t.differences);
    t.drawn = xrealloc(NULL, (DIFFERENCE_DRAWS + 1) * sizeof *t.drawn);
    for (int w = 0; w < WAYS; w++)
        t.rank[w] = (size_t)fmax(1, ceil(ways[w].share * (double)n));
    return t;
}

static void turns_free(struct turns *t)
{
    for (int s = 0; s < SIDES; s++) {
        free(t->v[s]);
        free(t->sorted[s]);
    }
    free(t->runs);
    free(t->pairs);
    free(t->called);
    free(t->differences);
    free(t->drawn);
}

static int by_value(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return (x->v > y->v) - (x->v < y->v);
}

/* All runs, and all differences inside rounds, in order, as if B had not changed by so much. */
static void prepare(struct turns *t, double change)
{
    struct entry *run = t->runs, *pair = t->pairs;

    for (uint32_t i = 0; i < t->n; i++) {
        double v[SIDES] = {t->v[A][i], t->v[AGAIN][i], t->v[B][i] - change};

        for (uint32_t s = 0; s < SIDES; s++) {
            *run++ = (struct entry){v[s], SIDES * i + s};
            for (uint32_t other = 0; other < SIDES; other++)
                if (other != s)
                    *pair++ = (struct entry){v[s] - v[other], SIDES * i + s};
        }
    }
    qsort(t->runs, SIDES * t->n, sizeof *t->runs, by_value);
    qsort(t->pairs, 2 * SIDES * t->n, sizeof *t->pairs, by_value);
}

/* Copies the first so many of some entries whose runs have a name. There are as many; out has room
 * for one more. */
static void pick(const struct turns *t, const struct entry *e, int name, double *out, size_t n)
{
    for (size_t taken = 0; taken < n; e++) { /* without a branch, which nobody could predict */
        out[taken] = e->v;
        taken += t->called[e->run] == name;
    }
}

/* How much B differs, in all ways, with the runs called as they are. */
static void look(struct turns *t, double out[WAYS])
{
    size_t n = t->n, cut = n / 2, last = 2 * n - cut;
    double sum[SIDES] = {0}, middle = 0;

    for (int s = 0; s < SIDES; s++) {
        pick(t, t->runs, s, t->sorted[s], t->rank[MEAN]);
        for (size_t i = 0; i < t->rank[MEAN]; i++)
            sum[s] += t->sorted[s][i];
    }
    for (int w = RANKS; w < MEAN; w++) {
        size_t i = t->rank[w] - 1;

        out[w] = t->sorted[B][i] - (t->sorted[A][i] + t->sorted[AGAIN][i]) / 2;
    }
    out[MEAN] = (sum[B] - (sum[A] + sum[AGAIN]) / 2) / (double)t->rank[MEAN];
    pick(t, t->pairs, B, t->differences, last);
    for (size_t i = cut; i < last; i++)
        middle += t->differences[i];
    out[MIDDLE] = middle / (double)(last - cut);
}

/* Calls the runs for a draw; the same ones for every row. A round's next side after B is called A,
 * the one after it A again: the three callings of a round are a group, as the test needs. */
static void call(struct turns *t, size_t draw)
{
    static const uint8_t names[SIDES][SIDES] = {{B, A, AGAIN}, {AGAIN, B, A}, {A, AGAIN, B}};
    unsigned long long random = DIFFERENCE_SEED + draw;

    for (size_t i = 0; i < t->n; i++) {
        size_t which =
            t->n <= EXACT_RUNS ? draw % SIDES : (random_next(&random) >> 32) * SIDES >> 32;

        memcpy(t->called + SIDES * i, names[which], SIDES);
        draw /= SIDES;
    }
}

static void look_really(struct turns *t, double out[WAYS])
{
    for (uint32_t i = 0; i < SIDES * t->n; i++)
        t->called[i] = i % SIDES;
    look(t, out);
}

/* The greatest of all ways, each in units of its scatter. */
static double greatest(const double of[WAYS], const double per_unit[WAYS])
{
    double most = 0;

    for (int w = 0; w < WAYS; w++)
        if (fabs(of[w]) > SAME)
            most = fmax(most, fabs(of[w]) * per_unit[w]);
    return most;
}

/* Tests that B has changed by so much, by so many draws; all there are of few rounds. */
static struct outcome test(struct turns *t, double change, size_t draws)
{
    bool exact = t->n <= EXACT_RUNS;
    struct outcome o = {{0}, 0};
    double real[WAYS], per_unit[WAYS], most;
    size_t as_great = 0;

    prepare(t, change);
    look_really(t, real);
    draws = exact ? (size_t)pow(SIDES, (double)t->n) : draws;
    for (size_t i = 0; i < draws; i++) {
        call(t, i);
        look(t, t->drawn[i]);
    }
    if (!exact) /* what really was is a draw as any */
        memcpy(t->drawn[draws++], real, sizeof real);
    for (int w = 0; w < WAYS; w++) {
        for (size_t i = 0; i < draws; i++)
            o.scatter[w] += t->drawn[i][w] * t->drawn[i][w];
        o.scatter[w] = sqrt(o.scatter[w] / (double)draws);
        per_unit[w] = 1 / o.scatter[w]; /* one that never scatters counts where it differs at all */
    }
    most = greatest(real, per_unit) * (1 - SAME);
    for (size_t i = 0; i < draws; i++)
        as_great += greatest(t->drawn[i], per_unit) >= most;
    o.p = (double)as_great / (double)draws;
    return o;
}

static int steadiest(const struct outcome *o)
{
    int best = 0;

    for (int w = 1; w < WAYS; w++)
        if (o->scatter[w] < o->scatter[best])
            best = w;
    return best;
}

/* The way whose estimate stands: the steadiest if B has changed by what the middle tells, and once
 * more by what that way tells. real: what all ways tell. */
static int choose_way(struct turns *t, double real[WAYS], struct outcome *o)
{
    prepare(t, 0);
    look_really(t, real);
    *o = test(t, real[MIDDLE], EDGE_DRAWS);
    *o = test(t, real[steadiest(o)], EDGE_DRAWS);
    return steadiest(o);
}

/* The farthest change from an estimate, up or down, that is not rejected; it may be infinite. */
static double edge(struct turns *t, double estimate, double first)
{
    double step = first, inside = 0, outside = 0;
    int rejected = 0;

    for (int i = 0; rejected < REJECTIONS; i++, step *= WIDENING) {
        if (i == STEPS)
            return copysign(INFINITY, first);
        if (test(t, estimate + step, EDGE_DRAWS).p > DIFFERENCE_ERROR) {
            inside = step;
            rejected = 0;
        } else if (!rejected++) {
            outside = step;
        }
    }
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (inside + outside) / 2;

        *(test(t, estimate + middle, EDGE_DRAWS).p > DIFFERENCE_ERROR ? &inside : &outside) =
            middle;
    }
    return estimate + outside;
}

/* The least step by which the figures differ, on the logarithms; of figures that are all alike, one
 * in the last digit. sorted: ascending. */
static double least_step(const double *sorted, size_t n)
{
    double least = INFINITY, value = exp(fabs(sorted[0])), digit = 1;

    for (size_t i = 1; i < n; i++)
        if (sorted[i] - sorted[i - 1] > SAME)
            least = fmin(least, sorted[i] - sorted[i - 1]);
    if (least < INFINITY)
        return least;
    while (digit < 1e6 && fabs(value * digit - round(value * digit)) > SAME * value * digit)
        digit *= 10;
    return log1p(1 / (value * digit));
}

/* Takes out of each run what its boot has in common: the median of all its runs, of all sides. */
static void level_parts(struct turns *t, const size_t *parts, size_t count)
{
    double *of_part = xrealloc(NULL, SIDES * t->n * sizeof *of_part), none[2], coverage;

    for (size_t part = 0, first = 0; part < count; first += parts[part++]) {
        size_t n = 0;
        double middle;

        for (int s = 0; s < SIDES; s++)
            for (size_t i = first; i < first + parts[part]; i++)
                of_part[n++] = t->v[s][i];
        middle = stats_median(of_part, n, none, &coverage);
        for (int s = 0; s < SIDES; s++)
            for (size_t i = first; i < first + parts[part]; i++)
                t->v[s][i] -= middle;
    }
    free(of_part);
}

/* What stands for A in a way: of both its turns, as they were. */
static double value_of(const struct turns *t, int way)
{
    size_t first = 0, last = t->rank[way];
    double sum = 0;

    if (way >= RANKS && way < MEAN)
        first = last - 1;
    if (way == MIDDLE) {
        first = t->n / 4;
        last = t->n - first;
    }
    for (size_t i = first; i < last; i++)
        sum += t->sorted[A][i] + t->sorted[AGAIN][i];
    return sum / (double)(2 * (last - first));
}

/* Logarithms of all sides; where more is better, of the reciprocals. Returns false where there are
 * none, with the state. */
static bool take(struct turns *t, const double *const sides[SIDES], bool upper,
                 struct difference *d)
{
    size_t above = 0;

    for (int s = 0; s < SIDES; s++)
        for (size_t i = 0; i < t->n; i++) {
            above += sides[s][i] > 0;
            t->v[s][i] = sides[s][i] > 0 ? (upper ? -1 : 1) * log(sides[s][i]) : 0;
        }
    if (above < SIDES * t->n) {
        d->state = above ? DIFFERENCE_NO_RATIO : DIFFERENCE_ZERO;
        return false;
    }
    d->state = t->n < DIFFERENCE_LEAST_RUNS ? DIFFERENCE_FEW : DIFFERENCE_TOLD;
    return true;
}

/* The middle of the figures themselves, where there is no more to tell. */
static void plain_values(struct difference *d, const double *const sides[SIDES], size_t n)
{
    double *copy = xrealloc(NULL, 2 * n * sizeof *copy), none[2], coverage;

    memcpy(copy, sides[A], n * sizeof *copy);
    memcpy(copy + n, sides[AGAIN], n * sizeof *copy);
    d->a = stats_median(copy, 2 * n, none, &coverage);
    memcpy(copy, sides[B], n * sizeof *copy);
    d->b = stats_median(copy, n, none, &coverage);
    d->change = d->state == DIFFERENCE_FEW ? d->b / d->a - 1 : 0;
    free(copy);
}

/* The estimate, by the steadiest way, and the interval around it. */
static void estimate_change(struct turns *t, bool upper, struct difference *d)
{
    double real[WAYS], of_a[WAYS], estimate, ends[2], first;
    struct outcome o;
    int way;

    for (int w = 0; w < WAYS; w++)
        of_a[w] = value_of(t, w);
    way = choose_way(t, real, &o);
    estimate = real[way];
    first = fmax(o.scatter[way] / 2, fmax(d->step / 4, SAME));
    d->p = test(t, 0, DIFFERENCE_DRAWS).p;
    for (int i = 0; i < 2; i++)
        ends[i] = edge(t, estimate, i ? first : -first);
    if (d->p > DIFFERENCE_ERROR) {
        ends[0] = fmin(ends[0], 0);
        ends[1] = fmax(ends[1], 0);
    }
    ends[0] = fmin(ends[0], estimate - d->step);
    ends[1] = fmax(ends[1], estimate + d->step);
    d->half = (ends[1] - ends[0]) / 2;
    d->way = ways[way].name;
    d->a = exp(upper ? -of_a[way] : of_a[way]);
    d->change = expm1(upper ? -estimate : estimate);
    d->b = d->a * (1 + d->change);
    d->interval[0] = expm1(upper ? -ends[1] : ends[0]);
    d->interval[1] = expm1(upper ? -ends[0] : ends[1]);
}

struct difference difference_in_turn(const double *const sides[3], size_t n, bool upper,
                                     const size_t *parts, size_t part_count)
{
    struct difference d = {.n = n, .p = 1, .way = "", .half = INFINITY};
    struct turns t;

    if (!n)
        return d;
    t = turns_new(n);
    if (!take(&t, sides, upper, &d) || d.state == DIFFERENCE_FEW) {
        plain_values(&d, sides, n);
    } else {
        double *all = xrealloc(NULL, SIDES * n * sizeof *all);

        for (int s = 0; s < SIDES; s++) {
            memcpy(all + (size_t)s * n, t.v[s], n * sizeof *all);
            memcpy(t.sorted[s], t.v[s], n * sizeof *all);
            stats_sort(t.sorted[s], n);
        }
        stats_sort(all, SIDES * n);
        d.step = least_step(all, SIDES * n);
        free(all);
        level_parts(&t, parts, part_count);
        estimate_change(&t, upper, &d);
    }
    turns_free(&t);
    return d;
}
