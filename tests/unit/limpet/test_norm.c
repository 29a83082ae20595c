/* SPDX-License-Identifier: BSD-2-Clause */
/* Ratios to one platform, their geometric means, and what a platform has not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <math.h>

#include "results/norm.h"
#include "measure/suites.h"
#include "show/fill.h"
#include "show/text.h"
#include "made.h"

static void add(struct result *r, const char *suite, const char *platform, const char *name,
                const char *better, double figure)
{
    struct facts *run = facts_new();
    struct rows rows = {0};

    facts_set_text(run, "suite", suite);
    facts_set_text(run, "platform", platform);
    for (int i = 0; i < 6; i++) /* 0.9, 1, 1.1 times it */
        rows_figure(&rows, suite, name, "x", better, figure * (1 + (i % 3 - 1) * 0.1));
    rows_finish(&rows);
    results_add(r, run, &rows);
}

static struct result *some(void)
{
    struct result *r = results_new("", 1);

    add(r, "basic", "host", "getpid", "less", 100);
    add(r, "basic", "qemu", "getpid", "less", 400);
    add(r, "basic", "host", "rate", "more", 100);
    add(r, "basic", "qemu", "rate", "more", 50);
    add(r, "basic", "host", "rate, time", "less", 0.01); /* the same again */
    add(r, "basic", "qemu", "rate, time", "less", 0.02);
    add(r, "basic", "qemu", "alone", "less", 5);
    add(r, "basic", "host", "zero", "less", 0);
    add(r, "basic", "qemu", "zero", "less", 7);
    return r;
}

static void ratios(void **state)
{
    struct result *r = some();
    struct estimate e = norm_ratio(r, "basic", "getpid", "qemu", "host");

    (void)state;
    assert_true(e.known && fabs(e.value - 4) < 1e-9 && e.coverage >= 0.95);
    assert_true(e.low < 4 && e.low > 3 && e.high > 4 && e.high < 5.5);
    e = norm_ratio(r, "basic", "rate", "qemu", "host"); /* half the rate costs twice as much */
    assert_true(e.known && fabs(e.value - 2) < 1e-9 && e.low < 2 && e.high > 2);
    assert_false(norm_ratio(r, "basic", "alone", "qemu", "host").known);
    assert_false(norm_ratio(r, "basic", "zero", "qemu", "host").known);
    assert_false(norm_ratio(r, "basic", "none", "qemu", "host").known);
    r->rows.v[1]->runs.v[3] = -1; /* a difference */
    assert_false(norm_ratio(r, "basic", "getpid", "qemu", "host").known);
    results_free(r);
}

static void means(void **state)
{
    struct result *r = some();
    struct args names = {0}, none = {0};
    struct estimate e;

    (void)state;
    norm_names(r, "basic", false, &names);
    assert_int_equal(names.n, 4);
    e = norm_mean(r, "basic", &names, "qemu", "host");
    assert_true(e.known && e.n == 2 && fabs(e.value - sqrt(8)) < 1e-9);
    assert_true(e.coverage >= 0.95 && e.low <= e.value && e.high >= e.value && e.low > 2);
    assert_false(norm_mean(r, "basic", &none, "qemu", "host").known);
    assert_false(norm_mean(r, "basic", &names, "kvm", "host").known);
    assert_false(norm_mean(r, "boot", &names, "qemu", "host").known);
    args_free(&names);
    results_free(r);
}

static void add_counted(struct result *r, const char *platform, const char *name, double count)
{
    struct facts *run = facts_new();
    struct rows rows = {0};
    struct row *row = rows_figure(&rows, NORM_COUNTED, name, "instructions", "less", count);

    row->counts = (struct counts){.known = true};
    facts_set_text(run, "suite", NORM_COUNTED);
    facts_set_text(run, "platform", platform);
    rows_finish(&rows);
    results_add(r, run, &rows);
}

/* Ratios of what was counted have no interval, and a mean for each suite; a whole run has neither.
 */
static void counted(void **state)
{
    struct result *r = results_new("", 1);
    struct args names = {0};
    struct estimate e;
    char *text;
    json_t *j;

    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *platform = i ? "qemu" : "host";

        add_counted(r, platform, "npb: EP.T", i ? 50 : 100);
        add_counted(r, platform, "npb: IS.T", i ? 200 : 100);
        add_counted(r, platform, "npb: door to exit", i ? 1 : 1000);
        add_counted(r, platform, "npbx: a", 7);
    }
    norm_names(r, "npb", false, &names);
    assert_int_equal(names.n, 0);
    norm_names(r, "npb", true, &names);
    assert_int_equal(names.n, 2);
    e = norm_ratio(r, NORM_COUNTED, "npb: EP.T", "qemu", "host");
    assert_true(e.known && e.value == 0.5 && e.coverage == 0);
    e = norm_mean(r, NORM_COUNTED, &names, "qemu", "host");
    assert_true(e.known && e.n == 2 && fabs(e.value - 1) < 1e-12 && e.coverage == 0);
    text = norm_json(r, "host");
    j = made_json(text);
    assert_int_equal(json_array_size(json_object_get(j, "rows")), 3);
    assert_int_equal(json_array_size(json_object_get(j, "means")), 2);
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(j, "means"), 0), "name")),
        "npb");
    json_decref(j);
    free(text);
    args_free(&names);
    results_free(r);
}

static void as_json(void **state)
{
    struct result *r = some();
    char *text = norm_json(r, "host");
    json_t *j = made_json(text), *mean = json_array_get(json_object_get(j, "means"), 0);

    (void)state;
    assert_int_equal(json_array_size(json_object_get(j, "rows")), 2);
    assert_int_equal(json_array_size(json_object_get(j, "means")), 1);
    assert_true(fabs(json_real_value(json_object_get(mean, "ratio")) - sqrt(8)) < 1e-9);
    json_decref(j);
    free(text);
    results_free(r);
}

/* "none" in the table, and why below it: once for all columns that say the same. */
static void lacks(void **state)
{
    struct result *r = some();
    struct facts *none = facts_new();
    struct args names = {0};
    struct sheet s = {0};
    struct buf text = {0};
    struct view v;

    (void)state;
    facts_set_text(none, "limpet", "none");
    facts_set_text(none, "row", "sched_yield");
    facts_set_text(none, "why", "no <scheduler>");
    for (size_t i = 0; i < 2; i++)
        facts_add(r->runs[i], "info", none);
    facts_free(none);
    assert_string_equal(run_none(r->runs[0], "sched_yield"), "no <scheduler>");
    assert_null(run_none(r->runs[0], "getpid"));
    assert_null(run_none(NULL, "getpid"));
    results_lacks(r, "basic", &names);
    assert_int_equal(names.n, 1);
    assert_string_equal(names.v[0], "sched_yield");
    args_free(&names);
    view_init(&v, r, NULL);
    fill_suite(&v, suite_find("basic"), &s);
    sheet_text(&s, &text);
    assert_non_null(strstr(text.data, "reschedule (sched_yield)"));
    assert_non_null(
        strstr(text.data, "\nnone (QEMU; host): no <scheduler>: reschedule (sched_yield)\n"));
    assert_null(strstr(strstr(text.data, "no <scheduler>") + 1, "no <scheduler>"));
    buf_free(&text);
    sheet_free(&s);
    results_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ratios), cmocka_unit_test(means),
                                       cmocka_unit_test(counted), cmocka_unit_test(as_json),
                                       cmocka_unit_test(lacks)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
