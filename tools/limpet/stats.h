/* Order statistics of samples.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_STATS_H
#define LIMPET_STATS_H

#include <stddef.h>

struct stats {
    size_t n;
    double min, mean, p50, p95, p99, max;
};

/* Nearest rank: the smallest sample that at least p percent of the samples do not exceed. sorted:
 * ascending, n >= 1, 0 < p <= 100. */
double stats_percentile(const double *sorted, size_t n, double p);

/* Sorts the samples in place. n == 0 gives all zeroes. */
struct stats stats_of(double *samples, size_t n);

#endif
