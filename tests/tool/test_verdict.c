/* SPDX-License-Identifier: BSD-2-Clause */
/* What limpet compare calls different, and what not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "../../tools/limpet/bench.h"
#include "../../tools/limpet/verdict.h"

#include <math.h>

#define RUNS 60

/* Runs of a machine where most are disturbed, by up to twice the time. */
static void measure(double *v, double clean, unsigned long long *random)
{
    for (int i = 0; i < RUNS; i++) {
        double noise = (double)(random_next(random) % 1000) / 1000;

        v[i] = clean * (random_next(random) % 10 < 3 ? 1 + 0.004 * noise : 1.1 + 0.9 * noise);
    }
}

static struct difference compare(double factor, bool in_turn, unsigned long long seed)
{
    double a[RUNS], again[RUNS], b[RUNS];

    measure(a, 33, &seed);
    measure(again, 33, &seed);
    measure(b, 33 * factor, &seed);
    return difference_of((struct figures){a, RUNS}, (struct figures){again, in_turn ? RUNS : 0},
                         (struct figures){b, RUNS}, (struct best){false, BEST_LOOPS});
}

/* 200 comparisons each: nothing where there is nothing, five percent nearly always, always with
 * the right sign. */
static void found_and_not_found(void **state)
{
    unsigned false_alarms = 0, found = 0, found_apart = 0, wrong_sign = 0;

    (void)state;
    for (unsigned long long i = 0; i < 200; i++) {
        struct difference same = compare(1, true, 3 * i), slower = compare(1.05, true, 3 * i + 1);
        struct difference apart = compare(0.95, false, 3 * i + 2);

        false_alarms += same.real;
        found += slower.real && slower.change > 0;
        found_apart += apart.real && apart.change < 0;
        wrong_sign += (slower.real && slower.change < 0) || (apart.real && apart.change > 0);
    }
    assert_true(false_alarms <= 4);
    assert_true(found >= 196);
    assert_true(found_apart >= 190);
    assert_int_equal(wrong_sign, 0);
}

/* What a round went through all its sides did: a twentieth is found below a noise of a third. */
static void rounds_cancel_out(void **state)
{
    unsigned false_alarms = 0, found = 0;
    unsigned long long random = 1;

    (void)state;
    for (int i = 0; i < 100; i++) {
        double v[4][RUNS]; /* A, A again, B, B slower */
        struct figures f[4];

        for (int run = 0; run < RUNS; run++) {
            double round = 50 + (double)(random_next(&random) % 1000) / 60;

            for (int side = 0; side < 4; side++)
                v[side][run] = round * (1 + (double)(random_next(&random) % 1000) / 2e4);
            v[3][run] *= 1.05;
        }
        for (int side = 0; side < 4; side++)
            f[side] = (struct figures){v[side], RUNS};
        false_alarms += difference_of(f[0], f[1], f[2], (struct best){false, BEST_TURNS}).real;
        found += difference_of(f[0], f[1], f[3], (struct best){false, BEST_TURNS}).real;
    }
    assert_true(false_alarms <= 2);
    assert_int_equal(found, 100);
}

/* Measured apart: a floor that few runs make too low is raised to the middle of its neighbours'. */
static void floors_together(void **state)
{
    struct difference d[] = {
        {.change = -0.10, .interval = {-0.15, -0.05}, .floor = 0.02, .known = true, .real = true},
        {.change = -0.30, .interval = {-0.35, -0.25}, .floor = 0.02, .known = true, .real = true},
        {.change = 0.10, .interval = {0.05, 0.15}, .floor = 0.20, .known = true},
        {.change = 0.40, .interval = {-0.05, 0.85}, .floor = 0.25, .known = true},
        {.change = 0.12, .interval = {0.1, 0.15}, .floor = 0.12, .known = true},
        {.known = false, .floor = 9},
    };

    (void)state;
    raise_floors(d, 6);
    assert_true(!d[0].real && fabs(d[0].floor - 0.12) < 1e-9);
    assert_true(d[1].real && !d[2].real && !d[3].real && !d[4].real && !d[5].real);
    assert_true(fabs(d[2].floor - 0.20) < 1e-9 && fabs(d[3].floor - 0.25) < 1e-9);
    raise_floors(NULL, 0);
}

/* Stages that take no time at all on both sides are the same; on one side, nobody can tell. One of
 * nothing among others is no obstacle. */
static void nothing_at_all(void **state)
{
    double none[8] = {0}, some[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct figures zero = {none, 8}, one = {some, 8}, no_runs = {NULL, 0};
    struct best which = {false, BEST_TURNS};

    (void)state;
    assert_true(difference_of(zero, no_runs, zero, which).known);
    assert_false(difference_of(zero, no_runs, zero, which).real);
    assert_false(difference_of(zero, no_runs, one, which).known);
    assert_false(difference_of(one, no_runs, zero, which).known);
    assert_false(difference_of(no_runs, no_runs, one, which).known);
    some[3] = 0;
    assert_true(difference_of(one, no_runs, one, which).known);
    assert_false(difference_of(one, one, one, which).real);
}

static void limits(void **state)
{
    double few[] = {1, 2, 3, 4, 5}, zero[] = {0, 1, 1, 1, 1, 1, 1}, rates[RUNS], less[RUNS];
    struct figures none = {few, 0};
    struct difference d = difference_of((struct figures){few, 5}, none, (struct figures){few, 5},
                                        (struct best){false, BEST_LOOPS});

    (void)state;
    assert_true(!d.known && !d.real && d.a == 1 && d.b == 1);
    d = difference_of((struct figures){zero, 7}, none, (struct figures){zero, 7},
                      (struct best){false, BEST_LOOPS});
    assert_true(d.known && !d.real && d.a == 0);
    for (int i = 0; i < RUNS; i++) { /* where more is better, the highest 45 count */
        rates[i] = 100 - i % 7;
        less[i] = 90 - i % 7;
    }
    d = difference_of((struct figures){rates, RUNS}, none, (struct figures){less, RUNS},
                      (struct best){true, BEST_TURNS});
    assert_true(d.known && d.real && d.a > 97 && fabs(d.a - d.b - 10) < 1e-9);
    assert_true(fabs(d.change + 10 / d.a) < 1e-9);
    d = difference_of((struct figures){rates, RUNS}, none, (struct figures){rates, RUNS},
                      (struct best){true, BEST_TURNS});
    assert_true(d.known && !d.real && d.change == 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_and_not_found), cmocka_unit_test(limits),
        cmocka_unit_test(rounds_cancel_out),   cmocka_unit_test(floors_together),
        cmocka_unit_test(nothing_at_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
