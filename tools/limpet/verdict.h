/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VERDICT_H
#define LIMPET_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#define VERDICT_CONFIDENCE 0.99 /* of the interval: with 50 rows, one in two comparisons errs */
#define VERDICT_LEAST_RUNS 6    /* fewer runs of a side say nothing about noise */

struct difference {
    double a, b;   /* medians */
    double change; /* of b against a, as a share: 0.05 is 5 % more */
    double interval[2];
    double floor; /* what the same thing differs by from itself */
    bool known;   /* enough runs for a verdict */
    bool real;    /* outside the floor, and the interval does not hold 0 */
};

/*
 * Two sides that were measured at different times: the interval is the bootstrap's of the ratio of
 * medians (2,000 resamples by a fixed seed). The floor is the greatest difference of any side from
 * itself: its odd against its even runs, its first half against its second.
 */
struct difference difference_apart(const double *a, size_t a_count, const double *b,
                                   size_t b_count);

/*
 * Two sides that took turns, and the first once more (again) with its own turn in every round: the
 * change is the median of the rounds' ratios, so that what all sides suffer at a time counts for
 * nothing; the interval is the bootstrap's of that median. The floor is the far end of the 95 %
 * interval of the first side's ratio to itself.
 */
struct difference difference_in_turn(const double *a, const double *again, const double *b,
                                     size_t rounds);

#endif
