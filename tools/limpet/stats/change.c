/* When does a series of figures go over to another level?
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/change.h"
#include "base/buf.h"
#include "base/random.h"
#include "stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR       2.0    /* scales from the median: farther figures count as so far */
#define NORMAL    1.4826 /* the normal distribution's deviation over its median distance */
#define DRAWS     10     /* times 1 / level: how many orders are drawn */
#define DRAWS_MAX 1e6
#define ENOUGH    10 /* orders that part as well, and the p is known well enough (Besag, Clifford) */
#define PASSES    10 /* over all changes, until none moves */

/* Figures as scores around 0, and what a split's sum is weighed by. */
struct scored {
    double *scores, *weights; /* weights[t]: of the split before figure t */
    size_t n;
};

/* The median of the distances that are not 0, in units of a normal distribution's deviation; v is
 * used up. */
static double scale_of(double *v, size_t n)
{
    size_t zeros = 0;

    stats_sort(v, n);
    while (zeros < n && v[zeros] <= 0)
        zeros++;
    if (zeros > n / 2)
        return zeros < n ? v[zeros + (n - zeros) / 2] : 0;
    return NORMAL * v[n / 2];
}

/* Distances from the median, those beyond FAR scales cut off there. */
static struct scored scored_of(const double *figures, size_t n)
{
    struct scored s = {xrealloc(NULL, 2 * (n + 1) * sizeof(double)), NULL, n};
    double *sorted = xrealloc(NULL, (n + 1) * sizeof *sorted), middle, scale, sum = 0;

    s.weights = s.scores + n + 1;
    memcpy(sorted, figures, n * sizeof *sorted);
    stats_sort(sorted, n);
    middle = sorted[n / 2];
    for (size_t i = 0; i < n; i++)
        sorted[i] = fabs(figures[i] - middle);
    scale = FAR * scale_of(sorted, n);
    for (size_t i = 0; i < n; i++) {
        s.scores[i] = scale > 0 ? fmin(fmax((figures[i] - middle) / scale, -1), 1) : 0;
        sum += s.scores[i];
    }
    for (size_t i = 0; i < n; i++)
        s.scores[i] -= sum / (double)n;
    for (size_t t = 1; t < n; t++)
        s.weights[t] = 1 / ((double)t * (double)(n - t));
    free(sorted);
    return s;
}

/* The lengths of stretches that are looked at: of two neighbours the longer is a fifth to a half
 * more. */
static size_t next_length(size_t length) { return length < 4 ? length + 1 : length + length / 4; }

/*
 * How well the best two cuts part the scores between them from all others, or with the first cut
 * before figure 0 the best one does: the square of their sum over its variance, but for a factor
 * that all orders share. sums: room for n + 1. cuts: where, or NULL.
 */
static double best(const struct scored *s, bool stretches, double *sums, size_t cuts[2])
{
    double most = 0;

    sums[0] = 0;
    for (size_t t = 0; t < s->n; t++)
        sums[t + 1] = sums[t] + s->scores[t];
    for (size_t length = stretches ? 2 : 1; length < s->n;
         length = stretches ? next_length(length) : length + 1) {
        size_t starts = stretches ? s->n - length + 1 : 1;
        double widest = 0;

        for (size_t i = 0; i < starts; i++) {
            double sum = sums[i + length] - sums[i], square = sum * sum;

            widest = square > widest ? square : widest;
        }
        if (widest * s->weights[length] <= most)
            continue;
        most = widest * s->weights[length];
        for (size_t i = 0; i < starts && cuts; i++) {
            double sum = sums[i + length] - sums[i];

            if (sum * sum >= widest) {
                cuts[0] = i;
                cuts[1] = i + length;
            }
        }
    }
    return most;
}

/* The same figures are always shuffled alike, and others otherwise: with the same orders for all,
 * all would share their luck. */
static unsigned long long seed_of(const double *figures, size_t n)
{
    unsigned long long state = n, bits;

    for (size_t i = 0; i < n; i++) {
        memcpy(&bits, &figures[i], sizeof bits);
        state ^= bits;
        state = random_next(&state);
    }
    return state;
}

static void shuffle(double *v, size_t n, unsigned long long *state)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = (size_t)(((random_next(state) >> 32) * i) >> 32);
        double kept = v[i - 1];

        v[i - 1] = v[k];
        v[k] = kept;
    }
}

size_t changes_draws(double level) { return (size_t)fmin(ceil(DRAWS / level), DRAWS_MAX); }

size_t changes_least(double level)
{
    double orders = 1; /* ways to choose half of n, rounded down */
    size_t n = 1;

    do {
        n++;
        orders *= n % 2 ? 2 * (double)n / (double)(n + 1) : 2;
    } while ((n % 2 ? 4 : 2) / orders > level / 2);
    return n;
}

/* The best cut of n figures (stretches: the best two), and its p. Returns false where a random
 * order parts as well too often. */
static bool part(const double *figures, size_t n, bool stretches, double level, size_t cuts[2],
                 double *p)
{
    size_t draws = changes_draws(level), drawn = 0, as_good = 0;
    unsigned long long state = seed_of(figures, n);
    struct scored s = scored_of(figures, n);
    double *sums = xrealloc(NULL, (n + 1) * sizeof *sums);
    double parted = best(&s, stretches, sums, cuts) * (1 - 1e-9); /* but for rounding */

    while (drawn < draws && as_good < ENOUGH && parted > 0) {
        shuffle(s.scores, n, &state);
        as_good += best(&s, stretches, sums, NULL) >= parted;
        drawn++;
    }
    free(s.scores);
    free(sums);
    *p = as_good == ENOUGH ? (double)as_good / (double)drawn
                           : (double)(as_good + 1) / (double)(drawn + 1);
    return drawn && *p <= level;
}

/* Adds the changes of figures from to end, in order: those at the best cut, or else at the best
 * two.
 */
static void segment(const double *figures, size_t from, size_t end, double level,
                    struct change *out, size_t *n)
{
    size_t cuts[2] = {0, 0}, count = end - from, before = from;
    double p;

    if (count < changes_least(level) || (!part(figures + from, count, false, level / 2, cuts, &p) &&
                                         !part(figures + from, count, true, level / 2, cuts, &p)))
        return;
    for (int i = 0; i < 2; i++)
        if (cuts[i] > 0 && cuts[i] < count) {
            segment(figures, before, from + cuts[i], level, out, n);
            before = from + cuts[i];
            out[(*n)++] = (struct change){before, 2 * p};
        }
    segment(figures, before, end, level, out, n);
}

/* Seeks each change once more between its neighbours. Returns whether all stay where they are. */
static bool refine(const double *figures, size_t count, struct change *out, size_t n)
{
    double *sums = xrealloc(NULL, (count + 1) * sizeof *sums);
    bool same = true;

    for (size_t i = 0; i < n; i++) {
        size_t from = i ? out[i - 1].at : 0, end = i + 1 < n ? out[i + 1].at : count;
        size_t cuts[2] = {0, 0};
        struct scored s = scored_of(figures + from, end - from);

        if (best(&s, false, sums, cuts) > 0 && from + cuts[1] != out[i].at) {
            out[i].at = from + cuts[1];
            same = false;
        }
        free(s.scores);
    }
    free(sums);
    return same;
}

size_t changes_find(const double *figures, size_t count, double level, struct change *out)
{
    size_t n = 0;

    segment(figures, 0, count, level, out, &n);
    for (int i = 0; i < PASSES && !refine(figures, count, out, n); i++)
        ;
    return n;
}
