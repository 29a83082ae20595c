/* How much do two sides differ, how sure is it, and what would have been seen? Pure functions;
 * docs/method.md explains them, "compare".
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DIFFERENCE_H
#define LIMPET_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#define DIFFERENCE_ERROR       0.05 /* of a test, of an interval, and of all rows together */
#define DIFFERENCE_LEAST_RUNS  6    /* rounds; fewer give no test */
#define DIFFERENCE_LEAST_UNITS 3    /* of a side whose figures are not of the same rounds */
#define DIFFERENCE_SEED        1
#define DIFFERENCE_DRAWS       4999

enum difference_state {
    DIFFERENCE_NONE,     /* a side has no figures */
    DIFFERENCE_FEW,      /* too few of them */
    DIFFERENCE_ZERO,     /* all of them are 0, on all sides */
    DIFFERENCE_NO_RATIO, /* some are not above 0 */
    DIFFERENCE_TOLD
};

struct difference {
    enum difference_state state;
    size_t n;      /* rounds, or units of the side that has fewer */
    double a, b;   /* what stands for the sides */
    double change; /* of b against a, as a share: 0.05 is 5 % more; 0 where there is no ratio */
    double interval[2]; /* 95 %, of TOLD */
    double p;           /* how often chance alone would differ as much, of TOLD; else 1 */
    double half;        /* half the interval, on the logarithms */
    double step;        /* the least step by which figures differ, likewise */
    const char *way;    /* what the change is of: "best run", …; "" unless TOLD */
};

/*
 * Sides that took turns: A, A again and B, n rounds; a round has one figure of each (borrowed).
 * upper: more is better. parts: how many rounds each part has, n in all, where the machine was
 * started anew for each; count 0: there are none. What such a boot has in common is taken out.
 *
 * The test asks which of a round's three runs is called B: if the sides are the same it is chance
 * (by the random order), so that as great a difference as the real one must come often when all of
 * them are called anew by chance. That holds whatever the machine does meanwhile. "Difference" is
 * the greatest of seven ways to look at it, each measured by its own scatter among these draws.
 */
struct difference difference_in_turn(const double *const sides[3], size_t n, bool upper,
                                     const size_t *parts, size_t part_count);

/* Sides that were measured at different times, a figure for each unit that was started anew:
 * Student's t on the logarithms. */
struct difference difference_apart(const double *a, size_t a_count, const double *b,
                                   size_t b_count);

enum verdict { VERDICT_SAME, VERDICT_WORSE, VERDICT_BETTER, VERDICT_UNSURE, VERDICTS };

/* The word on a row: the same, if its interval lies within ±within (a share; on the logarithms);
 * else worse or better, if it is told among all rows: adjusted is its chance by Holm. upper: more
 * is better. */
enum verdict difference_verdict(const struct difference *d, double within, double adjusted,
                                bool upper);

/* To which side its interval alone excludes 0: VERDICT_WORSE, _BETTER or, to none, _UNSURE. */
enum verdict difference_leaning(const struct difference *d, bool upper);

/* After how many rounds one looks whether they are enough. Only at the intervals' widths, whatever
 * lies in them: who stops when a difference shows will see some where there is none. */
#define DIFFERENCE_LOOKS 9
extern const unsigned difference_looks[DIFFERENCE_LOOKS];

/* How many rounds there are to be in all after the first look at which those are enough: a fifth
 * more. A width that was reached early is often one that chance made too narrow. */
unsigned difference_enough(unsigned rounds);

/* Half an interval, on the logarithms, with which every one of m rows gets a verdict: it lies
 * within ±within, or the change is told from 0 among so many. */
double difference_wanted(double within, size_t m);

/* Half an interval with which a difference as far from 0 as the near end of this one's interval is
 * told among m rows; 0 if that interval holds 0. */
double difference_telling(const struct difference *d, size_t m);

/* How many rounds (or units) it takes until half the interval is no more than wanted. 0: no number
 * of them would. */
#define DIFFERENCE_MOST_RUNS 100000
unsigned difference_needed(const struct difference *d, double wanted);

/* Holm's: puts into each of m chances p how likely it is that any of the rows with no greater one
 * is told by chance. */
void difference_holm(const double *p, size_t m, double *adjusted);

/* Can n rounds tell any of m rows? */
bool difference_can_judge(size_t n, size_t m);

/* How many rounds can, n at least. */
unsigned difference_judging(unsigned n, size_t m);

#endif
