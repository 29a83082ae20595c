/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "verdict.h"
#include "bench.h"
#include "limpet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES        2000
#define FLOOR_CONFIDENCE 0.95

static int ascending(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

/* Where the best share ends, by nearest rank; sorts the numbers. */
static double best(double *numbers, size_t n, struct best which)
{
    size_t rank = (n + which.one_in - 1) / which.one_in; /* from the better end */

    qsort(numbers, n, sizeof *numbers, ascending);
    return numbers[which.upper ? n - rank : rank - 1];
}

/* Of every step-th number from first up to n. */
static double best_of(const double *v, size_t first, size_t n, size_t step, struct best which)
{
    double *some = xrealloc(NULL, n * sizeof *some), q;
    size_t count = 0;

    for (size_t i = first; i < n; i += step)
        some[count++] = v[i];
    q = best(some, count, which);
    free(some);
    return q;
}

/* By how much a side differs from itself. */
static double unrest(struct figures f, struct best which)
{
    double odd = best_of(f.v, 0, f.n, 2, which), even = best_of(f.v, 1, f.n, 2, which);
    double first = best_of(f.v, 0, f.n / 2, 1, which);
    double second = best_of(f.v, f.n / 2, f.n, 1, which);

    return fmax(fabs(odd / even - 1), fabs(first / second - 1));
}

static double resample(struct figures f, double *drawn, struct best which,
                       unsigned long long *random)
{
    for (size_t i = 0; i < f.n; i++)
        drawn[i] = f.v[random_next(random) % f.n];
    return best(drawn, f.n, which);
}

/* The bootstrap's interval of the ratio of b to a, less 1. */
static void ratio_interval(struct figures a, struct figures b, struct best which, double confidence,
                           double interval[2])
{
    double *drawn = xrealloc(NULL, (a.n > b.n ? a.n : b.n) * sizeof *drawn), ratios[RESAMPLES];
    unsigned long long random = 1;
    size_t tail = (size_t)((1 - confidence) / 2 * RESAMPLES);

    for (size_t i = 0; i < RESAMPLES; i++) {
        double of_a = resample(a, drawn, which, &random);

        ratios[i] = resample(b, drawn, which, &random) / of_a - 1;
    }
    qsort(ratios, RESAMPLES, sizeof *ratios, ascending);
    interval[0] = ratios[tail];
    interval[1] = ratios[RESAMPLES - 1 - tail];
    free(drawn);
}

/* Can a ratio be made of it? */
static bool usable(struct figures f)
{
    for (size_t i = 0; i < f.n; i++)
        if (!(f.v[i] > 0))
            return false;
    return true;
}

static bool is_real(const struct difference *d)
{
    return fabs(d->change) > d->floor && (d->interval[0] > 0 || d->interval[1] < 0);
}

struct difference difference_of(struct figures a, struct figures again, struct figures b,
                                struct best which)
{
    struct difference d = {0};
    double self[2];

    if (!a.n || !b.n)
        return d;
    d.a = best_of(a.v, 0, a.n, 1, which);
    d.b = best_of(b.v, 0, b.n, 1, which);
    d.known = a.n >= VERDICT_LEAST_RUNS && b.n >= VERDICT_LEAST_RUNS;
    if (!usable(a) || !usable(b) || (again.n && !usable(again))) {
        d.known = d.known && d.a == 0 && d.b == 0; /* both nothing: the same */
        return d;
    }
    d.change = d.b / d.a - 1;
    if (!d.known)
        return d;
    if (again.n) {
        ratio_interval(a, again, which, FLOOR_CONFIDENCE, self);
        d.floor = fmax(fabs(self[0]), fabs(self[1]));
    } else {
        d.floor = fmax(FLOOR_APART, fmax(unrest(a, which), unrest(b, which)));
    }
    ratio_interval(a, b, which, VERDICT_CONFIDENCE, d.interval);
    d.real = is_real(&d);
    return d;
}

void raise_floors(struct difference *d, size_t n)
{
    double *floors = xrealloc(NULL, (n + 1) * sizeof *floors), least;
    size_t known = 0;

    for (size_t i = 0; i < n; i++)
        if (d[i].known)
            floors[known++] = d[i].floor;
    qsort(floors, known, sizeof *floors, ascending);
    least = known ? floors[known / 2] : 0;
    for (size_t i = 0; i < n; i++) {
        d[i].floor = fmax(d[i].floor, least);
        d[i].real = d[i].known && is_real(&d[i]);
    }
    free(floors);
}
