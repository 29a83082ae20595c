/* When does a series of figures go over to another level? Pure functions; docs/method.md explains
 * them, "history".
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CHANGE_H
#define LIMPET_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

struct change {
    size_t at; /* the first figure of the new level */
    double p;  /* how often figures in random order part as well somewhere */
};

/*
 * The changes of level in n figures, in order of time; out has room for n. Returns how many. level:
 * the p that each must not exceed.
 *
 * A change is where the figures before and those after part best: the greatest of the sums of
 * scores before each split, in units of its own scatter. A score is the distance from the median,
 * cut off at 2 scales (Huber), so that no outlier weighs more than any other far figure. Were
 * there no change, every order of the figures would be as likely as any: p is how often a random
 * order parts as well, which is exact whatever the figures' distribution (Antoch and Huskova,
 * "Permutation tests in change point analysis", Statistics and Probability Letters 53, 2001). Where
 * one cut tells nothing, two at once may, as of a level that came and went (circular binary
 * segmentation: Olshen and others, Biostatistics 5, 2004); each of both has half of the level. All
 * parts are then looked at in the same way, and at last each change is sought once more between its
 * neighbours.
 */
size_t changes_find(const double *figures, size_t n, double level, struct change *out);

/* How many figures it takes at least until any change can be told at a level. */
size_t changes_least(double level);

/* How many random orders are drawn at most at a level; p is never less than one of so many. */
size_t changes_draws(double level);

#endif
