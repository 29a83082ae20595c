/* Order statistics of samples, and how sure they are.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_UP_TO 1000 /* beyond, the normal distribution is as good */
#define APART       4.0  /* of two heaps: their distance in units of their spread */
#define HEAP        0.1  /* the least share of one */
#define BEYOND      10.0 /* samples, beyond a percentile that is told */
#define LEAST       20   /* samples, to tell heaps at all */

static int by_value(const void *a, const void *b)
{
    double x = ((const struct value *)a)->v, y = ((const struct value *)b)->v;

    return (x > y) - (x < y);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

size_t values_merge(struct value *values, size_t count)
{
    size_t kept = 0;

    if (!count)
        return 0;
    qsort(values, count, sizeof *values, by_value);
    for (size_t i = 1; i < count; i++) {
        if (values[i].v == values[kept].v)
            values[kept].n += values[i].n;
        else
            values[++kept] = values[i];
    }
    return kept + 1;
}

static size_t total(const struct value *values, size_t count)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        n += values[i].n;
    return n;
}

/* The sample of a rank, 1 to n. */
static double at_rank(const struct value *values, size_t count, double rank)
{
    double seen = 0;

    for (size_t i = 0; i < count; i++)
        if ((seen += (double)values[i].n) >= rank)
            return values[i].v;
    return values[count - 1].v;
}

double stats_percentile(const struct value *values, size_t count, double p)
{
    /* The guard keeps 95 % of 20 at rank 19: 0.95 * 20 is a little more than 19 in binary. */
    return at_rank(values, count, ceil(p / 100 * (double)total(values, count) - 1e-9));
}

double stats_middle(const struct value *values, size_t count)
{
    double n = (double)total(values, count);

    return (at_rank(values, count, floor((n + 1) / 2)) +
            at_rank(values, count, ceil((n + 1) / 2))) /
           2;
}

bool stats_bears(size_t n, double p) { return (100 - p) / 100 * (double)n >= BEYOND - 1e-9; }

double stats_median_ranks(size_t n, double confidence, size_t *low, size_t *high)
{
    double term = pow(0.5, (double)n), tail = term; /* of n tosses none, at most k - 1 are heads */
    size_t k = 1;

    if (n > EXACT_UP_TO) { /* the standard normal quantile of 0.95 */
        k = (size_t)floor(((double)n - 1.96 * sqrt((double)n)) / 2);
        *low = k;
        *high = n + 1 - k;
        return confidence;
    }
    for (; 2 * (k + 1) <= n; k++) {
        term *= (double)(n - k + 1) / (double)k;
        if (1 - 2 * (tail + term) < confidence)
            break;
        tail += term;
    }
    *low = k;
    *high = n + 1 - k;
    return fmax(0, 1 - 2 * tail);
}

void stats_sort(double *numbers, size_t n) { qsort(numbers, n, sizeof *numbers, ascending); }

double stats_median(double *numbers, size_t n, double ci[2], double *coverage)
{
    size_t low, high;

    stats_sort(numbers, n);
    *coverage = stats_median_ranks(n, STATS_CONFIDENCE, &low, &high);
    ci[0] = numbers[low - 1];
    ci[1] = numbers[high - 1];
    return n % 2 ? numbers[n / 2] : (numbers[n / 2 - 1] + numbers[n / 2]) / 2;
}

/* Sums over a part of the values, for means and spreads. */
struct heap {
    double n, sum, squares;
};

static void heap_add(struct heap *h, const struct value *v, double origin)
{
    double n = (double)v->n, x = v->v - origin;

    h->n += n;
    h->sum += n * x;
    h->squares += n * x * x;
}

static double heap_mean(const struct heap *h) { return h->sum / h->n; }

static double heap_variance(const struct heap *h)
{
    return fmax(0, h->squares / h->n - heap_mean(h) * heap_mean(h));
}

/*
 * Splits the values where the two parts' own spread is least (Otsu 1979), and looks whether they
 * are apart (Ashman's D, ApJ 108, 1994): the halves of a bell are at 2.7, of an even distribution
 * at 3.5.
 */
static void find_modes(const struct value *values, size_t count, double resolution, struct stats *s)
{
    struct heap all = {0}, below = {0};
    double best = INFINITY, origin = s->p50;
    size_t split = 0;

    for (size_t i = 0; i < count; i++)
        heap_add(&all, &values[i], origin);
    for (size_t i = 0; i + 1 < count; i++) {
        struct heap above;
        double within, distance, spread;

        heap_add(&below, &values[i], origin);
        above = (struct heap){all.n - below.n, all.sum - below.sum, all.squares - below.squares};
        within = below.n * heap_variance(&below) + above.n * heap_variance(&above);
        if (within >= best)
            continue;
        best = within;
        distance = heap_mean(&above) - heap_mean(&below);
        spread =
            sqrt((heap_variance(&below) + heap_variance(&above) + resolution * resolution / 6) / 2);
        s->two_modes = distance > APART * spread && distance > 2 * resolution &&
                       fmin(below.n, above.n) >= fmax(2, HEAP * all.n);
        split = i + 1;
    }
    if (s->two_modes) {
        s->modes[0] = stats_middle(values, split);
        s->modes[1] = stats_middle(values + split, count - split);
    }
}

/*
 * Counts what is far out, keeps the farthest, and narrows first..last to the rest. A tenth of all
 * or more on one side are no outliers there: they may be a heap.
 */
static void find_outliers(const struct value *values, size_t count, double resolution,
                          struct stats *s, size_t *first, size_t *last)
{
    double q1 = stats_percentile(values, count, 25), q3 = stats_percentile(values, count, 75);
    double reach = 3 * fmax(q3 - q1, fmax(resolution, fabs(s->p50) / 50));
    size_t below = 0, above = count, many = (size_t)ceil(fmax(2, HEAP * (double)s->n));

    while (below < count && values[below].v < q1 - reach)
        s->low += values[below++].n;
    while (above > below && values[above - 1].v > q3 + reach)
        s->high += values[--above].n;
    if (s->low >= many)
        s->low = below = 0;
    if (s->high >= many) {
        s->high = 0;
        above = count;
    }
    *first = below;
    *last = above;
    for (size_t i = 0, j = count; i < below || j > above;) {
        bool low = j == above || (i < below && q1 - values[i].v > values[j - 1].v - q3);
        const struct value *v = &values[low ? i++ : --j];

        for (size_t n = 0; n < v->n && s->extreme_count < STATS_EXTREMES; n++)
            s->extremes[s->extreme_count++] = v->v;
    }
}

struct stats stats_of(struct value *values, size_t count, double resolution)
{
    struct stats s = {.n = total(values, count)};
    size_t low, high, first, last;

    if (!s.n)
        return s;
    count = values_merge(values, count);
    for (size_t i = 0; i < count; i++)
        s.mean += values[i].v * ((double)values[i].n / (double)s.n);
    s.min = values[0].v;
    s.p50 = stats_middle(values, count);
    s.p95 = stats_percentile(values, count, 95);
    s.p99 = stats_percentile(values, count, 99);
    s.p999 = stats_percentile(values, count, 99.9);
    s.max = values[count - 1].v;
    s.coverage = stats_median_ranks(s.n, STATS_CONFIDENCE, &low, &high);
    s.ci[0] = at_rank(values, count, (double)low);
    s.ci[1] = at_rank(values, count, (double)high);
    find_outliers(values, count, resolution, &s, &first, &last);
    if (s.n >= LEAST)
        find_modes(values + first, last - first, resolution, &s);
    return s;
}

#define NORMAL_0975                                                                                \
    1.959963984540054 /* of the normal distribution 95 % lie within so many sigma                  \
                       */

void stats_share(double k, double n, double ci[2])
{
    const double z = NORMAL_0975, p = k / n;
    double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
    double half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n));

    ci[0] = fmax(middle - half, 0);
    ci[1] = fmin(middle + half, 1);
}
