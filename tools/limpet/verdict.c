/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "verdict.h"
#include "bench.h"
#include "limpet.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES 2000

static double median(const double *numbers, size_t n)
{
    double *copy = xrealloc(NULL, n * sizeof *copy), ci[2], m;

    memcpy(copy, numbers, n * sizeof *copy);
    m = stats_median(copy, n, 0.95, ci);
    free(copy);
    return m;
}

/* Of every step-th number from first on. */
static double median_of_some(const double *numbers, size_t first, size_t n, size_t step)
{
    double *some = xrealloc(NULL, (n + 1) * sizeof *some), m;
    size_t count = 0;

    for (size_t i = first; i < n; i += step)
        some[count++] = numbers[i];
    m = median(some, count);
    free(some);
    return m;
}

static double apart(double x, double y) { return fabs(x / y - 1); }

/* By how much a side differs from itself. */
static double unrest(const double *numbers, size_t n)
{
    double turns = apart(median_of_some(numbers, 0, n, 2), median_of_some(numbers, 1, n, 2));
    double halves = apart(median(numbers, n / 2), median(numbers + n / 2, n - n / 2));

    return fmax(turns, halves);
}

static double resample(const double *numbers, size_t n, double *drawn, unsigned long long *random)
{
    double ci[2];

    for (size_t i = 0; i < n; i++)
        drawn[i] = numbers[random_next(random) % n];
    return stats_median(drawn, n, 0.95, ci);
}

static int ascending(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

/* The bootstrap's interval of median(b) / median(a) - 1. */
static void ratio_interval(const double *a, size_t a_count, const double *b, size_t b_count,
                           double interval[2])
{
    size_t most = a_count > b_count ? a_count : b_count, tail;
    double *drawn = xrealloc(NULL, most * sizeof *drawn), ratios[RESAMPLES];
    unsigned long long random = 1;

    for (size_t i = 0; i < RESAMPLES; i++) {
        double of_a = resample(a, a_count, drawn, &random);

        ratios[i] = resample(b, b_count, drawn, &random) / of_a - 1;
    }
    qsort(ratios, RESAMPLES, sizeof *ratios, ascending);
    tail = (size_t)((1 - VERDICT_CONFIDENCE) / 2 * RESAMPLES);
    interval[0] = ratios[tail];
    interval[1] = ratios[RESAMPLES - 1 - tail];
    free(drawn);
}

static bool all_positive(const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(numbers[i] > 0))
            return false;
    return true;
}

static void decide(struct difference *d)
{
    d->real = fabs(d->change) > d->floor && (d->interval[0] > 0 || d->interval[1] < 0);
}

struct difference difference_apart(const double *a, size_t a_count, const double *b, size_t b_count)
{
    struct difference d = {.a = a_count ? median(a, a_count) : 0,
                           .b = b_count ? median(b, b_count) : 0};

    if (!all_positive(a, a_count) || !all_positive(b, b_count) || !a_count || !b_count)
        return d;
    d.change = d.b / d.a - 1;
    if (a_count < VERDICT_LEAST_RUNS || b_count < VERDICT_LEAST_RUNS)
        return d;
    d.known = true;
    d.floor = fmax(unrest(a, a_count), unrest(b, b_count));
    ratio_interval(a, a_count, b, b_count, d.interval);
    decide(&d);
    return d;
}

struct difference difference_in_turn(const double *a, const double *again, const double *b,
                                     size_t rounds)
{
    struct difference d = {.a = rounds ? median(a, rounds) : 0,
                           .b = rounds ? median(b, rounds) : 0};
    double *ratios, self[2];

    if (rounds < VERDICT_LEAST_RUNS || !all_positive(a, rounds) || !all_positive(again, rounds) ||
        !all_positive(b, rounds))
        return d;
    d.known = true;
    ratios = xrealloc(NULL, rounds * sizeof *ratios);
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = again[i] / a[i] - 1;
    stats_median(ratios, rounds, 0.95, self);
    d.floor = fmax(fabs(self[0]), fabs(self[1]));
    for (size_t i = 0; i < rounds; i++)
        ratios[i] = 2 * b[i] / (a[i] + again[i]) - 1; /* both turns of a are a */
    d.change = stats_median(ratios, rounds, VERDICT_CONFIDENCE, d.interval);
    free(ratios);
    decide(&d);
    return d;
}
