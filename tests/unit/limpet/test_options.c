/* Host tool: the table of options, and what of them the tool inside a lab gets.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cmd/options.h"

#define FOR_ROWS(r, command)                                                                       \
    for (const struct option_row *r = option_rows; r->name; r++)                                   \
        if (r->commands & (command))

/* A value of the option that it takes, and that is not the default. */
static const char *value_of(const struct option_row *r)
{
    static char number[16];

    if (!strcmp(r->name, "only"))
        return "getpid,sched_yield";
    switch (r->kind) {
    case OPTION_NUMBER:
        snprintf(number, sizeof number, "%u", r->max);
        return number;
    case OPTION_CHOICE:
        return strrchr(r->arg, '|') ? strrchr(r->arg, '|') + 1 : r->arg;
    case OPTION_MEMORY:
        return "2G";
    case OPTION_SECONDS:
        return "12.345678901";
    default:
        return "A=b \"c\" 'd' $e";
    }
}

static void add(struct args *words, const struct option_row *r)
{
    if (r->arg)
        args_addf(words, "--%s=%s", r->name, value_of(r));
    else
        args_addf(words, "--%s", r->name);
    if (r->kind == OPTION_LIST)
        args_addf(words, "--%s=Z=2", r->name);
}

static void parse(unsigned command, struct args *words, struct options *o)
{
    assert_int_equal(options_parse(command, (int)words->n, words->v, o), -1);
    assert_int_equal(o->rest_count, 0);
}

static void expect_text(const char *a, const char *b)
{
    if (a && b)
        assert_string_equal(a, b);
    assert_true(!a == !b);
}

static void expect_same(const struct option_row *r, const struct options *a,
                        const struct options *b)
{
    const void *x = (const char *)a + r->at, *y = (const char *)b + r->at;
    const struct args *list = x, *other = y;

    switch (r->kind) {
    case OPTION_FLAG:
        assert_int_equal(*(const bool *)x, *(const bool *)y);
        break;
    case OPTION_NUMBER:
    case OPTION_MEMORY:
        assert_int_equal(*(const unsigned *)x, *(const unsigned *)y);
        break;
    case OPTION_SECONDS:
        assert_true(*(const double *)x == *(const double *)y);
        break;
    case OPTION_LIST:
        assert_int_equal(list->n, other->n);
        for (size_t i = 0; i < list->n; i++)
            assert_string_equal(list->v[i], other->v[i]);
        break;
    default:
        expect_text(*(const char *const *)x, *(const char *const *)y);
    }
}

/* Those words, as they arrive in a lab: every option that travels is the same there. Returns how
 * many words travelled. */
static size_t travel(unsigned command, struct args *words)
{
    struct args inner = {0};
    struct options here, there;
    size_t n;

    parse(command, words, &here);
    args_add(&inner, "limpet");
    options_to_args(command, &here, &inner);
    parse(command, &inner, &there);
    FOR_ROWS(r, command)
    if (r->travels)
        expect_same(r, &here, &there);
    n = inner.n - 1;
    options_free(&here);
    options_free(&there);
    args_free(&inner);
    return n;
}

static void travels_of(unsigned command)
{
    struct args all = {0};

    args_add(&all, "limpet");
    FOR_ROWS(r, command)
    {
        struct args one = {0};

        if (!r->travels)
            continue;
        args_add(&one, "limpet");
        add(&one, r);
        add(&all, r);
        assert_int_equal(travel(command, &one), one.n - 1); /* it does, and nothing else */
        args_free(&one);
    }
    assert_true(all.n > 8);
    assert_int_equal(travel(command, &all), all.n - 1);
    args_free(&all);
}

static void travels(void **state)
{
    struct args none = {0};

    (void)state;
    args_add(&none, "limpet");
    assert_int_equal(travel(OPT_RUN, &none), 0);
    args_free(&none);
    travels_of(OPT_RUN);
    travels_of(OPT_BENCH);
}

/* An option that a lab's tool might get goes there, or is one of those that have another meaning
 * there: what is added by hand to its command (run_on.c, in_lab.c), and what concerns this side. */
static void none_is_forgotten(void **state)
{
    static const char *const others[] =
        {
            "platform",   "platforms", "module", "root",   "fetch",
            "runs",       "exits",     "seed",   "output", "partial", /* by hand */
            "tap",        "lab",       "qemu",   "help",   "label",
            "time-limit", "count",     "norm", /* here */
        };

    (void)state;
    FOR_ROWS(r, OPT_RUN | OPT_BENCH)
    {
        bool other = false;

        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            other |= !strcmp(r->name, others[i]);
        if (r->travels == other)
            fail_msg("--%s", r->name);
    }
}

/* Of one command no name and no letter stands for two options. */
static void no_name_twice(void **state)
{
    (void)state;
    FOR_ROWS(r, ~0u)
    for (const struct option_row *other = r + 1; other->name; other++) {
        if (!(other->commands & r->commands))
            continue;
        assert_string_not_equal(other->name, r->name);
        assert_true(!r->letter || other->letter != r->letter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(travels),
        cmocka_unit_test(none_is_forgotten),
        cmocka_unit_test(no_name_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
