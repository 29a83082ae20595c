/* SPDX-License-Identifier: BSD-2-Clause */
/* A row's figures: intervals and what they cover, digits, differences, what too few cannot tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/estimate.h"
#include "made.h"

/* A finished row of these runs, its samples being them. Caller frees. */
static struct row *row_of(const double *runs, size_t n)
{
    struct rows tally = {0};
    struct row *row;

    for (size_t i = 0; i < n; i++)
        rows_figure(&tally, "boot", "x", "us", "less", runs[i]);
    rows_finish(&tally);
    row = row_copy(tally.v[0]);
    rows_free(&tally);
    return row;
}

static void assert_text(struct estimate e, const char *value, const char *interval)
{
    struct buf text = {0}, bounds = {0};

    buf_str(&bounds, "");
    estimate_text(&text, &e, NUMBER_PEOPLE);
    estimate_interval(&bounds, &e, NUMBER_PEOPLE);
    assert_string_equal(text.data, value);
    assert_string_equal(bounds.data ? bounds.data : "", interval);
    buf_free(&text);
    buf_free(&bounds);
}

/* An even number of runs has one median, whichever way it is asked for. */
static void one_median(void **state)
{
    static const double runs[] = {4, 1, 30, 2};
    struct row *row = row_of(runs, 4);
    struct estimate value = estimate_value(row), median = estimate_median(row);

    (void)state;
    assert_true(value.known && value.value == 3 && value.n == 4);
    assert_true(median.value == value.value && median.low == value.low);
    assert_true(value.low == 1 && value.high == 30 && value.coverage == 0.875);
    assert_string_equal(value.unit, "µs");
    assert_text(value, "3", "1–30 at 87 %");
    row_free(row);
}

static void coverage_and_percentiles(void **state)
{
    double runs[1000], p;
    struct row *row = row_of((double[]){5}, 1);

    (void)state;
    assert_text(estimate_value(row), "5", ""); /* of one: none */
    assert_false(estimate_stat(row, "p95", &p));
    row_free(row);
    for (int i = 0; i < 1000; i++)
        runs[i] = i + 1;
    row = row_of(runs, 6);
    assert_text(estimate_value(row), "3.5", "1.0–6.0");
    row_free(row);
    row = row_of(runs, 199);
    assert_false(estimate_stat(row, "p95", &p));
    row_free(row);
    row = row_of(runs, 1000);
    assert_true(estimate_stat(row, "p95", &p) && p == 950);
    assert_true(estimate_stat(row, "p99", &p) && p == 990);
    assert_false(estimate_stat(row, "p999", &p));
    assert_true(estimate_stat(row, "max", &p) && p == 1000);
    row_free(row);
}

static void digits(void **state)
{
    static const struct {
        double value, error;
        const char *text;
    } cases[] = {
        {30786.07, 8875, "31,000"},
        {1.23456, 0.02, "1.235"},
        {1.23456, 0.5, "1.2"},
        {25.98, 0.004, "25.98"},
        {26.02, 12, "26"},
        {3, 50, "3"},
        {3, 5000, "3"},
        {0.009596, 2e-6, "0.009596"},
        {171334, 1.5, "171,334"},
        {171334, 15000, "171,000"},
        {-0.004, 0.4, "0.0 noise"},
        {-120.4, 33, "−120 noise"},
        {0, 5, "0"},
        {12110805, 33.7e6, "12,000,000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct estimate e = {.known = true,
                             .value = cases[i].value,
                             .noise = cases[i].value < 0,
                             .low = cases[i].value - cases[i].error,
                             .high = cases[i].value + cases[i].error,
                             .coverage = 0.95};
        struct buf out = {0};

        estimate_text(&out, &e, NUMBER_PEOPLE);
        assert_string_equal(out.data, cases[i].text);
        buf_free(&out);
    }
}

/* What is beside a value is told to its digit, but a count of ticks is not rounded. */
static void beside(void **state)
{
    struct estimate wide = {true, 30786, 22000, 40000, 0.95, 9, "", false},
                    fine = {true, 12.34, 12.3, 12.4, 0.95, 9, "", false};
    struct buf out = {0};

    (void)state;
    estimate_beside(&out, &wide, 28113, NUMBER_PLAIN);
    buf_str(&out, " ");
    estimate_beside(&out, &fine, 15.5555, NUMBER_PLAIN);
    buf_str(&out, " ");
    estimate_beside(&out, &fine, 0.01234, NUMBER_PLAIN);
    assert_string_equal(out.data, "28113 15.56 0.012");
    buf_free(&out);
}

static void differences(void **state)
{
    struct estimate big = {true, 100, 97, 104, 0.96, 7, "cycles", false},
                    small = {true, 60, 57, 64, 0.95, 9, "cycles", false}, d;

    (void)state;
    d = estimate_difference(&big, &small);
    assert_true(d.known && d.value == 40 && d.low == 35 && d.high == 45 && !d.noise);
    assert_true(d.coverage == 0.95 && d.n == 7);
    d = estimate_difference(&small, &big);
    assert_true(d.value == -40 && d.noise);
    small.low = 0;
    d = estimate_difference(&big, &small);
    assert_false(d.noise);
    small.high = 160; /* it may be 0 and less */
    d = estimate_difference(&big, &small);
    assert_true(d.value == 40 && d.noise);
    d = estimate_difference(&big, &(struct estimate){0});
    assert_false(d.known);
}

/* A file without samples keeps its statistics, but for what so few cannot tell. */
static void without_samples(void **state)
{
    struct row *row = made_row("{\"value\":7,\"unit\":\"ms\",\"runs\":[3,9],\"stats\":{\"n\":4,"
                               "\"min\":1,\"p50\":2,\"p95\":8,\"p99\":8,\"p999\":8,\"max\":8,"
                               "\"mean\":3,\"ci\":[1.5,7]}}");
    struct estimate e;
    double p;

    (void)state;
    rows_refresh(row);
    assert_text(estimate_value(row), "6.0", "3.0–9.0 at 50 %");
    e = estimate_median(row);
    assert_true(e.value == 2 && e.low == 1 && e.high == 8 && e.coverage == 0.875 && e.n == 4);
    assert_false(estimate_stat(row, "p95", &p));
    row_free(row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_median),  cmocka_unit_test(coverage_and_percentiles),
        cmocka_unit_test(digits),      cmocka_unit_test(beside),
        cmocka_unit_test(differences), cmocka_unit_test(without_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
