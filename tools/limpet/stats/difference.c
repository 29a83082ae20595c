/* How much do two sides differ: what stands for them, from units apart, and among many rows. The
 * test of sides that took turns is in turns.c.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "stats/difference.h"
#include "stats/distribution.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>

static double mean_log(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += log(v[i]);
    return sum / (double)n;
}

static double squares(const double *v, size_t n, double mean)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += pow(log(v[i]) - mean, 2);
    return sum;
}

static bool any(const double *v, size_t n, bool above)
{
    for (size_t i = 0; i < n; i++)
        if (above ? v[i] > 0 : !(v[i] > 0))
            return true;
    return false;
}

static double mean(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return n ? sum / (double)n : 0;
}

struct difference difference_apart(const double *a, size_t a_count, const double *b, size_t b_count)
{
    struct difference d = {
        .n = a_count < b_count ? a_count : b_count, .p = 1, .way = "", .half = INFINITY};
    double log_a, log_b, freedom, error;

    d.a = mean(a, a_count);
    d.b = mean(b, b_count);
    if (!d.n)
        return d;
    if (any(a, a_count, false) || any(b, b_count, false)) {
        d.state =
            any(a, a_count, true) || any(b, b_count, true) ? DIFFERENCE_NO_RATIO : DIFFERENCE_ZERO;
        return d;
    }
    log_a = mean_log(a, a_count);
    log_b = mean_log(b, b_count);
    d.a = exp(log_a);
    d.b = exp(log_b);
    d.change = expm1(log_b - log_a);
    d.state = DIFFERENCE_FEW;
    if (d.n < DIFFERENCE_LEAST_UNITS)
        return d;
    freedom = (double)(a_count + b_count - 2);
    error = sqrt((squares(a, a_count, log_a) + squares(b, b_count, log_b)) / freedom *
                 (1 / (double)a_count + 1 / (double)b_count));
    error = fmax(error, 1e-9); /* of figures that are all alike */
    d.state = DIFFERENCE_TOLD;
    d.way = "mean of units";
    d.p = student_beyond(fabs(log_b - log_a) / error, (unsigned)freedom);
    d.half = error * student_quantile(DIFFERENCE_ERROR, (unsigned)freedom);
    d.interval[0] = expm1(log_b - log_a - d.half);
    d.interval[1] = expm1(log_b - log_a + d.half);
    return d;
}

enum verdict difference_leaning(const struct difference *d, bool upper)
{
    if (d->state != DIFFERENCE_TOLD || (d->interval[0] <= 0 && d->interval[1] >= 0))
        return VERDICT_UNSURE;
    return (d->interval[0] > 0) == upper ? VERDICT_BETTER : VERDICT_WORSE;
}

enum verdict difference_verdict(const struct difference *d, double within, double adjusted,
                                bool upper)
{
    double most = log1p(within);

    if (d->state == DIFFERENCE_ZERO)
        return VERDICT_SAME;
    if (d->state != DIFFERENCE_TOLD)
        return VERDICT_UNSURE;
    if (log1p(d->interval[0]) >= -most && log1p(d->interval[1]) <= most)
        return VERDICT_SAME;
    if (adjusted > DIFFERENCE_ERROR)
        return VERDICT_UNSURE;
    return (d->change > 0) == upper ? VERDICT_BETTER : VERDICT_WORSE;
}

const unsigned difference_looks[DIFFERENCE_LOOKS] = {10, 15, 22, 33, 50, 75, 110, 165, 250};

unsigned difference_enough(unsigned rounds) { return rounds + (rounds + 4) / 5; }

/* How many times as far from 0 as alone a difference has to be among m rows. */
static double among(size_t m)
{
    return normal_quantile(DIFFERENCE_ERROR / (double)(m ? m : 1)) /
           normal_quantile(DIFFERENCE_ERROR);
}

double difference_wanted(double within, size_t m) { return log1p(within) / (1 + among(m)); }

double difference_telling(const struct difference *d, size_t m)
{
    double near = fmin(fabs(log1p(d->interval[0])), fabs(log1p(d->interval[1])));

    return difference_leaning(d, true) == VERDICT_UNSURE ? 0 : near / among(m);
}

unsigned difference_needed(const struct difference *d, double wanted)
{
    double ratio = d->half / wanted, runs = (double)d->n * ratio * ratio, unit;

    if (d->step > wanted || !(runs <= DIFFERENCE_MOST_RUNS))
        return 0;
    runs = fmax(runs, 1.25 * (double)d->n);                   /* so many have not told it */
    unit = pow(10, fmax(0, floor(log10(fmax(1, runs))) - 1)); /* two digits */
    return (unsigned)(ceil(runs / unit) * unit);
}

/* Chances with where they stood. */
struct chance {
    double p;
    size_t i;
};

static int ascending(const void *a, const void *b)
{
    const struct chance *x = a, *y = b;

    return (x->p > y->p) - (x->p < y->p);
}

void difference_holm(const double *p, size_t m, double *adjusted)
{
    struct chance *sorted = xrealloc(NULL, (m + 1) * sizeof *sorted);
    double most = 0;

    for (size_t i = 0; i < m; i++)
        sorted[i] = (struct chance){p[i], i};
    qsort(sorted, m, sizeof *sorted, ascending);
    for (size_t i = 0; i < m; i++) {
        most = fmax(most, fmin(1, sorted[i].p * (double)(m - i)));
        adjusted[sorted[i].i] = most;
    }
    free(sorted);
}

bool difference_can_judge(size_t n, size_t m)
{
    return 2 * (double)m <= DIFFERENCE_ERROR * pow(3, (double)n);
}

unsigned difference_judging(unsigned n, size_t m)
{
    while (!difference_can_judge(n, m))
        n++;
    return n;
}
