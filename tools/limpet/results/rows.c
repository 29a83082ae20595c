/* The rows of many runs, added up.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/rows.h"
#include "stats/stats.h"
#include "base/buf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two time stamps tell some 50 cycles apart, under emulation in steps of 24 (docs/method.md). */
#define CYCLES_RESOLUTION 50.0

static json_t *find(json_t *tally, const char *name)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(tally, i)); i++)
        if (!strcmp(json_string_value(json_object_get(row, "name")), name))
            return row;
    return NULL;
}

static void extend(json_t *row, json_t *from, const char *key)
{
    json_t *have = json_object_get(row, key), *more = json_object_get(from, key);

    if (have && more)
        json_array_extend(have, more);
}

void tally_rows(json_t *tally, json_t *rows)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(rows, i)); i++) {
        json_t *known = find(tally, json_string_value(json_object_get(row, "name")));

        if (known) {
            extend(known, row, "samples");
            extend(known, row, "histogram");
        } else {
            known = json_deep_copy(row);
            json_object_set_new(known, "runs", json_array());
            if (json_object_get(known, "least"))
                json_object_set_new(known, "least", json_array());
            if (!json_object_get(known, "better"))
                json_object_set_new(known, "better", json_string("less"));
            json_array_append_new(tally, known);
        }
        json_array_append(json_object_get(known, "runs"), json_object_get(row, "value"));
        if (json_is_array(json_object_get(known, "least")))
            json_array_append(json_object_get(known, "least"), json_object_get(row, "least"));
    }
}

json_t *tally_figure(json_t *tally, const char *suite, const char *name, const char *unit,
                     const char *better, double value)
{
    json_t *row = find(tally, name);

    if (!row) {
        row = json_pack("{s:s,s:s,s:s,s:s,s:[]}", "suite", suite, "name", name, "unit", unit,
                        "better", better, "runs");
        json_object_set(row, "samples", json_object_get(row, "runs")); /* they are the same */
        json_array_append_new(tally, row);
    }
    json_array_append_new(json_object_get(row, "runs"), json_real(value));
    return row;
}

/* The samples of a row, which are its runs where it has no others. Returns how many; caller frees.
 */
static size_t values_of(json_t *row, struct value **out)
{
    json_t *histogram = json_object_get(row, "histogram"), *list = json_object_get(row, "samples");
    size_t n;

    list = histogram ? histogram : list ? list : json_object_get(row, "runs");
    n = json_array_size(list);
    *out = xrealloc(NULL, (n + 1) * sizeof **out);
    for (size_t i = 0; i < n; i++) {
        json_t *element = json_array_get(list, i);

        if (histogram)
            (*out)[i] = (struct value){json_number_value(json_array_get(element, 0)),
                                       (size_t)json_integer_value(json_array_get(element, 1))};
        else
            (*out)[i] = (struct value){json_number_value(element), 1};
    }
    return n;
}

/* The histogram anew, from values that were merged. */
static json_t *histogram_of(const struct value *values, size_t n)
{
    json_t *histogram = json_array();

    for (size_t i = 0; i < n; i++) {
        json_int_t whole = (json_int_t)values[i].v;
        json_t *v = (double)whole == values[i].v ? json_integer(whole) : json_real(values[i].v);

        json_array_append_new(histogram, json_pack("[o,I]", v, (json_int_t)values[i].n));
    }
    return histogram;
}

/* The percentile under this key, if so many samples tell it. */
static void set_percentile(json_t *j, const struct stats *s, const char *key, double p,
                           double value)
{
    if (stats_bears(s->n, p))
        json_object_set_new(j, key, json_real(value));
}

/* An interval and its coverage; nothing where there is none. */
static void set_interval(json_t *j, const double ci[2], double coverage)
{
    json_object_del(j, "ci");
    json_object_del(j, "coverage");
    if (coverage > 0) {
        json_object_set_new(j, "ci", json_pack("[f,f]", ci[0], ci[1]));
        json_object_set_new(j, "coverage", json_real(coverage));
    }
}

static json_t *stats_json(const struct stats *s)
{
    json_t *j = json_pack("{s:I,s:f,s:f,s:f,s:f}", "n", (json_int_t)s->n, "min", s->min, "p50",
                          s->p50, "max", s->max, "mean", s->mean);
    json_t *values = json_array();

    set_percentile(j, s, "p95", 95, s->p95);
    set_percentile(j, s, "p99", 99, s->p99);
    set_percentile(j, s, "p999", 99.9, s->p999);
    set_interval(j, s->ci, s->coverage);
    if (s->two_modes)
        json_object_set_new(j, "modes", json_pack("[f,f]", s->modes[0], s->modes[1]));
    for (size_t i = 0; i < s->extreme_count; i++)
        json_array_append_new(values, json_real(s->extremes[i]));
    if (s->extreme_count)
        json_object_set_new(
            j, "outliers",
            json_pack("{s:I,s:I,s:I,s:O}", "count", (json_int_t)s->low + (json_int_t)s->high, "low",
                      (json_int_t)s->low, "high", (json_int_t)s->high, "values", values));
    json_decref(values);
    return j;
}

/* The median of the runs, and its interval. */
static void set_value(json_t *row)
{
    json_t *runs = json_object_get(row, "runs");
    size_t n = json_array_size(runs);
    double *copy = xrealloc(NULL, (n + 1) * sizeof *copy), ci[2], coverage, median;

    for (size_t i = 0; i < n; i++)
        copy[i] = json_number_value(json_array_get(runs, i));
    median = stats_median(copy, n, ci, &coverage);
    json_object_set_new(row, "value", json_real(median));
    set_interval(row, ci, coverage);
    free(copy);
}

/* One of a STREAM run's times: the least, the mean or the greatest of its passes. */
enum { LEAST, MEAN, GREATEST, TIMES };

static void run_times(json_t *samples, size_t first, size_t n, double times[TIMES])
{
    double sum = 0;

    times[LEAST] = times[GREATEST] = json_number_value(json_array_get(samples, first));
    for (size_t i = first; i < first + n; i++) {
        double s = json_number_value(json_array_get(samples, i));

        times[LEAST] = fmin(times[LEAST], s);
        times[GREATEST] = fmax(times[GREATEST], s);
        sum += s;
    }
    times[MEAN] = sum / (double)n;
}

/* STREAM's times: of each run those that it reports, and of several runs their medians, as the rate
 * is, which is thus that of the least time. */
static void set_times(json_t *row)
{
    static const char *const keys[TIMES] = {"min_s", "avg_s", "max_s"};
    json_t *samples = json_object_get(row, "samples");
    size_t runs = json_array_size(json_object_get(row, "runs")), all = json_array_size(samples);
    size_t each = all % runs ? all : all / runs;

    if (!json_object_get(row, "bytes") || !all)
        return;
    for (int k = 0; k < TIMES; k++) {
        double *of_runs = xrealloc(NULL, runs * sizeof *of_runs), times[TIMES], ci[2], coverage;
        size_t n = 0;

        for (size_t first = 0; first < all; first += each) {
            run_times(samples, first, each, times);
            of_runs[n++] = times[k];
        }
        json_object_set_new(row, keys[k], json_real(stats_median(of_runs, n, ci, &coverage)));
        free(of_runs);
    }
}

static void finish(json_t *row)
{
    const char *unit = json_string_value(json_object_get(row, "unit"));
    json_t *least = json_object_get(row, "least");
    struct value *values;
    size_t n = values_of(row, &values);
    struct stats s;

    n = values_merge(values, n);
    s = stats_of(values, n, unit && !strcmp(unit, "cycles") ? CYCLES_RESOLUTION : 0);
    if (json_equal(least, json_object_get(row, "runs")))
        json_object_del(row, "least"); /* of one loop a run, it tells nothing */
    set_value(row);
    json_object_set_new(row, "stats", stats_json(&s));
    if (json_object_get(row, "histogram"))
        json_object_set_new(row, "histogram", histogram_of(values, n));
    set_times(row);
    free(values);
}

/* Statistics whose samples are not there: what so many samples cannot tell is taken out. */
static void mend_stats(json_t *stats)
{
    static const struct {
        const char *key;
        double p;
    } percentiles[] = {{"p95", 95}, {"p99", 99}, {"p999", 99.9}};
    size_t n = (size_t)json_integer_value(json_object_get(stats, "n")), low, high;
    double coverage = stats_median_ranks(n ? n : 1, STATS_CONFIDENCE, &low, &high);
    double ends[2] = {json_number_value(json_object_get(stats, "min")),
                      json_number_value(json_object_get(stats, "max"))};

    for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++)
        if (!stats_bears(n, percentiles[i].p))
            json_object_del(stats, percentiles[i].key);
    if (json_object_get(stats, "coverage"))
        return;
    if (coverage < STATS_CONFIDENCE)
        set_interval(stats, ends, coverage);
    else /* the bootstrap's: at least about what it was made for */
        json_object_set_new(stats, "coverage", json_real(STATS_CONFIDENCE));
}

void tally_refresh(json_t *row)
{
    json_t *runs = json_object_get(row, "runs"), *stats = json_object_get(row, "stats"), *run;
    size_t i, n = json_array_size(runs);
    bool sampled = json_object_get(row, "samples") || json_object_get(row, "histogram");

    for (i = 0; (run = json_array_get(runs, i)); i++)
        if (!json_is_number(run))
            return;
    if (n && (sampled || !json_is_object(stats) ||
              json_integer_value(json_object_get(stats, "n")) == (json_int_t)n)) {
        finish(row);
        return;
    }
    if (n)
        set_value(row);
    if (json_is_object(stats))
        mend_stats(stats);
}

void tally_finish(json_t *tally)
{
    json_t *row;
    size_t i;

    for (i = 0; (row = json_array_get(tally, i)); i++)
        finish(row);
}

void tally_join(json_t *row, json_t *more)
{
    json_t *runs = json_object_get(row, "runs"), *next = json_object_get(more, "runs");
    json_t *least = json_object_get(more, "least");

    if (!json_object_get(row, "parts"))
        json_object_set_new(row, "parts", json_pack("[I]", (json_int_t)json_array_size(runs)));
    json_array_append_new(json_object_get(row, "parts"),
                          json_integer((json_int_t)json_array_size(next)));
    if (least && !json_object_get(row, "least"))
        json_object_set_new(row, "least", json_copy(runs));
    if (json_object_get(row, "least"))
        json_array_extend(json_object_get(row, "least"), least ? least : next);
    if (json_object_get(row, "samples") != runs)
        extend(row, more, "samples");
    extend(row, more, "histogram");
    extend(row, more, "runs");
    finish(row);
}
