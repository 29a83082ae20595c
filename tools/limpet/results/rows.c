/* The rows of many runs, added up.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/rows.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two time stamps tell some 50 cycles apart, under emulation in steps of 24 (docs/measuring.md). */
#define CYCLES_RESOLUTION 50.0

struct row *rows_append(struct rows *rows, struct row *row)
{
    rows->v = list_grown(rows->v, rows->n, sizeof(struct row *));
    return rows->v[rows->n++] = row;
}

void rows_remove(struct rows *rows, size_t i)
{
    row_free(rows->v[i]);
    rows->n--;
    memmove(rows->v + i, rows->v + i + 1, (rows->n - i) * sizeof(struct row *));
}

void rows_free(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        row_free(rows->v[i]);
    free(rows->v);
    *rows = (struct rows){0};
}

struct row *rows_find(const struct rows *rows, const char *name)
{
    for (size_t i = 0; i < rows->n; i++)
        if (!strcmp(rows->v[i]->name, name))
            return rows->v[i];
    return NULL;
}

const struct row *rows_at(const struct rows *rows, size_t i)
{
    return i < rows->n ? rows->v[i] : NULL;
}

static void extend(struct numbers *list, const struct numbers *more)
{
    for (size_t i = 0; i < more->n; i++)
        numbers_add(list, more->v[i]);
}

static void extend_samples(struct row *row, const struct row *more)
{
    if (!row->sample_count || row->histogram != more->histogram)
        return;
    for (size_t i = 0; i < more->sample_count; i++)
        row_add_sample(row, more->samples[i].v, more->samples[i].n);
}

/* The percentile of one run's own calls, where there are enough of them. */
static void add_tail(struct row *row, const struct row *run)
{
    struct value *values = xrealloc(NULL, (run->sample_count + 1) * sizeof *values);
    size_t n = 0, merged;

    for (size_t i = 0; i < run->sample_count; i++) {
        values[i] = run->samples[i];
        n += values[i].n;
    }
    if (!row->runs.n)
        row->tail = stats_bears(n, ROW_TAIL)       ? ROW_TAIL
                    : stats_bears(n, ROW_TAIL_FEW) ? ROW_TAIL_FEW
                                                   : 0;
    if (row->tail && stats_bears(n, row->tail)) {
        merged = values_merge(values, run->sample_count);
        numbers_add(&row->tails, stats_percentile(values, merged, row->tail));
    }
    free(values);
}

void rows_add(struct rows *rows, const struct rows *run)
{
    for (size_t i = 0; i < run->n; i++) {
        const struct row *row = run->v[i];
        struct row *known = rows_find(rows, row->name);

        if (known) {
            extend_samples(known, row);
            extend(&known->least, &row->least);
        } else {
            known = rows_append(rows, row_copy(row));
            known->runs.n = 0;
        }
        add_tail(known, row);
        numbers_add(&known->runs, row->value);
    }
}

struct row *rows_figure(struct rows *rows, const char *suite, const char *name, const char *unit,
                        const char *better, double value)
{
    struct row *row = rows_find(rows, name);

    if (!row) {
        row = rows_append(rows, row_new(suite, name, unit));
        row->more = !strcmp(better, "more");
    }
    numbers_add(&row->runs, value);
    row_add_sample(row, value, 1); /* they are the same */
    return row;
}

/* What so many samples cannot tell is not known. */
static void blur(struct stats *s)
{
    s->p95 = stats_bears(s->n, 95) ? s->p95 : NAN;
    s->p99 = stats_bears(s->n, 99) ? s->p99 : NAN;
    s->p999 = stats_bears(s->n, 99.9) ? s->p999 : NAN;
}

/* Of all samples, which are its runs where it has no others. A histogram is then in order. */
static void set_stats(struct row *row)
{
    size_t n = row->sample_count ? row->sample_count : row->runs.n;
    struct value *values = xrealloc(NULL, (n + 1) * sizeof *values);

    for (size_t i = 0; i < n; i++)
        values[i] = row->sample_count ? row->samples[i] : (struct value){row->runs.v[i], 1};
    n = values_merge(values, n);
    row->stats = stats_of(values, n, strcmp(row->unit, "cycles") ? 0 : CYCLES_RESOLUTION);
    blur(&row->stats);
    if (row->histogram && row->sample_count) {
        memcpy(row->samples, values, n * sizeof *values);
        row->sample_count = n;
    }
    free(values);
}

/* The median of the runs, and its interval. */
static void set_value(struct row *row)
{
    size_t n = row->runs.n;
    double *copy = xrealloc(NULL, n * sizeof *copy);

    memcpy(copy, row->runs.v, n * sizeof *copy);
    row->value = stats_median(copy, n, row->ci, &row->coverage);
    free(copy);
}

/* One of a STREAM run's times: the least, the mean or the greatest of its passes. */
enum { LEAST, MEAN, GREATEST, TIMES };

static void run_times(const struct value *samples, size_t n, double times[TIMES])
{
    double sum = 0;

    times[LEAST] = times[GREATEST] = samples[0].v;
    for (size_t i = 0; i < n; i++) {
        times[LEAST] = fmin(times[LEAST], samples[i].v);
        times[GREATEST] = fmax(times[GREATEST], samples[i].v);
        sum += samples[i].v;
    }
    times[MEAN] = sum / (double)n;
}

/* STREAM's times: of each run those that it reports, and of several runs their medians, as the rate
 * is, which is thus that of the least time. */
static void set_times(struct row *row)
{
    double *const out[TIMES] = {&row->min_s, &row->avg_s, &row->max_s};
    size_t runs = row->runs.n, all = row->sample_count;
    size_t each = all % runs ? all : all / runs;

    if (isnan(row->bytes) || !all)
        return;
    for (int k = 0; k < TIMES; k++) {
        double *of_runs = xrealloc(NULL, runs * sizeof *of_runs), times[TIMES], ci[2], coverage;
        size_t n = 0;

        for (size_t first = 0; first < all; first += each) {
            run_times(row->samples + first, each, times);
            of_runs[n++] = times[k];
        }
        *out[k] = stats_median(of_runs, n, ci, &coverage);
        free(of_runs);
    }
}

static void finish(struct row *row)
{
    const struct numbers *least = &row->least, *runs = &row->runs;

    if (least->n == runs->n && !memcmp(least->v, runs->v, runs->n * sizeof *runs->v))
        row->least.n = 0;        /* of one loop a run, it tells nothing */
    if (row->tails.n != runs->n) /* some run had too few calls */
        row->tail = 0;
    if (!row->tail)
        row->tails.n = 0;
    set_value(row);
    set_stats(row);
    set_times(row);
}

void rows_finish(struct rows *rows)
{
    for (size_t i = 0; i < rows->n; i++)
        finish(rows->v[i]);
}

/* Statistics whose samples are not there: what so many samples cannot tell is taken out. */
static void mend_stats(struct stats *s)
{
    size_t low, high;
    double coverage = stats_median_ranks(s->n ? s->n : 1, STATS_CONFIDENCE, &low, &high);

    blur(s);
    if (s->coverage > 0)
        return;
    if (coverage < STATS_CONFIDENCE) {
        s->ci[0] = s->min;
        s->ci[1] = s->max;
        s->coverage = coverage;
    } else if (!isnan(s->ci[0])) { /* the bootstrap's: at least about what it was made for */
        s->coverage = STATS_CONFIDENCE;
    }
}

void rows_refresh(struct row *row)
{
    size_t n = row->runs.n;

    if (n && (row->sample_count || isnan(row->stats.p50) || row->stats.n == n)) {
        finish(row);
        return;
    }
    if (n)
        set_value(row);
    mend_stats(&row->stats);
}

void rows_join(struct row *row, const struct row *more)
{
    if (!row->parts.n)
        numbers_add(&row->parts, (double)row->runs.n);
    numbers_add(&row->parts, (double)more->runs.n);
    if (more->least.n && !row->least.n)
        extend(&row->least, &row->runs);
    if (row->least.n)
        extend(&row->least, more->least.n ? &more->least : &more->runs);
    if (row->tail == more->tail)
        extend(&row->tails, &more->tails);
    extend_samples(row, more);
    extend(&row->runs, &more->runs);
    finish(row);
}
