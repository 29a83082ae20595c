/* Host tool: results over time, and what is told of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "made.h"
#include "page/page.h"
#include "show/history.h"

/* A result of one row, on a day of November. */
static struct result *made(int day, const char *head, const char *cpu, double figure)
{
    char *text = xasprintf(
        "{\"created\": \"2026-11-%02dT10:00:00Z\", \"seed\": %d%s, \"host\": {\"hostname\": \"a\"},"
        " \"runs\": [{\"suite\": \"basic\", \"platform\": \"qemu\", \"cpu_model\": \"%s\", "
        "\"vmm\": \"qemu\", \"vmm_version\": \"%d\"}], \"rows\": [{\"suite\": \"basic\", "
        "\"platform\": \"qemu\", \"name\": \"getpid\", \"unit\": \"cycles\", \"runs\": [%g], "
        "\"value\": %g, \"run\": 0}], \"skipped\": []}",
        day, day, head, cpu, figure > 35 ? 8 : 7, figure, figure);
    struct result *result = made_result(text);

    free(text);
    return result;
}

static void add(struct history *h, struct result *result)
{
    struct results one = {list_grown(NULL, 0, sizeof(struct result *)), 1};

    one.v[0] = result;
    history_add(h, &one, "file");
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in:\n%s", part, text);
}

/* Twenty days, of which the last eight are slower, in any order. */
static void add_days(struct history *h)
{
    for (int i = 0; i < 20; i++) {
        int day = 1 + i * 7 % 20;

        add(h, made(day, "", "A", (day > 12 ? 40 : 30) + day * 3 % 5 * 0.1));
    }
}

static void a_change(void **state)
{
    struct history h = {.n = 0};
    struct buf text = {0}, md = {0}, html = {0};
    char *json;

    (void)state;
    add_days(&h);
    history_finish(&h, NULL);
    assert_int_equal(h.n, 20);
    assert_int_equal(h.series_count, 1);
    assert_int_equal(h.series[0].change_count, 1);
    assert_int_equal(h.series[0].changes[0].at, 12);
    assert_true(history_chance(&h, &h.series[0].changes[0]) <= HISTORY_ERROR);
    assert_true(history_level_of(&h.series[0], 0).n == 12 &&
                history_level_of(&h.series[0], 1).n == 8);
    history_format(&h, &text);
    contains(text.data, "2026-11-13 10:00  getpid on QEMU [cycles]  30.2");
    contains(text.data, "Between 2026-11-12 10:00 and 2026-11-13 10:00: QEMU, vmm version: 7 → 8.");
    contains(text.data, "20 sessions, 2026-11-01 to 2026-11-20, 1 rows: 1 change of level");
    contains(text.data, "worse");
    history_md(&h, &md);
    contains(md.data, "| 2026-11-13 10:00 | getpid on QEMU \\[cycles\\] | 30.2");
    history_html(&h, &html);
    contains(html.data, "30.20 until 2026-11-13 10:00, then 40.20 cycles");
    json = history_json(&h);
    contains(json, "\"since\": 12");
    free(json);
    buf_free(&text);
    buf_free(&md);
    buf_free(&html);
    history_free(&h);
}

/* Another machine is another series; a copy, a side and what has no date are left out. */
static void what_counts(void **state)
{
    struct history h = {.n = 0};
    struct buf basis = {0};

    (void)state;
    add(&h, made(1, "", "A", 30));
    add(&h, made(1, "", "A", 30));
    add(&h, made(2, ", \"side\": \"B\"", "A", 30));
    add(&h, made(3, "", "B", 30));
    add(&h, made_result("{\"runs\": [], \"rows\": [], \"skipped\": []}"));
    history_finish(&h, NULL);
    assert_true(h.n == 2 && h.series_count == 2 && h.twice == 1 && h.sides == 1 && h.undated == 1);
    assert_true(h.series[0].several && h.series[1].several);
    history_basis(&h, &basis);
    contains(basis.data, " 2 rows have fewer than 10 sessions");
    contains(basis.data, "1 side of a comparison, 1 copy, 1 without a date");
    buf_free(&basis);
    history_free(&h);
}

static void of_nothing(void **state)
{
    struct history h = {.n = 0};
    struct buf text = {0};

    (void)state;
    history_finish(&h, NULL);
    history_format(&h, &text);
    contains(text.data, "0 sessions, 0 rows: no change of level is told.");
    buf_free(&text);
    history_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change),
        cmocka_unit_test(what_counts),
        cmocka_unit_test(of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
