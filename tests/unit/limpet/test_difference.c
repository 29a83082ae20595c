/* SPDX-License-Identifier: BSD-2-Clause */
/* What limpet compare calls different, and what not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "stats/difference.h"
#include "base/random.h"

#include <math.h>

#define RUNS 60

static const struct best loops = {.share = BEST_LOOPS}, boots = {.share = BEST_BOOTS};

/* 0 up to 1. */
static double chance(unsigned long long *random)
{
    return (double)(random_next(random) % 1000) / 1000;
}

/* Runs of a machine where most are disturbed, by up to twice the time. */
static void measure(double *v, double clean, unsigned long long *random)
{
    for (int i = 0; i < RUNS; i++) {
        double noise = chance(random);

        v[i] = clean * (random_next(random) % 10 < 3 ? 1 + 0.004 * noise : 1.1 + 0.9 * noise);
    }
}

static struct figures runs(const double *v, size_t n) { return (struct figures){.v = v, .n = n}; }

static struct difference compare(double factor, bool in_turn, unsigned long long seed)
{
    double a[RUNS], again[RUNS], b[RUNS];

    measure(a, 33, &seed);
    measure(again, 33, &seed);
    measure(b, 33 * factor, &seed);
    return in_turn ? difference_in_turn(runs(a, RUNS), runs(again, RUNS), runs(b, RUNS), false)
                   : difference_apart(runs(a, RUNS), runs(b, RUNS), loops);
}

/* 100 comparisons each: nothing where there is nothing, five percent nearly always, always with
 * the right sign. */
static void found_and_not_found(void **state)
{
    unsigned false_alarms = 0, found = 0, found_apart = 0, wrong_sign = 0;

    (void)state;
    for (unsigned long long i = 0; i < 100; i++) {
        struct difference same = compare(1, true, 3 * i), slower = compare(1.05, true, 3 * i + 1);
        struct difference apart = compare(0.95, false, 3 * i + 2);

        false_alarms += same.real;
        found += slower.real && slower.change > 0;
        found_apart += apart.real && apart.change < 0;
        wrong_sign += (slower.real && slower.change < 0) || (apart.real && apart.change > 0);
    }
    assert_true(false_alarms <= 2);
    assert_true(found >= 98);
    assert_true(found_apart >= 95);
    assert_int_equal(wrong_sign, 0);
}

/* Sides that take turns on some machine: A, A again, B, B slower. */
enum { SIDES = 4, SLOWER = SIDES - 1, MOST_RUNS = 200 };
typedef void machine(double v[SIDES][MOST_RUNS], size_t n, unsigned long long *random);

struct outcome {
    unsigned false_alarms, found, wrong_sign;
};

/* So many comparisons of n rounds: A with B, and with the slower one. */
static struct outcome in_turn(machine *measure_all, size_t n, unsigned tries,
                              unsigned long long seed)
{
    struct outcome sum = {0};

    for (unsigned i = 0; i < tries; i++) {
        double v[SIDES][MOST_RUNS];
        struct figures f[SIDES];
        struct difference d;

        measure_all(v, n, &seed);
        for (int side = 0; side < SIDES; side++)
            f[side] = runs(v[side], n);
        sum.false_alarms += difference_in_turn(f[0], f[1], f[2], false).real;
        d = difference_in_turn(f[0], f[1], f[SLOWER], false);
        sum.found += d.real;
        sum.wrong_sign += d.real && d.change < 0;
    }
    return sum;
}

static void by_rounds(double v[SIDES][MOST_RUNS], size_t n, unsigned long long *random)
{
    for (size_t run = 0; run < n; run++) {
        double round = 50 + (double)(random_next(random) % 1000) / 60;

        for (int side = 0; side < SIDES; side++)
            v[side][run] = round * (1 + (double)(random_next(random) % 1000) / 2e4);
        v[SLOWER][run] *= 1.05;
    }
}

/* What a round went through all its sides did: a twentieth is found below a noise of a third. */
static void rounds_cancel_out(void **state)
{
    struct outcome of = in_turn(by_rounds, RUNS, 100, 1);

    (void)state;
    assert_true(of.false_alarms <= 2);
    assert_int_equal(of.found, 100);
}

static void mostly_disturbed(double v[SIDES][MOST_RUNS], size_t n, unsigned long long *random)
{
    for (int side = 0; side < SIDES; side++) {
        for (size_t run = 0; run < n; run++) {
            double noise = chance(random);

            v[side][run] = (side == SLOWER ? 35 : 33.2) *
                           (random_next(random) % 20 == 0 ? 1 + 0.003 * noise : 1.4 + 0.5 * noise);
        }
    }
}

/* A machine where one run in twenty is quiet, and the others are all unlike: the few that are quiet
 * tell, without false alarms; where too few are, it is no difference, never one of the wrong sign.
 */
static void few_are_quiet(void **state)
{
    struct outcome of = in_turn(mostly_disturbed, 200, 10, 3);

    (void)state;
    assert_true(of.false_alarms <= 1);
    assert_true(of.found >= 9);
    assert_int_equal(of.wrong_sign, 0);
}

static void at_two_speeds(double v[SIDES][MOST_RUNS], size_t n, unsigned long long *random)
{
    for (int side = 0; side < SIDES; side++) {
        for (size_t run = 0; run < n; run++) {
            double noise = chance(random), times = 1;
            unsigned which = (unsigned)(random_next(random) % 50);

            if (which)
                times = which < 25 ? 1.38 + 0.001 * noise : 1.4 + noise;
            v[side][run] = (side == SLOWER ? 29 : 27.5) * times;
        }
    }
}

/* A machine of two speeds, as one has whose cores share their units with neighbours: one run in
 * fifty is fast, half are all alike, a third slower, and the rest is disturbed. The few fast ones
 * do not hide what the many tell. */
static void two_speeds(void **state)
{
    struct outcome of = in_turn(at_two_speeds, RUNS, 20, 3);

    (void)state;
    assert_true(of.false_alarms <= 1);
    assert_true(of.found >= 18);
    assert_int_equal(of.wrong_sign, 0);
}

/* Measured apart: a floor that few runs make too low is raised to the middle of its neighbours'. */
static void floors_together(void **state)
{
    struct difference d[] = {
        {.change = -0.10, .interval = {-0.15, -0.05}, .floor = 0.02, .real = true},
        {.change = -0.30, .interval = {-0.35, -0.25}, .floor = 0.02, .real = true},
        {.change = 0.10, .interval = {0.05, 0.15}, .floor = 0.20},
        {.change = 0.40, .interval = {-0.05, 0.85}, .floor = 0.25},
        {.change = 0.12, .interval = {0.1, 0.15}, .floor = 0.12},
        {.known = false, .floor = 9},
    };

    (void)state;
    for (int i = 0; i < 5; i++)
        d[i].known = d[i].divisible = true;
    difference_raise_floors(d, 6);
    assert_true(!d[0].real && fabs(d[0].floor - 0.12) < 1e-9);
    assert_true(d[1].real && !d[2].real && !d[3].real && !d[4].real && !d[5].real);
    assert_true(fabs(d[2].floor - 0.20) < 1e-9 && fabs(d[3].floor - 0.25) < 1e-9);
    difference_raise_floors(NULL, 0);
}

/* Stages that take no time at all on both sides are the same; on A alone, nobody can tell. One of
 * nothing among others is no obstacle. */
static void nothing_at_all(void **state)
{
    double none[8] = {0}, some[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    struct figures zero = runs(none, 8), one = runs(some, 8), no_runs = {0};

    (void)state;
    assert_true(difference_apart(zero, zero, boots).known);
    assert_false(difference_apart(zero, zero, boots).real);
    assert_false(difference_apart(zero, one, boots).known);
    assert_true(difference_apart(one, zero, boots).real); /* all of it gone */
    assert_true(difference_in_turn(one, one, zero, false).real);
    assert_false(difference_apart(no_runs, one, boots).known);
    assert_true(difference_in_turn(zero, zero, zero, false).known);
    assert_false(difference_in_turn(zero, zero, zero, false).real);
    assert_true(difference_in_turn(zero, zero, zero, false).floor == 0);
    assert_false(difference_in_turn(zero, zero, one, false).known);
    assert_false(difference_in_turn(no_runs, one, one, false).known);
    some[3] = 0;
    assert_true(difference_apart(one, one, (struct best){.share = 0.75}).known);
    assert_true(difference_in_turn(one, one, one, false).known);
    assert_false(difference_in_turn(one, one, one, false).real);
}

static void limits(void **state)
{
    double few[] = {1, 2, 3, 4, 5}, zero[] = {0, 1, 1, 1, 1, 1, 1}, rates[RUNS], less[RUNS];
    struct best most = {.upper = true, .share = 0.75};
    struct difference d = difference_apart(runs(few, 5), runs(few, 5), loops);

    (void)state;
    assert_true(!d.known && !d.real && d.a == 1 && d.b == 1);
    d = difference_in_turn(runs(few, 5), runs(few, 5), runs(few, 5), false);
    assert_true(!d.known && !d.real && d.a > 0 && d.a == d.b);
    d = difference_apart(runs(zero, 7), runs(zero, 7), loops);
    assert_true(d.known && !d.real && d.a == 0);
    for (int i = 0; i < RUNS; i++) { /* where more is better, the highest 45 count */
        rates[i] = 100 - i % 7;
        less[i] = 90 - i % 7;
    }
    d = difference_apart(runs(rates, RUNS), runs(less, RUNS), most);
    assert_true(d.known && d.real && d.a > 97 && fabs(d.a - d.b - 10) < 1e-9);
    assert_true(fabs(d.change + 10 / d.a) < 1e-9);
    d = difference_in_turn(runs(rates, RUNS), runs(rates, RUNS), runs(less, RUNS), true);
    assert_true(d.known && d.real && d.a > 97 && d.change < -0.09 && d.floor == 0);
    d = difference_apart(runs(rates, RUNS), runs(rates, RUNS), most);
    assert_true(d.known && !d.real && d.change == 0);
}

/* Five boots of a lab a side, which differ by ±20 % and their runs by ±3 %: what holds for all runs
 * of a part is no difference of the sides, however many the runs are; a difference of all parts is.
 */
static void parts(void **state)
{
    enum { PARTS_ = 5, EACH = 4, TRIES = 200 };
    static const size_t each[PARTS_] = {EACH, EACH, EACH, EACH, EACH};
    unsigned false_alarms = 0, fooled = 0, found = 0, wrong_sign = 0;
    unsigned long long random = 5;

    (void)state;
    for (int i = 0; i < TRIES; i++) {
        double v[3][PARTS_ * EACH];
        struct figures f[3];
        struct difference d;

        for (int side = 0; side < 3; side++) {
            for (int k = 0; k < PARTS_; k++) {
                double boot = 80 + (double)(random_next(&random) % 4000) / 100;

                for (int run = 0; run < EACH; run++)
                    v[side][k * EACH + run] = (side == 2 ? 1.6 : 1) * boot *
                                              (0.97 + (double)(random_next(&random) % 60) / 1000);
            }
            f[side] = (struct figures){v[side], PARTS_ * EACH, each, PARTS_};
        }
        false_alarms += difference_apart(f[0], f[1], boots).real;
        d = difference_apart(f[0], f[2], boots);
        found += d.real;
        wrong_sign += d.change < 0;
        f[0].part_count = 0; /* as if nothing were known of parts */
        fooled += difference_apart(f[0], f[1], boots).real;
    }
    assert_true(fooled >= TRIES / 20);
    assert_true(false_alarms <= TRIES / 50);
    assert_true(found >= TRIES * 9 / 10);
    assert_int_equal(wrong_sign, 0);
}

/* Student's interval, by hand: means 2 and 3, common variance 1, t(4) = 4.604. */
static void parts_by_hand(void **state)
{
    static const size_t each[] = {2, 2, 2};
    double a[] = {1, 9, 9, 2, 3, 3}, b[] = {2, 2, 3, 3, 4, 9}, none[6] = {0};
    double seldom[] = {0, 0, 2, 2, 4, 4};
    struct figures fa = {a, 6, each, 3}, fb = {b, 6, each, 3}, zero = {none, 6, each, 3};
    struct figures often_zero = {seldom, 6, each, 3};
    struct difference d = difference_apart(fa, fb, boots);

    (void)state;
    assert_true(d.a == 2 && d.b == 3 && d.change == 0.5 && !d.real);
    assert_true(fabs(d.interval[0] - (0.5 - 1.87958)) < 1e-4);
    assert_true(fabs(d.interval[1] - (0.5 + 1.87958)) < 1e-4);
    fa.part_count = 2; /* too few: the runs' own best quarter */
    d = difference_apart(fa, fb, boots);
    assert_true(d.a == 1.5 && d.b == 2);

    /* A stage that often takes no time: all of it gone can be told, one that was never there not.
     */
    fa.part_count = 3;
    d = difference_apart(fb, zero, boots);
    assert_true(d.known && d.divisible && d.real && d.change == -1 && d.floor == 0.4);
    d = difference_apart(often_zero, often_zero, boots);
    assert_true(d.known && d.divisible && !d.real && d.a == 2);
    d = difference_apart(zero, fb, boots);
    assert_true(!d.known && !d.divisible);
    d = difference_apart(zero, zero, boots);
    assert_true(d.known && !d.divisible && !d.real);
}

/* Noise falls with the root of the runs' number. */
static void how_many_runs(void **state)
{
    struct difference d = {
        .divisible = true, .known = true, .floor = 0.04, .interval = {-0.1, 0.1}};

    (void)state;
    assert_true(difference_is_noisy(&d)); /* half the interval */
    assert_int_equal(difference_runs_needed(&d, 20), 80);
    assert_int_equal(difference_runs_needed(&d, 5), DIFFERENCE_LEAST_RUNS);
    d.interval[1] = 0.23; /* ± 16.5 %: 10.89 times as many; two digits, up */
    assert_int_equal(difference_runs_needed(&d, 20), 220);
    assert_int_equal(difference_runs_needed(&d, 1000), 11000);
    assert_int_equal(difference_runs_needed(&d, 10000), 0);
    d.floor = INFINITY;
    assert_int_equal(difference_runs_needed(&d, 20), 0);
    d.floor = 0.05;
    d.interval[1] = 0;
    assert_false(difference_is_noisy(&d)); /* 5 % itself is seen */
    d.known = d.divisible = false;
    assert_true(difference_is_noisy(&d));
    assert_int_equal(difference_runs_needed(&d, 20), 0);
    assert_int_equal(difference_runs_needed(&d, 1), DIFFERENCE_LEAST_RUNS);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_and_not_found), cmocka_unit_test(limits),
        cmocka_unit_test(rounds_cancel_out),   cmocka_unit_test(floors_together),
        cmocka_unit_test(nothing_at_all),      cmocka_unit_test(parts),
        cmocka_unit_test(parts_by_hand),       cmocka_unit_test(few_are_quiet),
        cmocka_unit_test(two_speeds),          cmocka_unit_test(how_many_runs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
