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

/* Their mean; sorts the numbers. */
static double best(double *numbers, size_t n, struct best which)
{
    size_t count = (size_t)ceil(which.share * (double)n);
    const double *first = which.upper ? numbers + n - count : numbers;
    double sum = 0;

    qsort(numbers, n, sizeof *numbers, ascending);
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

/* The bootstrap's interval of the ratio of b to a, less 1. in_turn: their runs belong together. */
static void ratio_interval(struct figures a, struct figures b, struct best which, bool in_turn,
                           double confidence, double interval[2])
{
    double *of_a = xrealloc(NULL, a.n * sizeof *of_a), *of_b = xrealloc(NULL, b.n * sizeof *of_b);
    double ratios[RESAMPLES];
    unsigned long long random = 1;
    size_t tail = (size_t)((1 - confidence) / 2 * RESAMPLES);

    for (size_t i = 0; i < RESAMPLES; i++) {
        double denominator;

        for (size_t j = 0, k; j < a.n || j < b.n; j++) {
            k = random_next(&random);
            if (j < a.n)
                of_a[j] = a.v[k % a.n];
            if (!in_turn)
                k = random_next(&random);
            if (j < b.n)
                of_b[j] = b.v[k % b.n];
        }
        denominator = best(of_a, a.n, which);
        ratios[i] = denominator > 0 ? best(of_b, b.n, which) / denominator - 1 : INFINITY;
    }
    qsort(ratios, RESAMPLES, sizeof *ratios, ascending);
    interval[0] = ratios[tail];
    interval[1] = ratios[RESAMPLES - 1 - tail];
    free(of_a);
    free(of_b);
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
    d.divisible = d.a > 0 && d.b > 0;
    if (!d.divisible) {
        d.known = d.known && d.a == 0 && d.b == 0; /* both nothing: the same */
        return d;
    }
    d.change = d.b / d.a - 1;
    if (!d.known)
        return d;
    if (again.n) {
        ratio_interval(a, again, which, true, FLOOR_CONFIDENCE, self);
        d.floor = fmax(fabs(self[0]), fabs(self[1]));
    } else {
        d.floor = fmax(FLOOR_APART, fmax(unrest(a, which), unrest(b, which)));
    }
    ratio_interval(a, b, which, again.n > 0, VERDICT_CONFIDENCE, d.interval);
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
