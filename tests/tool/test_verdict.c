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
    assert_true(!d.known && d.a == 0);
    for (int i = 0; i < RUNS; i++) { /* where more is better, the highest count */
        rates[i] = 100 - i % 7;
        less[i] = 90 - i % 7;
    }
    d = difference_of((struct figures){rates, RUNS}, none, (struct figures){less, RUNS},
                      (struct best){true, BEST_RUNS});
    assert_true(d.known && d.real && d.a == 99 && d.b == 89 && fabs(d.change + 10 / 99.0) < 1e-9);
    d = difference_of((struct figures){rates, RUNS}, none, (struct figures){rates, RUNS},
                      (struct best){true, BEST_RUNS});
    assert_true(d.known && !d.real && d.change == 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_and_not_found),
        cmocka_unit_test(limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
