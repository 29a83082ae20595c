/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VERDICT_H
#define LIMPET_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#define VERDICT_CONFIDENCE 0.99 /* of the interval: with 50 rows, one in two comparisons errs */
#define VERDICT_LEAST_RUNS 6    /* fewer runs of a side say nothing about noise */

/*
 * A side stands for the mean of the best of its runs: the lowest ones, or the highest where more is
 * better. What else goes on in a shared machine can only make a run worse, and often most of them
 * are. Of runs that stand for their least loop one in twenty is enough, as the least are all alike.
 * Boots and the like are never quite the same: of them the best quarter, which follows the
 * neighbours least; but all save the worst quarter where the sides took turns, so that they had the
 * same neighbours and the mean of many is the steadier one.
 */
struct best {
    bool upper; /* more is better */
    double share;
};
#define BEST_LOOPS 0.05
#define BEST_APART 0.25
#define BEST_TURNS 0.75

struct difference {
    double a, b;   /* those means */
    double change; /* of b against a, as a share: 0.05 is 5 % more */
    double interval[2];
    double floor;   /* what the same thing differs by from itself */
    bool divisible; /* both are above 0 */
    bool known;     /* enough runs for a verdict, and divisible or nothing on both sides */
    bool real;      /* outside the floor, and the interval does not hold 0 */
};

/* One side's figures, a run each, in order of time. */
struct figures {
    const double *v;
    size_t n;
};

/*
 * The interval is the bootstrap's of the ratio (2,000 resamples of both sides by a fixed seed).
 *
 * again: the first side once more, which took turns with both. Then whole rounds are drawn: what a
 * round went through, all of its sides did, and it cancels out. The floor is the far end of the
 * 95 % interval of again's ratio to a. With again.n == 0 the sides were measured at different
 * times, and the floor is the greatest difference of any side from itself: its odd against its even
 * runs, its first half against its second; at least FLOOR_APART, since nothing tells how the
 * machine itself changed in between. raise_floors() then has the last word.
 */
#define FLOOR_APART 0.02
struct difference difference_of(struct figures a, struct figures again, struct figures b,
                                struct best which);

/*
 * Rows of one suite on one platform, measured apart, have lived through the same: of each alone a
 * few runs tell little of what that was. No floor is left below the median of them all.
 */
void raise_floors(struct difference *d, size_t n);

#endif
