/* SPDX-License-Identifier: BSD-2-Clause */
/* When a run says that its machine was busy, and why a mean is far from its median. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/busy.h"
#include "results/disturbance.h"
#include "made.h"

static struct facts *run_of(const char *suite)
{
    struct facts *run = facts_new();

    facts_set_text(run, "suite", suite);
    facts_set_count(run, "vcpus", 1);
    return run;
}

static void add(struct facts *run, unsigned cpus, double load, double stolen, double wall,
                double cpu)
{
    struct vm_result vm = {.end_s = wall,
                           .user_s = cpu / 4,
                           .system_s = cpu * 3 / 4,
                           .busy = {.cpus = cpus, .load = load, .stolen = stolen}};

    busy_add(run, &vm);
}

/* Takes over run. words: NULL for a machine that was not busy. */
static void assert_tells(struct facts *run, const char *words)
{
    struct buf out = {0};

    assert_true(busy_tell(run, &out) == (words != NULL));
    if (words)
        assert_string_equal(out.data, words);
    assert_true(words || !out.len);
    buf_free(&out);
    facts_free(run);
}

static void busy(void **state)
{
    struct facts *run = run_of("basic"), *later;

    (void)state;
    assert_tells(facts_new(), NULL); /* an older file's */
    add(run, 2, 1.9, 0.01, 10, 9.5);
    assert_tells(run, NULL);
    run = run_of("boot");
    add(run, 2, 1.5, 0, 1, 0.5);
    add(run, 2, 12.3, 0, 1, 0.3); /* the worst moment counts, and all time */
    assert_tells(run, "load 12 on 2 CPUs, its VMM had a CPU for 40 % of the time");
    run = run_of("boot");
    add(run, 1, 1.25, 0.031, 0, 0); /* Xen: nobody knows */
    assert_tells(run, "load 1.2 on 1 CPU, 3 % of its CPU time stolen");
    run = run_of("stream"); /* it computes all the time */
    add(run, 8, 0.5, 0, 10, 7.9);
    assert_tells(run, "its VMM had a CPU for 79 % of the time");
    run = run_of("basic"); /* it sleeps for a tenth of a second */
    add(run, 8, 0.5, 0, 0.3, 0.19);
    facts_set_count(run, "count", 1);
    assert_tells(facts_copy(run), NULL);
    facts_set_text(run, "only", "getpid");
    assert_tells(run, "its VMM had a CPU for 63 % of the time");
    run = run_of("boot"); /* a boot may wait */
    add(run, 8, 0.5, 0, 10, 7.9);
    assert_tells(run, NULL);
    run = run_of("boot"); /* a lab's Linux does not know; the machine around it does */
    add(run, 1, 9, 0.5, 1, 1);
    busy_outside(run, &(struct load){.cpus = 4, .load = 3});
    assert_tells(run, NULL);
    run = run_of("boot");
    add(run, 2, 1, 0, 1, 0.5);
    later = run_of("boot"); /* another part of the same run */
    add(later, 2, 5, 0.5, 3, 0.5);
    busy_join(run, later);
    facts_free(later);
    assert_tells(run, "load 5.0 on 2 CPUs, 50 % of its CPU time stolen, its VMM had a CPU for 25 % "
                      "of the time");
}

/* A row of runs whose samples are n of one value each and one of another; value: their mean. */
static struct row *row_of(int n, double usual, double odd, unsigned odd_count, int calls)
{
    struct row *one = row_new("basic", "x", "cycles"), *row;
    struct rows rows = {0};

    one->value = (usual * n + odd * odd_count) / (n + odd_count);
    one->calls = calls;
    one->histogram = true;
    row_add_sample(one, usual, (size_t)n);
    row_add_sample(one, odd, odd_count);
    for (int i = 0; i < 6; i++)
        rows_add(&rows, &(struct rows){&one, 1});
    rows_finish(&rows);
    row = row_copy(rows.v[0]);
    rows_free(&rows);
    row_free(one);
    return row;
}

/* Takes over row. */
static void assert_disturbed(struct row *row, struct facts *run, const char *text)
{
    struct buf out = {0};

    buf_str(&out, "");
    disturbance_text(row, run, NUMBER_PEOPLE, &out);
    assert_string_equal(out.data ? out.data : "", text);
    buf_free(&out);
    row_free(row);
}

static void disturbances(void **state)
{
    struct facts *run = run_of("basic");
    struct row *median;

    (void)state;
    facts_set_number(run, "clock.tsc_hz", 1e9);
    /* One of a thousand took 2 ms. */
    assert_disturbed(row_of(999, 6000, 2e6, 1, 1000), run,
                     "mean 7,994, median 6,000 cycles: 6 of 6,000 samples took 60 µs and more and "
                     "make up 100 % of the difference: pre-emptions, or page faults of the host");
    add(run, 2, 30, 0, 1, 1);
    assert_disturbed(row_of(999, 6000, 2e6, 1, 1000), run,
                     "mean 7,994, median 6,000 cycles: 6 of 6,000 samples took 60 µs and more and "
                     "make up 100 % of the difference: pre-emptions, for the machine was busy");
    /* Two kinds of samples, both short. */
    assert_disturbed(row_of(600, 1000, 2000, 400, 1000), run,
                     "mean 1,400, median 1,000 cycles: two modes, at 1,000 and 2,000");
    /* Loops, of which the samples are others; these cost the stamps more, not less. */
    assert_disturbed(row_of(999, 6000, 2e6, 1, 110000), run,
                     "loops 7,994, median of single calls 6,000 cycles: the loops were "
                     "interrupted, for the machine was busy");
    assert_disturbed(row_of(600, 2000, 1000, 400, 110000), run, "");
    /* A figure that is a median is no mean, and is none of loops. */
    median = row_of(999, 6000, 2e6, 1, 1000);
    median->median = true;
    assert_false(disturbance_is_mean(median));
    assert_disturbed(median, run, "");
    /* Alike within a tenth. */
    assert_disturbed(row_of(999, 6000, 12000, 1, 1000), run, "");
    facts_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(busy), cmocka_unit_test(disturbances)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
