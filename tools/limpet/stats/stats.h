/* Order statistics of samples, and how sure they are. The room computes, and that is all: its
 * functions are pure, and use base/ for memory, text and random numbers of a given seed.
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

#define STATS_EXTREMES   10
#define STATS_CONFIDENCE 0.95 /* of intervals, where there are samples enough */

struct stats {
    size_t n;
    double min, mean, p50, p95, p99, p999, max; /* p50: the median; the others by nearest rank */
    double ci[2];                               /* interval of the median */
    double coverage; /* how often such an interval holds it; 0: there is none */
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

/* The median: of an even number of samples the mean of the two in the middle. values: merged, count
 * >= 1. */
double stats_middle(const struct value *values, size_t count);

/* Can so many samples tell a percentile? Ten of them must lie beyond it: of fewer, the same
 * percentile comes out by a third or more off the next time. */
bool stats_bears(size_t n, double p);

/* Merges the values. resolution: what two values must differ by, in the values' unit, to tell
 * anything; 0 for none. No samples give all zeroes. */
struct stats stats_of(struct value *values, size_t count, double resolution);

/*
 * The interval that holds the median of what n samples stand for: from the low-th smallest to the
 * high-th (ranks from 1), as many samples outside it at either end. Returns its coverage: how often
 * an interval made so holds that median, whatever the samples' distribution. A sample lies below
 * the median as often as a coin comes up heads, so the interval misses it as often as of n tosses
 * fewer than low come up alike (David and Nagaraja, "Order Statistics", 2003, 7.1). It is the
 * narrowest whose coverage is at least the confidence (0.95). Of fewer than six samples none is:
 * the interval then goes from the least to the greatest, with coverage 1 - 2^(1-n): 0 of one, 0.5
 * of two.
 */
double stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high);

/* The interval (0.95) of a share of which n independent tries, n >= 1, found k: Wilson's (Journal
 * of the American Statistical Association 22, 1927), which is good for few tries and shares near 0,
 * too. */
void stats_share(double k, double n, double ci[2]);

/* Ascending. */
void stats_sort(double *numbers, size_t n);

/* The median of n >= 1 plain numbers, which are sorted, its interval and that one's coverage. */
double stats_median(double *numbers, size_t n, double ci[2], double *coverage);

#endif
