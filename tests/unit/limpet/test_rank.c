/* Host tool: judgements and rankings of limpet replay; its published tables.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vm/platforms.h"
#include "replay/replay.h"

#define EXACT(title_, v, place_)                                                                   \
    {                                                                                              \
        .title = (title_), .value = (v), .low = (v), .high = (v), .place = (place_)                \
    }

static void likeness(void **state)
{
    struct figure a = EXACT("A", 100, "x"), b = EXACT("B", 110, "x"), c = EXACT("C", 111, "x");

    (void)state;
    assert_int_equal(rank_like(&a, &b), LIKE_NEAR);
    assert_int_equal(rank_like(&b, &a), LIKE_NEAR);
    assert_int_equal(rank_like(&a, &c), UNLIKE);
    assert_int_equal(rank_compare(&a, &c), -1);
    assert_int_equal(rank_compare(&c, &a), 1);
    c.low = 99;
    assert_int_equal(rank_like(&a, &c), LIKE_INTERVAL);
    c.low = 101;
    assert_int_equal(rank_like(&a, &c), UNLIKE);
    a.grain = 11;
    assert_int_equal(rank_like(&a, &c), LIKE_GRAIN);
}

static void judgements(void **state)
{
    static const struct {
        struct figure theirs, ours;
        bool more;
        const char *text;
    } cases[] = {
        {EXACT("A", 120, "x"), EXACT("A", 10, "y"), false, "12 × faster"},
        {EXACT("A", 10, "x"), EXACT("A", 25, "y"), false, "2.5 × slower"},
        {EXACT("A", 10, "x"), EXACT("A", 25, "y"), true, "2.5 × more"},
        {EXACT("A", 25, "x"), EXACT("A", 10, "y"), true, "2.5 × less"},
        {EXACT("A", 10, "x"), EXACT("A", 10.5, "y"), true, "the same within 10 %"},
        {EXACT("A", 10, "x"),
         {"A", 14, 9, 15, 0, "y", false},
         true,
         "the same within the interval"},
        {{"A", 80, 80, 80, 10, "x", false},
         EXACT("A", 70.5, "y"),
         false,
         "the same within their resolution, 10"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};

        rank_judgement(&cases[i].theirs, &cases[i].ours, cases[i].more, &out);
        assert_string_equal(out.data, cases[i].text);
        buf_free(&out);
    }
}

static void expect_ranking(const struct figure *f, int n, const char *text)
{
    struct buf out = {0};

    buf_str(&out, "");
    rank_format(f, n, &out);
    assert_string_equal(out.data, text);
    buf_free(&out);
}

static void rankings(void **state)
{
    struct figure f[] = {EXACT("KVM", 9, "t"), EXACT("QEMU", 122, "t"), EXACT("HVM", 12.5, "t"),
                         EXACT("PVH", 12, "t")};

    (void)state;
    expect_ranking(f, 4, "KVM < PVH ≈ HVM < QEMU");
    f[1].place = "native";
    expect_ranking(f, 4, "t: KVM < PVH ≈ HVM; native: QEMU");
    f[0].value = 0;
    f[2].value = 0;
    expect_ranking(f, 4, "native: QEMU; t: PVH");
    f[1].value = f[3].value = 0;
    expect_ranking(f, 4, "");
    expect_ranking(f, 0, "");
}

static void expect_match(const struct figure *theirs, const struct figure *ours, bool holds,
                         const char *text)
{
    struct buf out = {0};

    assert_true(rank_match(theirs, ours, 3, &out) == holds);
    assert_string_equal(out.data, text);
    buf_free(&out);
}

static void matches(void **state)
{
    struct figure theirs[] = {EXACT("KVM", 9, "t"), EXACT("HVM", 12, "t"), EXACT("PVH", 12, "t")};
    struct figure ours[] = {EXACT("KVM", 90, "lab"), EXACT("HVM", 120, "lab"),
                            EXACT("PVH", 121, "lab")};

    (void)state;
    expect_match(theirs, ours, true, "holds in every pair");
    ours[0].value = ours[0].low = ours[0].high = 200;
    expect_match(theirs, ours, false,
                 "holds in 1 of 3 pairs; not KVM < HVM (here >), KVM < PVH (here >)");
    ours[0].place = "native";
    expect_match(theirs, ours, true, "holds");
    ours[0].place = "lab";
    theirs[2].apart = true;
    expect_match(theirs, ours, false, "holds in 0 of 1 pairs; not KVM < HVM (here >)");
    ours[0].value = 0;
    expect_match(theirs, ours, true, "no two figures of one place");
}

/* Every row of every publication is complete, and its columns are platforms of ours. */
static void tables(void **state)
{
    (void)state;
    assert_non_null(publications[0].name);
    for (const struct publication *p = publications; p->name; p++) {
        int columns = 0;

        for (; p->columns[columns]; columns++)
            assert_non_null(platform_find(p->columns[columns]));
        assert_true((p->rows && p->rows[0].section) || (p->claims && p->claims[0].section));
        for (const struct replay_claim *c = p->claims; c && c->label; c++) {
            assert_true(c->theirs && c->low <= c->high);
            if (!c->none) {
                assert_true(c->name && c->unit && c->platforms[0]);
                assert_true(!c->over == (strcmp(c->unit, "x") != 0));
            }
            for (int i = 0; c->platforms[i]; i++)
                assert_non_null(platform_find(c->platforms[i]));
        }
        for (const struct replay_row *row = p->rows; row && row->label; row++) {
            int cells = 0;

            for (int i = 0; i < RANK_MAX; i++) {
                cells += row->theirs[i] > 0;
                assert_true(i < columns || !(row->theirs[i] > 0));
            }
            assert_true(cells == 0 || cells == columns);
            assert_true(row->suite && row->name && row->key && row->unit);
        }
    }
}

/* The printed rates and times of STREAM belong together: a slip of the pen would show. */
static void stream_numbers(void **state)
{
    int checked = 0;

    (void)state;
    for (const struct replay_row *row = publications[0].rows; row->label; row++)
        if (row->elements && row->more)
            for (int i = 0; i < 4; i++) {
                double bytes = row->theirs[i] * 1e6 * row[2].theirs[i] / (double)row->elements;

                assert_true((bytes > 15.98 && bytes < 16.02) || (bytes > 23.98 && bytes < 24.02));
                assert_true(row[2].theirs[i] <= row[1].theirs[i] &&
                            row[1].theirs[i] <= row[3].theirs[i]);
                checked++;
            }
    assert_int_equal(checked, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likeness), cmocka_unit_test(judgements), cmocka_unit_test(rankings),
        cmocka_unit_test(matches),  cmocka_unit_test(tables),     cmocka_unit_test(stream_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
