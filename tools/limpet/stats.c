/* Order statistics of samples.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double stats_percentile(const double *sorted, size_t n, double p)
{
    /* The guard keeps 95 % of 20 at rank 19: 0.95 * 20 is a little more than 19 in binary. */
    double rank = ceil(p / 100 * (double)n - 1e-9);

    if (rank < 1)
        rank = 1;
    if (rank > (double)n)
        rank = (double)n;
    return sorted[(size_t)rank - 1];
}

struct stats stats_of(double *samples, size_t n)
{
    struct stats s = {.n = n};

    if (!n)
        return s;
    qsort(samples, n, sizeof *samples, ascending);
    for (size_t i = 0; i < n; i++)
        s.mean += samples[i] / (double)n;
    s.min = samples[0];
    s.p50 = stats_percentile(samples, n, 50);
    s.p95 = stats_percentile(samples, n, 95);
    s.p99 = stats_percentile(samples, n, 99);
    s.max = samples[n - 1];
    return s;
}
