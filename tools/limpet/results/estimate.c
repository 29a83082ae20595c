/* A row's figures as every view shows them: with their interval, n, unit and digits.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/estimate.h"
#include "results/results.h"
#include "stats/stats.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DECIMALS_MAX 9    /* STREAM's seconds are told to so many */
#define PDG_TWO      3.55 /* an error that begins with less is told to two digits, else to one */

/* value: NAN where there is none. */
static struct estimate make(double value, const double ci[2], double coverage, size_t n,
                            const char *unit)
{
    struct estimate e = {.n = n, .unit = unit_text(unit)};

    if (!isnan(value)) {
        e.known = true;
        e.value = value;
        e.noise = value < 0;
    }
    if (ci && coverage > 0) {
        e.low = ci[0];
        e.high = ci[1];
        e.coverage = coverage;
    }
    return e;
}

struct estimate estimate_value(const struct row *row)
{
    return row ? make(row->value, row->ci, row->coverage, row->runs.n, row->unit)
               : make(NAN, NULL, 0, 0, "");
}

struct estimate estimate_median(const struct row *row)
{
    const struct stats *s;

    if (!row)
        return make(NAN, NULL, 0, 0, "");
    s = &row->stats;
    return make(s->p50, s->ci, s->coverage, s->n, row->sample_unit ? row->sample_unit : row->unit);
}

struct estimate estimate_difference(const struct estimate *more, const struct estimate *less)
{
    struct estimate e = {.known = more->known && less->known,
                         .value = more->value - less->value,
                         .n = more->n < less->n ? more->n : less->n,
                         .unit = more->unit};

    if (more->coverage > 0 && less->coverage > 0) {
        e.low = e.value - hypot(more->value - more->low, less->high - less->value);
        e.high = e.value + hypot(more->high - more->value, less->value - less->low);
        e.coverage = fmin(more->coverage, less->coverage);
    }
    e.noise = e.known && (e.value < 0 || (e.coverage > 0 && e.low < 0));
    return e;
}

struct estimate estimate_figure(const struct row *row)
{
    struct estimate e = estimate_value(row);

    return e.n ? e : estimate_median(row);
}

struct estimate estimate_ratio(const struct estimate *x, const struct estimate *y, bool more)
{
    const struct estimate *over = more ? x : y, *under = more ? y : x;
    struct estimate e = {.known = x->known && y->known && x->value > 0 && y->value > 0,
                         .n = x->n < y->n ? x->n : y->n,
                         .unit = ""};
    double log_of;

    if (!e.known)
        return e;
    e.value = over->value / under->value;
    if (x->coverage > 0 && y->coverage > 0 && over->low > 0 && under->low > 0) {
        log_of = log(e.value);
        e.low = exp(log_of - hypot(log(over->value / over->low), log(under->high / under->value)));
        e.high = exp(log_of + hypot(log(over->high / over->value), log(under->value / under->low)));
        e.coverage = fmin(x->coverage, y->coverage);
    }
    return e;
}

bool estimate_told(const struct estimate *ratio)
{
    return ratio->known && ratio->coverage >= STATS_CONFIDENCE &&
           (ratio->low > 1 || ratio->high < 1);
}

bool estimate_sample(const struct row *row, size_t i, double *value, double *count)
{
    if (!row || i >= row->sample_count)
        return false;
    *value = row->samples[i].v;
    *count = (double)row->samples[i].n;
    return true;
}

bool estimate_stat(const struct row *row, const char *key, double *value)
{
    static const struct {
        const char *key;
        size_t offset;
    } all[] = {
        {"min", offsetof(struct stats, min)}, {"p95", offsetof(struct stats, p95)},
        {"p99", offsetof(struct stats, p99)}, {"p999", offsetof(struct stats, p999)},
        {"max", offsetof(struct stats, max)}, {"mean", offsetof(struct stats, mean)},
    };

    *value = NAN;
    for (size_t i = 0; i < sizeof all / sizeof *all && row; i++)
        if (!strcmp(key, all[i].key))
            *value = *(const double *)(const void *)((const char *)&row->stats + all[i].offset);
    return !isnan(*value);
}

/* The power of ten of a number's first digit. */
static int magnitude(double value) { return (int)floor(log10(value)); }

/* So many significant digits are so many behind the point. */
static int decimals_of(double value, int digits)
{
    double size = fabs(value);

    return size > 0 && isfinite(size) ? digits - 1 - magnitude(size) : 0;
}

/* Digits behind the point, for a number that nothing more is known of. */
static int usual_decimals(double value)
{
    int decimals = decimals_of(value, 3);

    return value == floor(value) || decimals < 0 ? 0 : decimals;
}

/* A number from 1 to 10: the digits of an error, wherever its point stands. */
static double first_digits(double error) { return error / pow(10, magnitude(error)); }

/* Digits behind the point; before it, when negative, those that are not told. */
static int decimals(const struct estimate *e)
{
    double error = (e->high - e->low) / 2;
    int n, least;

    if (!(e->coverage > 0) || !(error > 0))
        return usual_decimals(e->value);
    n = decimals_of(error, first_digits(error) < PDG_TWO ? 2 : 1);
    least = decimals_of(e->value, 2);
    if (fabs(e->value) <= error) /* nothing is to be seen of it beyond the error's digits */
        least = (int)fmin(least, fmax(n, 0));
    n = n < least ? least : n;
    if (n > 0 && n > decimals_of(e->value, 4))
        n = decimals_of(e->value, 4) > 0 ? decimals_of(e->value, 4) : 0;
    return n < DECIMALS_MAX ? n : DECIMALS_MAX;
}

/* A number to so many decimals, or rounded before the point. */
static void print(struct buf *out, double value, int n, enum number_style style)
{
    double step = n < 0 ? pow(10, -n) : 1, rounded = round(value / step) * step;

    if (n >= 0)
        rounded = fabs(value) < 0.5 * pow(10, -n) ? 0 : value; /* no "-0.0" */
    if (style == NUMBER_PEOPLE)
        decimal_text(out, rounded, n > 0 ? n : 0);
    else
        buf_printf(out, "%.*f", n > 0 ? n : 0, rounded);
}

void estimate_text(struct buf *out, const struct estimate *e, enum number_style style)
{
    print(out, e->value, decimals(e), style);
    if (e->noise)
        buf_str(out, " noise");
}

void estimate_interval(struct buf *out, const struct estimate *e, enum number_style style)
{
    if (!(e->coverage > 0))
        return;
    print(out, e->low, decimals(e), style);
    buf_str(out, "–");
    print(out, e->high, decimals(e), style);
    if (e->coverage < STATS_CONFIDENCE)
        buf_printf(out, " at %.0f %%", floor(e->coverage * 100));
}

void estimate_beside(struct buf *out, const struct estimate *e, double value,
                     enum number_style style)
{
    int n = decimals(e), least = decimals_of(value, 2);

    if (n < 0 || value == floor(value)) /* a count of ticks is told as it was */
        n = least = 0;
    n = n < least ? least : n;
    print(out, value, n < DECIMALS_MAX ? n : DECIMALS_MAX, style);
}

void decimal_text(struct buf *out, double value, int decimals)
{
    char text[400];
    const char *p = text;

    snprintf(text, sizeof text, "%.*f", decimals, value);
    if (*p == '-') {
        buf_str(out, "−");
        p++;
    }
    for (size_t digits = strspn(p, "0123456789"); digits; digits--, p++) {
        buf_add(out, p, 1);
        if (digits % 3 == 1 && digits > 1)
            buf_str(out, ",");
    }
    buf_str(out, p);
}

void number_text(struct buf *out, double value) { decimal_text(out, value, usual_decimals(value)); }

void share_text(struct buf *out, double share)
{
    buf_printf(out, fabs(share) < 0.00995 ? "%.2g %%" : "%.1f %%", 100 * share);
}
