/* Host tool: changes of level in a series, and how often they are false. The rates are those of
 * docs/method.md, "history".
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/change.h"

#include <math.h>
#include <stdio.h>

#define MOST 100
#define PI   3.14159265358979

static unsigned long long state;

/* $CHANGE_TRIES times as many tries, as for the manual's table. */
static int times(void)
{
    const char *asked = getenv("CHANGE_TRIES");

    return asked ? atoi(asked) : 1;
}

/* So many of n tries at most, where one in 20 is expected: three deviations more. */
static bool is_rare(int count, int n) { return count <= 0.05 * n + 3 * sqrt(0.05 * 0.95 * n); }

/* Above 0, below 1. */
static double uniform(void)
{
    return ((double)(random_next(&state) >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(void) { return sqrt(-2 * log(uniform())) * cos(2 * PI * uniform()); }

/* What sessions of the same thing give. */
enum noise { QUIET, LOUD, SLOWED, HEAVY, TICKS, FOLLOWING, NOISES };
static const char *const noise_names[NOISES] = {
    "lognormal 2 %",    "lognormal 10 %",          "10 % of sessions slowed",
    "heavy right tail", "ticks of a coarse clock", "each follows the last (0.3)"};

static void make(enum noise noise, double *v, size_t n)
{
    double last = 0;

    for (size_t i = 0; i < n; i++) {
        double error = normal();

        last = 0.3 * last + error;
        v[i] = exp(0.02 * error);
        if (noise == LOUD)
            v[i] = exp(0.1 * error);
        else if (noise == SLOWED)
            v[i] *= uniform() < 0.1 ? 1 - 0.5 * log(uniform()) : 1;
        else if (noise == HEAVY)
            v[i] = exp(0.02 * fabs(tan(PI * (uniform() - 0.5))));
        else if (noise == TICKS)
            v[i] = floor(33 + 2 * uniform());
        else if (noise == FOLLOWING)
            v[i] = exp(0.02 * last);
    }
}

/* In how many of so many tries n figures have a change; the last n - at times factor. */
static int found(enum noise noise, size_t n, size_t at, double factor, double level, int tries,
                 int *near)
{
    struct change changes[MOST];
    double v[MOST];
    int count = 0;

    state = 1;
    for (int k = 0; k < tries; k++) {
        size_t told;

        make(noise, v, n);
        for (size_t i = at; i < n; i++)
            v[i] *= factor;
        told = changes_find(v, n, level, changes);
        count += told > 0;
        for (size_t i = 0; i < told && near; i++)
            *near += changes[i].at + 1 >= at && changes[i].at <= at + 1;
    }
    return count;
}

/* No change: one may be told in 5 % of tries. Where sessions follow each other it is more, and that
 * is what the manual says. */
static void false_alarms(void **unused)
{
    static const size_t sizes[] = {10, 30, 100};
    const int tries = 100 * times();

    (void)unused;
    for (int noise = 0; noise < NOISES; noise++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            int count = found((enum noise)noise, sizes[i], sizes[i], 1, 0.05, tries, NULL);

            print_message("no change, %s, %zu sessions: %.1f %%\n", noise_names[noise], sizes[i],
                          100.0 * count / tries);
            if (noise == FOLLOWING)
                assert_true(10 * count > tries || sizes[i] < 30); /* or the manual need not warn */
            else
                assert_true(is_rare(count, tries));
        }
}

/* All rows of a history at once. */
static void false_alarms_of_all(void **unused)
{
    const int rows = 127, tries = 25 * times();
    int any = 0;

    (void)unused;
    state = 1;
    for (int k = 0; k < tries; k++) {
        bool told = false;

        for (int row = 0; row < rows; row++) {
            struct change changes[30];
            double v[30];

            make((enum noise)(row % FOLLOWING), v, 30);
            told |= changes_find(v, 30, 0.05 / rows, changes) > 0;
        }
        any += told;
    }
    print_message("no change, 127 rows, 30 sessions: any in %d of %d histories\n", any, tries);
    assert_true(is_rare(any, tries));
}

/* A change, among 127 rows: is it told, and at the right session give or take one? */
static void changes_told(void **unused)
{
    static const struct {
        enum noise noise;
        size_t n, at;
        double factor;
        int told, near; /* % at least */
    } cases[] = {
        {QUIET, 30, 20, 1.05, 80, 70}, {QUIET, 30, 20, 1.1, 99, 95}, {QUIET, 30, 25, 1.1, 80, 75},
        {QUIET, 30, 26, 1.1, 30, 25},  {QUIET, 30, 28, 1.5, 0, 0},   {SLOWED, 60, 30, 1.1, 60, 45},
        {SLOWED, 60, 30, 1.3, 60, 50}, {HEAVY, 60, 30, 1.2, 70, 55}, {TICKS, 30, 20, 1.1, 90, 90},
        {LOUD, 100, 50, 1.1, 50, 20},
    };
    const int tries = 25 * times();

    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int near = 0, told = found(cases[i].noise, cases[i].n, cases[i].at, cases[i].factor,
                                   0.05 / 127, tries, &near);

        told = told * 100 / tries;
        near = near * 100 / tries;

        print_message("%+.0f %% from session %zu of %zu, %s: told in %d %%, at the session give or "
                      "take one in %d %%\n",
                      (cases[i].factor - 1) * 100, cases[i].at + 1, cases[i].n,
                      noise_names[cases[i].noise], told, near);
        assert_true(told >= cases[i].told && near >= cases[i].near);
    }
}

/* Up, and down again; and nothing more than that. */
static void two_changes(void **unused)
{
    struct change changes[60];
    double v[60];

    (void)unused;
    state = 1;
    make(QUIET, v, 60);
    for (size_t i = 20; i < 40; i++)
        v[i] *= 1.2;
    assert_int_equal(changes_find(v, 60, 0.001, changes), 2);
    assert_int_equal(changes[0].at, 20);
    assert_int_equal(changes[1].at, 40);
    assert_true(changes[0].p <= 0.001 && changes[0].p > 0);
}

static void none(void **unused)
{
    static const double same[20] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};
    static const double outlier[20] = {1, 2, 1, 2, 1, 2, 1, 2, 1e300, 2,
                                       1, 2, 1, 2, 1, 2, 1, 2, 1,     -1e300};
    struct change changes[20];

    (void)unused;
    assert_int_equal(changes_find(same, 20, 0.05, changes), 0);
    assert_int_equal(changes_find(outlier, 20, 0.05, changes), 0);
    assert_int_equal(changes_find(outlier, 1, 0.05, changes), 0);
    assert_int_equal(changes_find(NULL, 0, 0.05, changes), 0);
}

/* Fewer figures than that have no change, however far they part; so many may. */
static void least(void **unused)
{
    (void)unused;
    for (double level = 0.05; level > 1e-5; level /= 7) {
        size_t n = changes_least(level);
        struct change changes[MOST];
        double v[MOST];

        for (size_t i = 0; i < n; i++)
            v[i] = (i < n / 2 ? 1 : 2) + 0.001 * (double)i;
        assert_int_equal(changes_find(v, n - 1, level, changes), 0);
        v[n] = 2.5;
        assert_int_equal(changes_find(v, n + 1, level, changes), 1);
    }
    assert_int_equal(changes_least(0.05), 10);
    assert_int_equal(changes_least(0.05 / 127), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(false_alarms), cmocka_unit_test(false_alarms_of_all),
        cmocka_unit_test(changes_told), cmocka_unit_test(two_changes),
        cmocka_unit_test(none),         cmocka_unit_test(least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
