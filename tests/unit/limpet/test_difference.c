/* SPDX-License-Identifier: BSD-2-Clause */
/* How much two sides differ, and how sure it is: what can be said by hand. What the verdicts are
 * worth on machines of all kinds is simulated in tests/verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "stats/difference.h"
#include "stats/distribution.h"
#include "base/random.h"

#include <math.h>
#include <string.h>

#define ROUNDS 20

static bool near(double x, double y, double by) { return fabs(x - y) <= by; }

/* Rounds of three sides: a machine of 2 % noise, B slower by a factor. */
static struct difference in_turn(size_t n, double factor, bool upper, unsigned long long seed)
{
    double v[3][ROUNDS];
    const double *sides[] = {v[0], v[1], v[2]};

    for (size_t i = 0; i < n; i++)
        for (int s = 0; s < 3; s++)
            v[s][i] = (s == 2 ? factor : 1) * (100 + (double)(random_next(&seed) % 400) / 100);
    return difference_in_turn(sides, n, upper, NULL, 0);
}

static void quantiles(void **state)
{
    (void)state;
    assert_true(near(student_quantile(0.05, 1), 12.706, 1e-3)); /* tables of Student's t */
    assert_true(near(student_quantile(0.05, 4), 2.776, 1e-3));
    assert_true(near(student_quantile(0.01, 5), 4.032, 1e-3));
    assert_true(near(student_quantile(0.05, 30), 2.042, 1e-3));
    assert_true(near(student_beyond(2.776, 4), 0.05, 1e-4));
    assert_true(near(student_beyond(0, 7), 1, 1e-12));
    assert_true(near(normal_quantile(0.05), 1.95996, 1e-4));
    assert_true(near(normal_quantile(0.01), 2.57583, 1e-4));
}

static void slower_is_found(void **state)
{
    struct difference d = in_turn(ROUNDS, 1.05, false, 1), few = in_turn(6, 1.2, false, 2);

    (void)state;
    assert_int_equal(d.state, DIFFERENCE_TOLD);
    assert_true(d.p < 0.01 && d.interval[0] > 0 && d.interval[0] < 0.05 && d.interval[1] > 0.05);
    assert_true(near(d.b / d.a - 1, d.change, 1e-9) && d.a > 100 && d.a < 104);
    assert_true(d.way[0] != '\0');
    assert_int_equal(difference_verdict(&d, 0.02, d.p, false), VERDICT_WORSE);
    assert_int_equal(difference_verdict(&d, 0.02, d.p, true), VERDICT_BETTER);
    assert_int_equal(difference_verdict(&d, 0.02, 0.06, false), VERDICT_UNSURE);
    assert_int_equal(difference_verdict(&d, 0.10, d.p, false), VERDICT_SAME);
    assert_int_equal(difference_leaning(&d, false), VERDICT_WORSE);
    /* Of the 3^6 ways to call the runs this is the most extreme one, or one of two. */
    assert_true(near(few.p, 1 / 729.0, 1e-9) || near(few.p, 2 / 729.0, 1e-9));
}

static void same_is_the_same(void **state)
{
    struct difference d = in_turn(ROUNDS, 1, false, 7), again = in_turn(ROUNDS, 1, false, 7);

    (void)state;
    assert_true(d.p > 0.05 && d.interval[0] <= 0 && d.interval[1] >= 0);
    assert_int_equal(difference_verdict(&d, 0.05, d.p, false), VERDICT_SAME);
    assert_int_equal(difference_leaning(&d, false), VERDICT_UNSURE);
    assert_true(d.p == again.p && d.half == again.half); /* the seed is fixed */
}

/* Rates are the reciprocals of times. */
static void more_is_better(void **state)
{
    double times[3][ROUNDS], rates[3][ROUNDS];
    const double *of_times[] = {times[0], times[1], times[2]},
                 *of_rates[] = {rates[0], rates[1], rates[2]};
    unsigned long long seed = 4;
    struct difference t, r;

    (void)state;
    for (int s = 0; s < 3; s++)
        for (int i = 0; i < ROUNDS; i++) {
            times[s][i] = 50 + (double)(random_next(&seed) % 100) / 50 + (s == 2 ? 4 : 0);
            rates[s][i] = 1 / times[s][i];
        }
    t = difference_in_turn(of_times, ROUNDS, false, NULL, 0);
    r = difference_in_turn(of_rates, ROUNDS, true, NULL, 0);
    assert_true(near(t.p, r.p, 1e-9) && near(t.half, r.half, 1e-6));
    assert_true(near((1 + t.change) * (1 + r.change), 1, 1e-9) && r.change < 0);
    assert_true(near((1 + t.interval[0]) * (1 + r.interval[1]), 1, 1e-6));
}

static struct difference of_constants(double a, double again, double b, size_t n)
{
    double v[3][ROUNDS];
    const double *sides[] = {v[0], v[1], v[2]};

    for (size_t i = 0; i < n; i++) {
        v[0][i] = a;
        v[1][i] = again;
        v[2][i] = b;
    }
    return difference_in_turn(sides, n, false, NULL, 0);
}

static void limits(void **state)
{
    struct difference d = of_constants(8, 8, 8, ROUNDS);

    (void)state;
    assert_int_equal(of_constants(1, 1, 1, 0).state, DIFFERENCE_NONE);
    assert_int_equal(of_constants(0, 0, 0, ROUNDS).state, DIFFERENCE_ZERO);
    assert_int_equal(of_constants(1, 0, 1, ROUNDS).state, DIFFERENCE_NO_RATIO);
    assert_int_equal(of_constants(1, 1, -1, ROUNDS).state, DIFFERENCE_NO_RATIO);
    assert_true(d.p > 0.99 && d.change == 0); /* all alike: it is known to one in the last digit */
    assert_true(near(d.interval[1], 0.125, 1e-6) && near(d.step, log1p(0.125), 1e-9));
    assert_int_equal(difference_needed(&d, 0.05), 0);
    d = of_constants(100.25, 100.25, 100.25, ROUNDS);
    assert_true(near(d.interval[1], 0.01 / 100.25, 1e-6));
    d = of_constants(100, 100, 110, ROUNDS); /* never varies, and differs */
    assert_true(d.p < 0.01 && near(d.change, 0.1, 1e-9) && d.half > 0 && d.half < INFINITY);
    d = of_constants(2, 2, 3, 5); /* too few: the medians alone */
    assert_true(d.state == DIFFERENCE_FEW && d.a == 2 && d.b == 3 && d.change == 0.5);
    assert_true(d.p == 1 && d.half == INFINITY);
    assert_int_equal(difference_verdict(&d, 0.05, 1, false), VERDICT_UNSURE);
    d = of_constants(0, 0, 0, 1);
    assert_int_equal(difference_verdict(&d, 0.05, 1, false), VERDICT_SAME);
}

/* Boots of a lab differ by far more than its rounds, and the sides share each. */
static void boots_cancel_out(void **state)
{
    enum { BOOTS = 3, EACH = 5, ALL = BOOTS * EACH };
    static const size_t parts[] = {EACH, EACH, EACH};
    double v[3][ALL];
    const double *sides[] = {v[0], v[1], v[2]};
    unsigned long long seed = 5;
    struct difference with, without;

    (void)state;
    for (int i = 0; i < ALL; i++)
        for (int s = 0; s < 3; s++)
            v[s][i] = (100 + 30 * (i / EACH)) * (s == 2 ? 1.03 : 1) *
                      (1 + (double)(random_next(&seed) % 400) / 1e4);
    with = difference_in_turn(sides, ALL, false, parts, BOOTS);
    without = difference_in_turn(sides, ALL, false, NULL, 0);
    assert_true(with.p <= 0.05 && with.half < 0.02 && with.half <= without.half);
    assert_true(near(with.change, 0.03, 0.02) && with.a > 90 && with.a < 200);
}

/* Student's interval by hand: logs 1, 2, 3 and 2, 3, 4, common variance 1, t(4) = 2.776. */
static void apart_by_hand(void **state)
{
    const double a[] = {exp(1), exp(2), exp(3)}, b[] = {exp(2), exp(3), exp(4)};
    const double zero[] = {0, 0, 0};
    struct difference d = difference_apart(a, 3, b, 3);
    double half = 2.7764451 * sqrt(2 / 3.0);

    (void)state;
    assert_true(d.state == DIFFERENCE_TOLD && near(d.change, exp(1) - 1, 1e-9));
    assert_true(near(d.half, half, 1e-5) && near(d.interval[0], exp(1 - half) - 1, 1e-5));
    assert_true(near(d.p, student_beyond(sqrt(1.5), 4), 1e-9) && d.n == 3);
    assert_int_equal(difference_apart(a, 3, b, 2).state, DIFFERENCE_FEW);
    assert_int_equal(difference_apart(a, 3, zero, 3).state, DIFFERENCE_NO_RATIO);
    assert_int_equal(difference_apart(zero, 3, zero, 1).state, DIFFERENCE_ZERO);
    assert_int_equal(difference_apart(a, 3, NULL, 0).state, DIFFERENCE_NONE);
    d = difference_apart(a, 1, a, 1);
    assert_int_equal(difference_verdict(&d, 0.05, 1, false), VERDICT_UNSURE);
    d = difference_apart(b, 1, b, 3);
    assert_true(d.n == 1);
}

static void families(void **state)
{
    const double p[] = {0.04, 0.01, 0.03, 0.005};
    double adjusted[4];

    (void)state;
    difference_holm(p, 4, adjusted); /* Holm 1979: 4 × 0.005, 3 × 0.01, 2 × 0.03, then no less */
    assert_true(near(adjusted[3], 0.02, 1e-12) && near(adjusted[1], 0.03, 1e-12));
    assert_true(near(adjusted[2], 0.06, 1e-12) && near(adjusted[0], 0.06, 1e-12));
    difference_holm(p, 0, adjusted);
    assert_true(near(difference_wanted(0.05, 1), log(1.05) / 2, 1e-9));
    assert_true(near(log(1.05) / difference_wanted(0.05, 5), 2.31, 0.01));
    assert_true(near(log(1.05) / difference_wanted(0.05, 37), 2.63, 0.01));
    assert_true(difference_can_judge(6, 18) && !difference_can_judge(6, 19));
    assert_true(difference_can_judge(7, 54) && !difference_can_judge(7, 55));
    assert_int_equal(difference_judging(6, 0), 6);
    assert_int_equal(difference_judging(6, 19), 7);
    assert_int_equal(difference_judging(20, 93), 20);
}

/* Noise falls with the root of the rounds' number. */
static void how_many_rounds(void **state)
{
    struct difference d = {.state = DIFFERENCE_TOLD, .n = 20, .half = 0.05};

    (void)state;
    assert_int_equal(difference_needed(&d, 0.025), 80);
    d.half = 0.0825; /* 10.89 times as many; two digits, up */
    assert_int_equal(difference_needed(&d, 0.025), 220);
    d.half = 0.02; /* narrow enough, and yet no verdict: some more */
    assert_int_equal(difference_needed(&d, 0.025), 25);
    d.half = 10;
    assert_int_equal(difference_needed(&d, 0.025), 0);
    d.half = INFINITY;
    assert_int_equal(difference_needed(&d, 0.025), 0);
    /* A tenfold difference takes few rounds, however noisy; one whose interval holds 0 as many as
     * its width wants. */
    d = (struct difference){
        .state = DIFFERENCE_TOLD, .n = 6, .half = 0.3, .interval = {8, 13}, .change = 10};
    assert_true(near(difference_telling(&d, 1), log(9), 1e-9));
    assert_int_equal(difference_needed(&d, difference_telling(&d, 93)), 8);
    d.interval[0] = -0.1;
    assert_true(difference_telling(&d, 93) <= 0);
    d = (struct difference){.state = DIFFERENCE_TOLD, .interval = {-0.5, -0.2}, .change = -0.3};
    assert_true(near(difference_telling(&d, 1), -log(0.8), 1e-9));
    assert_int_equal(difference_enough(10), 12);
    assert_int_equal(difference_enough(33), 40);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles),        cmocka_unit_test(slower_is_found),
        cmocka_unit_test(same_is_the_same), cmocka_unit_test(more_is_better),
        cmocka_unit_test(limits),           cmocka_unit_test(boots_cancel_out),
        cmocka_unit_test(apart_by_hand),    cmocka_unit_test(families),
        cmocka_unit_test(how_many_rounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
