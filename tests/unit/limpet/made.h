/* Rows and results for tests, made of JSON. SPDX-License-Identifier: BSD-2-Clause */
#ifndef MADE_H
#define MADE_H

#include "results/json.h"

static inline json_t *made_json(const char *text)
{
    json_error_t error;
    json_t *j = json_loads(text, 0, &error);

    if (!j)
        print_error("%s at %d of %s\n", error.text, error.position, text);
    assert_non_null(j);
    return j;
}

static inline struct row *made_row(const char *text)
{
    json_t *j = made_json(text);
    struct row *row = row_of_json(j);

    json_decref(j);
    return row;
}

/* Of a list. */
static inline struct rows made_rows(const char *text)
{
    json_t *list = made_json(text);
    struct rows rows = {0};

    for (size_t i = 0; i < json_array_size(list); i++)
        rows_append(&rows, row_of_json(json_array_get(list, i)));
    json_decref(list);
    return rows;
}

static inline struct result *made_result(const char *text)
{
    json_t *j = made_json(text);
    struct result *result = result_of_json(j);

    json_decref(j);
    return result;
}

/* Are these the numbers? */
static inline bool made_of(const struct numbers *numbers, size_t n, const double *v)
{
    return numbers->n == n && !memcmp(numbers->v, v, n * sizeof *v);
}
#define MADE_OF(numbers, ...)                                                                      \
    made_of(numbers, sizeof(double[]){__VA_ARGS__} / sizeof(double), (double[]){__VA_ARGS__})

/* Are these a row's samples: values and how often each came, in turns? */
static inline bool made_samples(const struct row *row, size_t n, const double *pairs)
{
    for (size_t i = 0; i < n / 2; i++)
        if (i >= row->sample_count || row->samples[i].v != pairs[2 * i] ||
            (double)row->samples[i].n != pairs[2 * i + 1])
            return false;
    return row->sample_count == n / 2;
}
#define MADE_SAMPLES(row, ...)                                                                     \
    made_samples(row, sizeof(double[]){__VA_ARGS__} / sizeof(double), (double[]){__VA_ARGS__})

#endif
