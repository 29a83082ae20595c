/* What a run was counted to be: the plugin's output, the comparison of two sides.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "results/count_comparison.h"
#include "results/counted.h"
#include "tools/status.h"
#include "vm/symbols.h"

static const char *const names[] = {"alpha", "beta"};

static bool parse(const char *text, struct counted *c)
{
    return counted_parse(text, strlen(text), names, 2, c);
}

static void test_sections(void **state)
{
    struct counted c;
    const struct section *s;

    (void)state;
    assert_true(parse("firmware.insns 9\ndoor 0x100000\nend.insns 12\nend.rdmsr 1\nend.wrmsr 2\n"
                      "stage.0.insns 7\nstage.0.function.1 4\nstage.0.function.0 3\n"
                      "row.3.insns 5\nrow.3.port 2\nrow.3.later 1\nrow.3.function.2 5\n",
                      &c));
    assert_int_equal(c.n, 3);
    s = counted_find(&c, SECTION_END, 0);
    assert_true(s && s->counts.v[COUNT_INSTRUCTIONS] == 12 && s->counts.v[COUNT_MSRS] == 3);
    s = counted_find(&c, SECTION_STAGE, 0);
    assert_int_equal(s->counts.n, 2);
    assert_string_equal(s->counts.functions[0].name, "");
    assert_true(s->counts.functions[0].n == 3 && s->counts.functions[1].n == 4);
    s = counted_find(&c, SECTION_ROW, 3);
    assert_true(s->counts.v[COUNT_PORTS] == 2);
    assert_string_equal(s->counts.functions[0].name, "beta");
    assert_null(counted_find(&c, SECTION_ROW, 0));
    counted_free(&c);
}

static void test_damaged(void **state)
{
    static const char *const bad[] = {
        "end.insns 12",          "end.insns \n",        "end.insns -1\n",
        "end.insns 1 \n",        "stage.insns 1\n",     "stage.1insns 1\n",
        "row.0.function.3 1\n",  "row.0.function. 1\n", "end.insns 99999999999999999999\n",
        "row.99999999.insns 1\n"};
    struct counted c;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(parse(bad[i], &c));
        assert_null(c.v);
    }
    assert_true(parse("", &c));
    assert_null(c.v);
}

static struct row *counted_row(const char *name, double calls, double n, const char *function)
{
    struct row *row = row_new("count", name, "instructions");

    row_set_text(&row->platform, "qemu");
    row->calls = calls;
    row->counts.known = true;
    row->counts.v[COUNT_INSTRUCTIONS] = n;
    counts_add(&row->counts, "same", 100);
    counts_add(&row->counts, function, n - 100);
    return row;
}

struct pair {
    struct result a, b;
};

static void add(struct pair *p, const char *name, double calls_a, double a, double calls_b,
                double b)
{
    rows_append(&p->a.rows, counted_row(name, calls_a, a, "old"));
    rows_append(&p->b.rows, counted_row(name, calls_b, b, a == b ? "old" : "new"));
}

static void pair_free(struct pair *p)
{
    rows_free(&p->a.rows);
    rows_free(&p->b.rows);
}

static void test_a_difference_of_one(void **state)
{
    struct pair p = {.a.rows.n = 0};
    struct count_comparison c;
    struct function_change *list;
    struct buf text = {0};

    (void)state;
    add(&p, "boot: to main", NAN, 500, NAN, 500);
    c = count_comparison_of(&p.a, &p.b, 0, NULL);
    assert_int_equal(c.rows[0].word, COUNTED_SAME);
    assert_int_equal(count_comparison_status(&c, 0), ST_OK);
    assert_int_equal(count_changes(&c.rows[0], &list), 0);
    free(list);
    count_comparison_free(&c);

    add(&p, "boot: to memory", NAN, 500, NAN, 501);
    c = count_comparison_of(&p.a, &p.b, 0, NULL);
    assert_int_equal(c.rows[1].word, COUNTED_WORSE);
    assert_int_equal(count_comparison_status(&c, 0), ST_WORSE);
    assert_int_equal(count_comparison_status(&c, 0.01), ST_OK);
    assert_int_equal(count_changes(&c.rows[1], &list), 2);
    assert_string_equal(list[0].name, "new");
    assert_true(list[0].a == 0 && list[0].b == 401);
    free(list);
    count_comparison_sentence(&c, &text);
    assert_string_equal(text.data, "B does more than A in 1 of 2 rows: boot: to memory +1 "
                                   "instruction in new +401 (new), old -400 (gone).");
    count_comparison_free(&c);
    buf_free(&text);

    c = count_comparison_of(&p.a, &p.b, 0.01, NULL); /* --within 1 */
    assert_int_equal(c.count[COUNTED_SAME], 2);
    count_comparison_free(&c);
    c = count_comparison_of(&p.a, &p.b, 0, "to main");
    assert_int_equal(c.n, 1);
    assert_int_equal(count_comparison_status(&c, 0), ST_OK);
    count_comparison_free(&c);
    pair_free(&p);
}

static void test_what_is_not_judged(void **state)
{
    struct pair p = {.a.rows.n = 0};
    struct count_comparison c;

    (void)state;
    c = count_comparison_of(&p.a, &p.b, 0, NULL);
    assert_int_equal(count_comparison_status(&c, 0), ST_UNLIKE);
    count_comparison_free(&c);
    add(&p, "basic: getpid", 1000, 5000, 2000, 10000);
    rows_append(&p.a.rows, counted_row("basic: gone", 1, 200, "old"));
    c = count_comparison_of(&p.a, &p.b, 0, NULL);
    assert_int_equal(c.rows[0].word, COUNTED_UNLIKE);
    assert_int_equal(count_comparison_status(&c, 0), ST_UNSURE);
    assert_int_equal(c.alone.n, 1);
    assert_string_equal(c.alone.v[0], "basic: gone on qemu: only A has it");
    count_comparison_free(&c);
    pair_free(&p);
}

/* The running test is itself an ELF file with symbols. */
static void test_symbols(void **state)
{
    FILE *f = fopen("/proc/self/exe", "rb");
    size_t n = 64u << 20;
    char *data = malloc(n);
    struct symbols s;

    (void)state;
    n = fread(data, 1, n, f);
    fclose(f);
    assert_true(symbols_parse(data, n, &s));
    assert_non_null(symbols_find(&s, "main"));
    assert_true(symbols_find(&s, "main")->code);
    assert_null(symbols_find(&s, "no such function"));
    for (size_t i = 1; i < s.n; i++)
        assert_true(s.v[i - 1].at <= s.v[i].at);
    symbols_free(&s);
    assert_true(symbols_parse(data, sizeof(Elf64_Ehdr), &s)); /* its sections are gone */
    assert_int_equal(s.n, 0);
    symbols_free(&s);
    assert_false(symbols_parse(data, sizeof(Elf64_Ehdr) - 1, &s));
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_a_difference_of_one),
        cmocka_unit_test(test_what_is_not_judged),
        cmocka_unit_test(test_symbols),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
