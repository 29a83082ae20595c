/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/difference.h"
#include "stats/stats.h"
#include "base/random.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>

#define RESAMPLES        2000
#define FLOOR_CONFIDENCE 0.95

/* What may stand for a side: the best run, a run at some rank, or the mean of the best 75 %. */
static const struct best ways[] = {
    {.share = 0},
    {.share = 0.05, .last = true},
    {.share = 0.1, .last = true},
    {.share = 0.25, .last = true},
    {.share = 0.5, .last = true},
    {.share = 0.75},
};
#define WAYS (sizeof ways / sizeof *ways)

/* Of n ascending numbers. */
static double best(const double *sorted, size_t n, struct best which)
{
    size_t count = (size_t)fmax(1, ceil(which.share * (double)n));
    const double *first = which.upper ? sorted + n - count : sorted;
    double sum = 0;

    if (which.last)
        return first[which.upper ? 0 : count - 1];
    for (size_t i = 0; i < count; i++)
        sum += first[i];
    return sum / (double)count;
}

/* Of every step-th number from first up to n. */
static double best_of(const double *v, size_t first, size_t n, size_t step, struct best which)
{
    double *some = xrealloc(NULL, n * sizeof *some), q;
    size_t count = 0;

    for (size_t i = first; i < n; i += step)
        some[count++] = v[i];
    stats_sort(some, count);
    q = best(some, count, which);
    free(some);
    return q;
}

/* Of two figures, as a share of their mean. */
static double distance(double x, double y) { return x == y ? 0 : fabs(x - y) / ((x + y) / 2); }

/* By how much a side differs from itself. */
static double unrest(struct figures f, struct best which)
{
    double odd = best_of(f.v, 0, f.n, 2, which), even = best_of(f.v, 1, f.n, 2, which);
    double first = best_of(f.v, 0, f.n / 2, 1, which);
    double second = best_of(f.v, f.n / 2, f.n, 1, which);

    return fmax(distance(odd, even), distance(first, second));
}

/* As many runs, drawn by chance, ascending. One seed draws the same rounds of every side. */
static void resample(struct figures f, unsigned long long seed, double *out)
{
    for (size_t i = 0; i < f.n; i++)
        out[i] = f.v[random_next(&seed) % f.n];
    stats_sort(out, f.n);
}

static double change_of(double a, double b)
{
    if (a == b)
        return 0;
    return a > 0 ? b / a - 1 : INFINITY;
}

/* The middle of RESAMPLES changes; sorts them. */
static void interval_of(double *changes, double confidence, double interval[2])
{
    size_t tail = (size_t)((1 - confidence) / 2 * RESAMPLES);

    stats_sort(changes, RESAMPLES);
    interval[0] = changes[tail];
    interval[1] = changes[RESAMPLES - 1 - tail];
}

/* The far end of what a side's changes from itself mostly are; sorts them. */
static double floor_of(double *changes)
{
    double ends[2];

    interval_of(changes, FLOOR_CONFIDENCE, ends);
    return fmax(fabs(ends[0]), fabs(ends[1]));
}

double difference_noise(const struct difference *d)
{
    return fmax(d->floor, (d->interval[1] - d->interval[0]) / 2);
}

bool difference_is_noisy(const struct difference *d)
{
    return !d->known || difference_noise(d) > DIFFERENCE_SMALL;
}

unsigned difference_runs_needed(const struct difference *d, size_t n)
{
    double noise = difference_noise(d) / DIFFERENCE_SMALL, runs = (double)n * noise * noise, step;

    if (n < DIFFERENCE_LEAST_RUNS)
        return DIFFERENCE_LEAST_RUNS;
    if (!d->known || !(runs <= DIFFERENCE_MOST_RUNS))
        return 0;
    step = pow(10, fmax(0, floor(log10(fmax(1, runs))) - 1));
    return (unsigned)(ceil(runs / step) * step);
}

static bool is_real(const struct difference *d)
{
    return d->known && d->divisible && fabs(d->change) > d->floor &&
           (d->interval[0] > 0 || d->interval[1] < 0);
}

/* What a side stands for. */
static double value_of(struct figures f, struct best which)
{
    const double *v = f.v;
    double mean = 0;

    if (!f.part_count)
        return best_of(v, 0, f.n, 1, which);
    for (size_t i = 0; i < f.part_count; v += f.parts[i++])
        mean += best_of(v, 0, f.parts[i], 1, which) / (double)f.part_count;
    return mean;
}

/* Sets what can be said without the noise: the sides' values, and their change. */
static void set_change(struct difference *d, struct figures a, struct figures b, struct best which)
{
    d->a = value_of(a, which);
    d->b = value_of(b, which);
    d->divisible = d->a > 0;
    d->known =
        a.n >= DIFFERENCE_LEAST_RUNS && b.n >= DIFFERENCE_LEAST_RUNS && (d->divisible || d->b == 0);
    d->change = change_of(d->a, d->b);
}

struct difference difference_in_turn(struct figures a, struct figures again, struct figures b,
                                     bool upper)
{
    struct figures sides[] = {a, again, b};
    struct difference d = {.floor = INFINITY};
    double(*self)[RESAMPLES], (*other)[RESAMPLES];
    double *drawn[3];
    struct best which[WAYS];

    if (!a.n || !again.n || !b.n)
        return (struct difference){0};
    self = xrealloc(NULL, WAYS * sizeof *self);
    other = xrealloc(NULL, WAYS * sizeof *other);
    for (size_t w = 0; w < WAYS; w++) {
        which[w] = ways[w];
        which[w].upper = upper;
    }
    for (int k = 0; k < 3; k++)
        drawn[k] = xrealloc(NULL, sides[k].n * sizeof *drawn[k]);
    for (size_t i = 0; i < RESAMPLES; i++) {
        for (int k = 0; k < 3; k++)
            resample(sides[k], i, drawn[k]);
        for (size_t w = 0; w < WAYS; w++) {
            double of_a = best(drawn[0], a.n, which[w]);

            self[w][i] = change_of(of_a, best(drawn[1], again.n, which[w]));
            other[w][i] = change_of(of_a, best(drawn[2], b.n, which[w]));
        }
    }
    for (size_t w = 0; w < WAYS; w++) {
        struct difference it = {.floor = floor_of(self[w])};

        set_change(&it, a, b, which[w]);
        interval_of(other[w], DIFFERENCE_CONFIDENCE, it.interval);
        if (difference_noise(&it) <= difference_noise(&d))
            d = it;
    }
    d.real = is_real(&d);
    for (int k = 0; k < 3; k++)
        free(drawn[k]);
    free(self);
    free(other);
    return d;
}

/* The bootstrap's, of sides that have nothing to do with each other. */
static void bootstrap(struct difference *d, struct figures a, struct figures b, struct best which)
{
    double *of_a = xrealloc(NULL, a.n * sizeof *of_a), *of_b = xrealloc(NULL, b.n * sizeof *of_b);
    double changes[RESAMPLES];

    for (size_t i = 0; i < RESAMPLES; i++) {
        resample(a, 2 * i, of_a);
        resample(b, 2 * i + 1, of_b);
        changes[i] = change_of(best(of_a, a.n, which), best(of_b, b.n, which));
    }
    interval_of(changes, DIFFERENCE_CONFIDENCE, d->interval);
    free(of_a);
    free(of_b);
}

/* The sum of the parts' squared distances from their mean. */
static double squares_of(struct figures f, struct best which, double mean)
{
    const double *v = f.v;
    double sum = 0;

    for (size_t i = 0; i < f.part_count; v += f.parts[i++])
        sum += pow(best_of(v, 0, f.parts[i], 1, which) - mean, 2);
    return sum;
}

/* Student's interval of the parts' spread, which is taken for the same on both sides. */
static void student(struct difference *d, struct figures a, struct figures b, struct best which)
{
    /* Student's t, of which 99 % lie within ±: for 4 degrees of freedom, 5 … */
    static const double quantile[] = {4.604, 4.032, 3.707, 3.499, 3.355};
    size_t freedom = a.part_count + b.part_count - 2;
    size_t most = sizeof quantile / sizeof *quantile - 1;
    double squares = squares_of(a, which, d->a) + squares_of(b, which, d->b);
    double half =
        sqrt(squares / (double)freedom * (1 / (double)a.part_count + 1 / (double)b.part_count)) *
        quantile[freedom - 4 < most ? freedom - 4 : most] / d->a;

    d->interval[0] = d->change - half;
    d->interval[1] = d->change + half;
}

struct difference difference_apart(struct figures a, struct figures b, struct best which)
{
    struct difference d = {.floor = DIFFERENCE_FLOOR_APART};
    bool in_parts =
        a.part_count >= DIFFERENCE_LEAST_PARTS && b.part_count >= DIFFERENCE_LEAST_PARTS;

    if (!a.n || !b.n)
        return d;
    if (!in_parts)
        a.part_count = b.part_count = 0;
    set_change(&d, a, b, which);
    if (!d.known || !d.divisible)
        return d;
    d.floor = fmax(d.floor, fmax(unrest(a, which), unrest(b, which)));
    if (in_parts)
        student(&d, a, b, which);
    else
        bootstrap(&d, a, b, which);
    d.real = is_real(&d);
    return d;
}

void difference_raise_floors(struct difference *d, size_t n)
{
    double *floors = xrealloc(NULL, (n + 1) * sizeof *floors), least;
    size_t known = 0;

    for (size_t i = 0; i < n; i++)
        if (d[i].known)
            floors[known++] = d[i].floor;
    stats_sort(floors, known);
    least = known ? floors[known / 2] : 0;
    for (size_t i = 0; i < n; i++) {
        d[i].floor = fmax(d[i].floor, least);
        d[i].real = is_real(&d[i]);
    }
    free(floors);
}
