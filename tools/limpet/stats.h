/* Order statistics of samples, and how sure they are.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_STATS_H
#define LIMPET_STATS_H

#include <stdbool.h>
#include <stddef.h>

/* A value and how often it occurred. */
struct value {
    double v;
    size_t n;
};

#define STATS_EXTREMES 10

struct stats {
    size_t n;
    double min, mean, p50, p95, p99, p999, max;
    double ci[2];    /* 95 % interval of the median */
    bool two_modes;  /* the samples fall into two heaps well apart, a tenth of them in each */
    double modes[2]; /* the heaps' medians */
    /* Beyond three times the distance of the quartiles from them (Tukey: "far out"). Never dropped:
     * they are in all figures above. */
    size_t low, high;
    double extremes[STATS_EXTREMES]; /* the farthest ones */
    size_t extreme_count;
};

/* Sorts the values and puts equal ones together. Returns how many are left. */
size_t values_merge(struct value *values, size_t count);

/* Nearest rank: the smallest value that at least p percent of the samples do not exceed. values:
 * merged, count >= 1, 0 < p <= 100. */
double stats_percentile(const struct value *values, size_t count, double p);

/* Merges the values. resolution: what two values must differ by, in the values' unit, to tell
 * anything; 0 for none. No samples give all zeroes. */
struct stats stats_of(struct value *values, size_t count, double resolution);

/*
 * The interval that holds the median of what n samples stand for, by the bootstrap: drawing n of
 * them with replacement again and again, 2.5 % of the medians lie below and above it. For a median
 * that distribution is known exactly and needs no random numbers: a drawn one is at most the k-th
 * smallest sample with the probability that a binomial(n, k/n) is at least half of n (Efron, "The
 * Jackknife, the Bootstrap and Other Resampling Plans", 1982, 10.2; Maritz and Jarrett, JASA 73,
 * 1978). confidence: 0.95. Ranks from 1.
 */
void stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high);

/* Ascending. */
void stats_sort(double *numbers, size_t n);

/* The median, and its interval, of n plain numbers, which are sorted. */
double stats_median(double *numbers, size_t n, double confidence, double ci[2]);

#endif
