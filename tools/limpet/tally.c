/* The rows of many runs, added up.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"
#include "limpet.h"
#include "stats.h"

#include <stdlib.h>
#include <string.h>

/* Two time stamps tell some 50 cycles apart, under emulation in steps of 24 (docs/measuring.md). */
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

static json_t *stats_json(const struct stats *s)
{
    json_t *j = json_pack("{s:I,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:[f,f]}", "n", (json_int_t)s->n, "min",
                          s->min, "p50", s->p50, "p95", s->p95, "p99", s->p99, "p999", s->p999,
                          "max", s->max, "mean", s->mean, "ci", s->ci[0], s->ci[1]);
    json_t *values = json_array();

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

static double median_of(json_t *numbers)
{
    size_t n = json_array_size(numbers);
    double *copy = xrealloc(NULL, n * sizeof *copy), ci[2], median;

    for (size_t i = 0; i < n; i++)
        copy[i] = json_number_value(json_array_get(numbers, i));
    median = stats_median(copy, n, 0.95, ci);
    free(copy);
    return median;
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
    json_object_set_new(row, "value", json_real(median_of(json_object_get(row, "runs"))));
    json_object_set_new(row, "stats", stats_json(&s));
    if (json_object_get(row, "histogram"))
        json_object_set_new(row, "histogram", histogram_of(values, n));
    if (json_object_get(row, "avg_s")) { /* STREAM's: its samples are the times of the passes */
        json_object_set_new(row, "avg_s", json_real(s.mean));
        json_object_set_new(row, "min_s", json_real(s.min));
        json_object_set_new(row, "max_s", json_real(s.max));
    }
    free(values);
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
