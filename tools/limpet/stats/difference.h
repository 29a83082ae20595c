/* Is one side's figure different from the other's, or is that noise? Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DIFFERENCE_H
#define LIMPET_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

/* Of the interval: with 50 rows, one in two comparisons errs. */
#define DIFFERENCE_CONFIDENCE 0.99
#define DIFFERENCE_LEAST_RUNS 6 /* fewer runs of a side say nothing about noise */
#define DIFFERENCE_MOST_RUNS  100000

/*
 * A side is represented by its fastest runs: the lowest ones, or the highest where more is better.
 * What else goes on in a shared machine can only make a run worse, and often most of them are.
 */
struct best {
    bool upper;   /* more is better */
    double share; /* of the runs, rounded up; one at least */
    bool last;    /* the least good of these, not their mean */
};

struct difference {
    double a, b;   /* what stands for the sides */
    double change; /* of b against a, as a share: 0.05 is 5 % more */
    double interval[2];
    double floor;   /* what the same thing differs by from itself */
    bool divisible; /* A is above 0 */
    bool known;     /* enough runs for a verdict, and divisible or nothing on both sides */
    bool real;      /* outside the floor, and the interval does not hold 0 */
};

/* What noise would hide: the floor, or half the interval. */
double difference_noise(const struct difference *d);

#define DIFFERENCE_SMALL 0.05 /* a change that is to be seen: noise that hides it tells nothing */

/* Would noise hide a change of DIFFERENCE_SMALL? Also where it is not known. */
bool difference_is_noisy(const struct difference *d);

/*
 * How many runs of each side it takes until noise hides less than DIFFERENCE_SMALL, after n of
 * them: noise falls with the root of their number. Two digits, rounded up. 0: no number of them
 * would.
 */
unsigned difference_runs_needed(const struct difference *d, size_t n);

/*
 * One side's figures, a run each, in order of time. What holds for all runs of a part (a lab is
 * booted for each) is no accident that many runs would level out.
 */
struct figures {
    const double *v;
    size_t n;
    const size_t *parts; /* how many runs each part has, n in all */
    size_t part_count;   /* 0: the runs are not in parts */
};

/*
 * Sides that took turns: a, again (the first side once more), b. Whole rounds are drawn (2,000
 * times, by fixed seeds): what a round went through, all of its sides did, and it cancels out. The
 * floor is the far end of the 95 % interval of again's ratio to a, and the interval that of b's.
 *
 * What stands for a side (the best run, that at 5, 10, 25 or 50 %, the mean of the best 75 %) is
 * that by which the noise hides least, whatever the change. A machine that is disturbed nearly
 * always has one run or two that tell; one of two speeds has many alike behind a few that are
 * faster, and a mean of these and those tells neither; and where no run is quite like another the
 * mean of most is the steadiest.
 */
struct difference difference_in_turn(struct figures a, struct figures again, struct figures b,
                                     bool upper);

/*
 * Sides that were measured at different times. The floor is the greatest difference of either from
 * itself: its odd against its even runs, its first half against its second; at least
 * DIFFERENCE_FLOOR_APART, since nothing tells how the machine itself changed in between.
 * difference_raise_floors() then has the last word. The interval is the bootstrap's, of both sides'
 * runs; where both are in parts enough, each part is one figure, a side is the mean of its parts,
 * and the interval is Student's.
 *
 * Of runs that stand for their least loop a few are enough, as the least are all alike. Boots and
 * the like are never quite the same: of them the best quarter, which follows the neighbours least.
 */
#define BEST_LOOPS             0.05
#define BEST_BOOTS             0.25
#define DIFFERENCE_FLOOR_APART 0.02
#define DIFFERENCE_LEAST_PARTS 3
struct difference difference_apart(struct figures a, struct figures b, struct best which);

/*
 * Rows of one suite on one platform, measured apart, have lived through the same: of each alone a
 * few runs tell little of what that was. No floor is left below the median of them all.
 */
void difference_raise_floors(struct difference *d, size_t n);

#endif
