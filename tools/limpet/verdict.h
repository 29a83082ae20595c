/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VERDICT_H
#define LIMPET_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#define VERDICT_CONFIDENCE 0.99 /* of the interval: with 50 rows, one in two comparisons errs */
#define VERDICT_LEAST_RUNS 6    /* fewer runs of a side say nothing about noise */

/*
 * A side stands for the value that the best of its runs reach: the lowest ones, or the highest
 * where more is better. What else goes on in a shared machine can only make a run worse, and often
 * most of them are: medians then follow the neighbours, the best hardly. Of runs that stand for
 * their least loop one in twenty is enough, as the least are all alike; of boots and the like,
 * which are never quite the same, one in four.
 */
struct best {
    bool upper; /* more is better */
    size_t one_in;
};
#define BEST_LOOPS 20
#define BEST_RUNS  4

struct difference {
    double a, b;   /* those values */
    double change; /* of b against a, as a share: 0.05 is 5 % more */
    double interval[2];
    double floor; /* what the same thing differs by from itself */
    bool known;   /* enough runs for a verdict */
    bool real;    /* outside the floor, and the interval does not hold 0 */
};

/* One side's figures, a run each, in order of time. */
struct figures {
    const double *v;
    size_t n;
};

/*
 * The interval is the bootstrap's of the ratio (2,000 resamples of both sides by a fixed seed).
 *
 * again: the first side once more, which took turns with both; the floor is the far end of the 95 %
 * interval of its ratio to a. With again.n == 0 the sides were measured at different times, and the
 * floor is the greatest difference of any side from itself: its odd against its even runs, its
 * first half against its second; at least FLOOR_APART, since nothing tells how the machine itself
 * changed in between. raise_floors() then has the last word.
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
