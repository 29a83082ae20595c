/* A row in JSON, read and written.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/json.h"
#include "base/buf.h"

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WHOLE_MAX 9e15 /* up to here each whole number is exact as a double */

/* NAN is not there; a COUNT is written without a point where it has no fraction. */
enum kind { NUMBER, COUNT };

struct field {
    const char *key;
    enum kind kind;
    size_t offset;
};

#define ROW(key, kind)                                                                             \
    {                                                                                              \
#key, kind, offsetof(struct row, key)                                                      \
    }
static const struct field numbers[] = {
    ROW(value, NUMBER), ROW(calls, COUNT),    ROW(per_call, COUNT),
    ROW(bytes, COUNT),  ROW(elements, COUNT), ROW(threads, COUNT),
    ROW(min_s, NUMBER), ROW(avg_s, NUMBER),   ROW(max_s, NUMBER),
};

#define STATS(key)                                                                                 \
    {                                                                                              \
#key, NUMBER, offsetof(struct stats, key)                                                  \
    }
static const struct field statistics[] = {
    STATS(min), STATS(p50), STATS(p95), STATS(p99), STATS(p999), STATS(max), STATS(mean),
};
#define COUNT_OF(list) (sizeof(list) / sizeof *(list))

static void *at(const void *object, const struct field *f)
{
    return (char *)(uintptr_t)object + f->offset;
}

static void read_numbers(void *object, const struct field *fields, size_t n, json_t *j)
{
    for (size_t i = 0; i < n; i++) {
        json_t *number = json_object_get(j, fields[i].key);

        if (json_is_number(number))
            *(double *)at(object, &fields[i]) = json_number_value(number);
    }
}

static size_t count_value(json_t *j)
{
    json_int_t n = json_integer_value(j);

    return n > 0 ? (size_t)n : 0;
}

/* A list of numbers, or one number alone. */
static void read_list(struct row *row, json_t *list, struct numbers *out, const char *wrong)
{
    json_t *element;
    size_t i;

    if (json_is_number(list))
        numbers_add(out, json_number_value(list));
    for (i = 0; (element = json_array_get(list, i)); i++) {
        if (!json_is_number(element))
            row->wrong = wrong;
        numbers_add(out, json_number_value(element));
    }
}

static void read_samples(struct row *row, json_t *j)
{
    json_t *list = json_object_get(j, "histogram"), *element;
    size_t i;

    row->histogram = list != NULL;
    list = list ? list : json_object_get(j, "samples");
    for (i = 0; (element = json_array_get(list, i)); i++) {
        json_t *value = row->histogram ? json_array_get(element, 0) : element;
        json_t *count = json_array_get(element, 1);

        if (!json_is_number(value))
            row->wrong = "its samples are no numbers";
        if (row->histogram && !count_value(count))
            row->wrong = "its histogram lacks counts";
        row_add_sample(row, json_number_value(value), row->histogram ? count_value(count) : 1);
    }
}

/* [low, high] and how often it holds, which older files do not tell. */
static void read_interval(json_t *j, double ci[2], double *coverage)
{
    json_t *bounds = json_object_get(j, "ci");
    double covers = json_number_value(json_object_get(j, "coverage"));

    for (size_t i = 0; i < 2 && json_array_size(bounds) == 2; i++)
        ci[i] = json_number_value(json_array_get(bounds, i));
    *coverage = covers > 0 && json_array_size(bounds) == 2 ? covers : 0;
}

static void read_stats(struct stats *s, json_t *j)
{
    json_t *outliers = json_object_get(j, "outliers"), *modes = json_object_get(j, "modes"), *list;

    s->n = count_value(json_object_get(j, "n"));
    read_numbers(s, statistics, COUNT_OF(statistics), j);
    read_interval(j, s->ci, &s->coverage);
    s->two_modes = json_array_size(modes) == 2;
    for (size_t i = 0; i < 2; i++)
        s->modes[i] = json_number_value(json_array_get(modes, i));
    s->low = count_value(json_object_get(outliers, "low"));
    s->high = count_value(json_object_get(outliers, "high"));
    list = json_object_get(outliers, "values");
    for (size_t i = 0; i < json_array_size(list) && i < STATS_EXTREMES; i++)
        s->extremes[s->extreme_count++] = json_number_value(json_array_get(list, i));
}

static void read_exits(struct exit_counts *exits, json_t *j)
{
    const char *reason;
    json_t *count;

    exits->known = json_is_object(j);
    json_object_foreach(json_object_get(j, "reasons"), reason, count)
    {
        exit_counts_add(exits, reason, json_number_value(count));
    }
    exits->total = json_number_value(json_object_get(j, "total"));
    exits->calls = json_number_value(json_object_get(j, "calls"));
}

static void read_counts(struct counts *c, json_t *j)
{
    const char *name;
    json_t *n;

    c->known = json_is_object(j);
    for (int i = 0; i < COUNTS; i++)
        c->v[i] = json_number_value(json_object_get(j, count_kinds[i].key));
    json_object_foreach(json_object_get(j, "functions"), name, n)
    {
        counts_add(c, name, json_number_value(n));
    }
}

static const char *tail_key(unsigned tail) { return tail == ROW_TAIL ? "p99_runs" : "p95_runs"; }

struct row *row_of_json(json_t *j)
{
    struct row *row = row_new("", "", "");
    json_t *begin = json_object_get(j, "begin"), *end = json_object_get(j, "end");
    json_t *run = json_object_get(j, "run"), *better = json_object_get(j, "better");

    for (size_t i = 0; i < ROW_TEXTS; i++) {
        const char *text = json_string_value(json_object_get(j, row_texts[i].key));

        if (text)
            row_set_text(row_text(row, i), text);
    }
    row->more =
        better && !strcmp(json_string_value(better) ? json_string_value(better) : "", "more");
    row->median = json_is_true(json_object_get(j, "median"));
    read_numbers(row, numbers, COUNT_OF(numbers), j);
    read_interval(j, row->ci, &row->coverage);
    read_list(row, json_object_get(j, "runs"), &row->runs, "its runs are no numbers");
    read_list(row, json_object_get(j, "parts"), &row->parts, "its parts are no numbers");
    read_list(row, json_object_get(j, "least"), &row->least, "its least loops are no numbers");
    row->tail = json_object_get(j, tail_key(ROW_TAIL)) ? ROW_TAIL : ROW_TAIL_FEW;
    read_list(row, json_object_get(j, tail_key(row->tail)), &row->tails,
              "its runs' percentiles are no numbers");
    row->tail = row->tails.n ? row->tail : 0;
    read_samples(row, j);
    read_stats(&row->stats, json_object_get(j, "stats"));
    read_exits(&row->exits, json_object_get(j, "exits"));
    read_counts(&row->counts, json_object_get(j, "counts"));
    row->spans = json_is_integer(begin) && json_is_integer(end);
    row->begin = json_integer_value(begin);
    row->end = json_integer_value(end);
    row->stage = (unsigned)count_value(json_object_get(j, "stage"));
    if (json_is_integer(run) && json_integer_value(run) >= 0)
        row->run = (size_t)json_integer_value(run);
    return row;
}

/* Whole numbers without a point. */
static json_t *count_json(double v)
{
    return fabs(v) < WHOLE_MAX && v == floor(v) ? json_integer((json_int_t)v) : json_real(v);
}

static void write_numbers(const void *object, const struct field *fields, size_t n, json_t *j)
{
    for (size_t i = 0; i < n; i++) {
        double v = *(double *)at(object, &fields[i]);

        if (!isnan(v))
            json_object_set_new(j, fields[i].key,
                                fields[i].kind == COUNT ? count_json(v) : json_real(v));
    }
}

static void write_list(json_t *j, const char *key, const struct numbers *list, enum kind kind)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array,
                              kind == COUNT ? count_json(list->v[i]) : json_real(list->v[i]));
    if (list->n)
        json_object_set(j, key, array);
    json_decref(array);
}

static void write_samples(json_t *j, const struct row *row)
{
    json_t *array = json_array();

    for (size_t i = 0; i < row->sample_count; i++) {
        const struct value *s = &row->samples[i];

        json_array_append_new(array, row->histogram
                                         ? json_pack("[o,I]", count_json(s->v), (json_int_t)s->n)
                                         : json_real(s->v));
    }
    if (row->sample_count || row->histogram)
        json_object_set(j, row->histogram ? "histogram" : "samples", array);
    json_decref(array);
}

static void write_interval(json_t *j, const double ci[2], double coverage)
{
    if (!(coverage > 0))
        return;
    json_object_set_new(j, "ci", json_pack("[f,f]", ci[0], ci[1]));
    json_object_set_new(j, "coverage", json_real(coverage));
}

static json_t *stats_json(const struct stats *s)
{
    json_t *j = json_pack("{s:I}", "n", (json_int_t)s->n), *values = json_array();

    write_numbers(s, statistics, COUNT_OF(statistics), j);
    write_interval(j, s->ci, s->coverage);
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

static json_t *exits_json(const struct exit_counts *exits)
{
    json_t *reasons = json_object(), *j;

    for (size_t i = 0; i < exits->n; i++)
        json_object_set_new(reasons, exits->reasons[i].name, count_json(exits->reasons[i].count));
    j = json_pack("{s:o,s:o}", "total", count_json(exits->total), "reasons", reasons);
    if (exits->calls > 0)
        json_object_set_new(j, "calls", count_json(exits->calls));
    return j;
}

static json_t *counts_json(const struct counts *c)
{
    json_t *j = json_object(), *functions = json_object();

    for (int i = 0; i < COUNTS; i++)
        json_object_set_new(j, count_kinds[i].key, count_json(c->v[i]));
    for (size_t i = 0; i < c->n; i++)
        json_object_set_new(functions, c->functions[i].name, count_json(c->functions[i].n));
    json_object_set_new(j, "functions", functions);
    return j;
}

json_t *row_to_json(const struct row *row)
{
    json_t *j = json_object();

    for (size_t i = 0; i < ROW_TEXTS; i++) {
        const char *text = *row_text((struct row *)row, i);

        if (text)
            json_object_set_new(j, row_texts[i].key, json_string(text));
    }
    json_object_set_new(j, "better", json_string(row->more ? "more" : "less"));
    if (row->median)
        json_object_set_new(j, "median", json_true());
    write_numbers(row, numbers, COUNT_OF(numbers), j);
    write_interval(j, row->ci, row->coverage);
    write_list(j, "runs", &row->runs, NUMBER);
    write_list(j, "parts", &row->parts, COUNT);
    write_list(j, "least", &row->least, NUMBER);
    write_list(j, tail_key(row->tail), &row->tails, NUMBER);
    write_samples(j, row);
    if (!isnan(row->stats.p50))
        json_object_set_new(j, "stats", stats_json(&row->stats));
    if (row->exits.known)
        json_object_set_new(j, "exits", exits_json(&row->exits));
    if (row->counts.known)
        json_object_set_new(j, "counts", counts_json(&row->counts));
    if (row->spans) {
        json_object_set_new(j, "begin", json_integer(row->begin));
        json_object_set_new(j, "end", json_integer(row->end));
    }
    if (row->stage)
        json_object_set_new(j, "stage", json_integer(row->stage));
    if (row->run != ROW_NO_RUN)
        json_object_set_new(j, "run", json_integer((json_int_t)row->run));
    return j;
}
