/* Host tool: what an image tells of itself, its profile and its coverage.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/proc.h"
#include "page/flame.h"
#include "results/coverage.h"
#include "results/profile.h"
#include "show/profile_table.h"
#include "stats/stats.h"
#include "vm/observed.h"

/* What goes on, and the lines that are told, each behind a '|'. */
struct heard {
    struct buf shown, lines;
};

static void bytes(void *ctx, const char *data, size_t n)
{
    struct heard *h = ctx;

    buf_add(&h->shown, data, n);
}

static void told(void *ctx, const char *line)
{
    struct heard *h = ctx;

    buf_printf(&h->lines, "|%s", line);
}

static void expect_heard(const char *console, const char *shown, const char *lines)
{
    for (size_t piece = 1; piece <= strlen(console); piece += 3) {
        struct heard h = {.shown.len = 0};
        struct observed o = {
            .what = "profile ", .rest = {.ctx = &h, .bytes = bytes}, .told = told, .ctx = &h};
        struct console_listener in = observed_listener(&o);

        for (size_t at = 0; at < strlen(console); at += piece) {
            size_t left = strlen(console) - at;

            in.bytes(in.ctx, console + at, left < piece ? left : piece);
        }
        observed_finish(&o);
        buf_str(&h.shown, "");
        buf_str(&h.lines, "");
        assert_string_equal(h.shown.data, shown);
        assert_string_equal(h.lines.data, lines);
        buf_free(&h.shown);
        buf_free(&h.lines);
    }
}

static void lines_of_ours_are_taken_out(void **state)
{
    (void)state;
    expect_heard("a\nLIMPET: profile end 0\nb\n", "a\nb\n", "|end 0");
    expect_heard("LIMPET: profile end 1", "LIMPET: profile end 1", ""); /* not ended: not told */
    expect_heard("LIMPET: coverage end 1\n", "LIMPET: coverage end 1\n", "");
    expect_heard("LIMPET: panic: x\nLIMPET: prof\n", "LIMPET: panic: x\nLIMPET: prof\n", "");
    expect_heard("a LIMPET: profile end 0\n", "a LIMPET: profile end 0\n", "");
}

static void the_end_of_an_open_line_is_the_kernels(void **state)
{
    (void)state;
    expect_heard("a\r\nLIMPET: profile end 0\r\nLIMPET: exit 0\n", "aLIMPET: exit 0\n", "|end 0");
    expect_heard("a\r\nLIMPET: profile end 0\n", "a\r\n", "|end 0");
    expect_heard("a\r\nb\r\r\n\r", "a\r\nb\r\r\n\r", "");
}

/* A profile of three functions at 100, 200 and 300. */
static uint32_t addresses[] = {0x100, 0x200, 0x300};
static const char *names[] = {"main", "copy", "add<"};
static const struct functions three = {.name = names, .at = addresses, .n = 3};

static void take(struct profile *p, const char *const *lines)
{
    for (; *lines; lines++)
        profile_take(p, *lines);
}

static const char *const told_lines[] = {
    "hz 997 cpus 2 ns 2000000000 samples 12 idle 1 lost 1 late 1000000000 depth 3",
    "stack 6 210 104",
    "stack 2 310 104",
    "stack 1 318 104",
    "stack 1 104",
    "idle 1 20",
    "end 5",
    NULL};

static void samples_add_up_to_functions(void **state)
{
    struct profile p = {0};
    struct profile_row *rows;

    (void)state;
    take(&p, told_lines);
    assert_true(p.whole);
    assert_false(p.damaged);
    assert_int_equal(profile_busy(&p), 11);
    assert_int_equal(profile_rows(&p, &three, &rows), 3);
    assert_string_equal(rows[0].name, "copy");
    assert_int_equal(rows[0].self, 6);
    assert_string_equal(rows[1].name, "add<");
    assert_int_equal(rows[1].self, 3);
    assert_string_equal(rows[2].name, "main");
    assert_int_equal(rows[2].self, 1);
    assert_int_equal(rows[2].total, 10);
    free(rows);
    profile_free(&p);
}

static void recursion_counts_once(void **state)
{
    static const char *const lines[] = {"hz 1 cpus 1 ns 9 samples 4 idle 0 lost 0 late 0 depth 30",
                                        "stack 4 210 204 208 104", "end 1", NULL};
    struct profile p = {0};
    struct profile_row *rows;
    struct buf out = {0};

    (void)state;
    take(&p, lines);
    assert_int_equal(profile_rows(&p, &three, &rows), 2);
    assert_int_equal(rows[0].total, 4);
    profile_folded(&p, &three, &out);
    assert_string_equal(out.data, "main;copy;copy;copy 4\n");
    free(rows);
    buf_free(&out);
    profile_free(&p);
}

static void stacks_fold_by_names(void **state)
{
    struct profile p = {0};
    struct buf out = {0};

    (void)state;
    take(&p, told_lines);
    profile_take(&p, "stack 1 210 220 104");
    profile_folded(&p, &three, &out);
    assert_string_equal(out.data, "[deeper];main;copy;copy 1\n[idle];? 1\nmain 1\nmain;add< 3\n"
                                  "main;copy 6\n");
    buf_free(&out);
    profile_free(&p);
}

static void what_is_lost_is_noticed(void **state)
{
    static const char *const wrong[] = {"hz 997",
                                        "hz 0 cpus 1 ns 1 samples 0 idle 0 lost 0 late 0 depth 0",
                                        "hz 1 cpus 1 ns 1 samples 1 idle 2 lost 0 late 0 depth 0",
                                        "stack",
                                        "stack 1",
                                        "stack 0 100",
                                        "stack 1 xyz",
                                        "stack -1 100",
                                        "end",
                                        "end x",
                                        ""};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct profile p = {0};

        profile_take(&p, wrong[i]);
        assert_true(p.damaged);
        assert_false(p.whole);
        profile_free(&p);
    }
    for (size_t left_out = 0; left_out < 6; left_out++) {
        struct profile p = {0};

        for (size_t i = 0; told_lines[i]; i++)
            if (i != left_out)
                profile_take(&p, told_lines[i]);
        assert_false(p.whole);
        profile_free(&p);
    }
}

static void table_and_flames_tell_the_same(void **state)
{
    struct profile p = {0};
    struct buf text = {0}, page = {0};

    (void)state;
    take(&p, told_lines);
    profile_text(&p, &three, 2, NULL, &text);
    assert_non_null(strstr(text.data, "copy      54.5 %"));
    assert_non_null(strstr(text.data, "1 others"));
    assert_non_null(strstr(text.data, "12 samples of 2 CPUs in 2 s"));
    assert_non_null(strstr(text.data, "late, by 25 % of"));
    assert_non_null(strstr(text.data, "1 samples are of stacks"));
    flame_html(&p, &three, "x<y on QEMU", "an ape", &page);
    assert_non_null(strstr(page.data, "<title>add&lt;: 3 samples, 30.0 %</title>"));
    assert_non_null(strstr(page.data, "x&lt;y on QEMU"));
    assert_non_null(strstr(page.data, "those of an ape, not"));
    assert_null(strstr(text.data, "those of"));
    assert_null(strstr(page.data, "<script"));
    buf_free(&text);
    buf_free(&page);
    profile_free(&p);
}

static void exact_counts_have_no_interval(void **state)
{
    struct profile p = {0};
    struct buf text = {0}, page = {0};

    (void)state;
    profile_add_exact(&p, 0x100, 30);
    profile_add_exact(&p, 0x200, 10);
    profile_text(&p, &three, 1, NULL, &text);
    assert_string_equal(text.data,
                        "Function   Share  Instructions\n"
                        "main      75.0 %            30\n"
                        "1 others  25.0 %            10\n\n"
                        "40 instructions from the door to the end, each of them counted; "
                        "how long they\ntake on a processor is another matter.\n");
    flame_html(&p, &three, "x", NULL, &page);
    assert_non_null(strstr(page.data, "copy: 10 instructions, 25.0 %"));
    assert_null(strstr(page.data, "samples"));
    buf_free(&text);
    buf_free(&page);
    profile_free(&p);
}

static void shares_have_wilsons_interval(void **state)
{
    double ci[2];

    (void)state;
    stats_share(81, 263, ci); /* Newcombe's example: Statistics in Medicine 17, 1998, table I */
    assert_float_equal(ci[0], 0.2553, 0.00005);
    assert_float_equal(ci[1], 0.3662, 0.00005);
    stats_share(0, 20, ci);
    assert_float_equal(ci[0], 0, 1e-9);
    assert_float_equal(ci[1], 0.1611, 0.00005);
}

static char folder[64];

static void put(const char *name, const char *data, size_t n)
{
    char *path = xasprintf("%s/%s", folder, name);

    assert_int_equal(output_file(path, data, n), 0);
    free(path);
}

/* A guest's word of folder/NAME: 16 bytes "adcg", version, stamp "abcd", checksum. */
static void tell(struct told *c, const char *name)
{
    char *line = xasprintf("file %s/%s", folder, name);

    told_take(c, line);
    told_take(c, "data YWRjZyoyMkJhYmNkAAAAAA==");
    told_take(c, "end 16");
    free(line);
}

static bool is_there(const char *name)
{
    char *path = xasprintf("%s/%s", folder, name);
    bool there = !access(path, F_OK);

    free(path);
    return there;
}

static void counts_are_written_beside_their_notes_alone(void **state)
{
    struct told c = {0};

    (void)state;
    strcpy(folder, "/tmp/limpet-test.XXXXXX");
    assert_non_null(mkdtemp(folder));
    put("good.gcno", "oncg*22Babcd", 12);
    put("old.gcno", "oncg*22Bwxyz", 12);
    put("bad.gcno", "what's that?", 12);
    tell(&c, "good.gcda");
    tell(&c, "old.gcda");
    tell(&c, "bad.gcda");
    tell(&c, "none.gcda");
    tell(&c, "good.gcno");
    assert_false(c.damaged);
    assert_int_equal(coverage_write(&c), -1);
    assert_true(is_there("good.gcda"));
    assert_false(is_there("old.gcda") || is_there("bad.gcda") || is_there("none.gcda"));
    told_free(&c);
    tell(&c, "good.gcda");
    assert_false(c.damaged);
    told_free(&c);
    assert_int_equal(chdir("/"), 0);
    char *argv[] = {"rm", "-r", folder, NULL};
    free(proc_output(argv));
}

static void damaged_counts_are_noticed(void **state)
{
    static const char *const wrong[] = {"data AAAA", "end 0",     "file ",     "file /x",
                                        "data AAA",  "data A=AA", "data AAA!", "end 3x"};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct told c = {0};

        if (i > 2)
            told_take(&c, "file /a.gcda");
        told_take(&c, wrong[i]);
        assert_true(c.damaged);
        told_free(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_ours_are_taken_out),
        cmocka_unit_test(the_end_of_an_open_line_is_the_kernels),
        cmocka_unit_test(samples_add_up_to_functions),
        cmocka_unit_test(recursion_counts_once),
        cmocka_unit_test(stacks_fold_by_names),
        cmocka_unit_test(what_is_lost_is_noticed),
        cmocka_unit_test(table_and_flames_tell_the_same),
        cmocka_unit_test(exact_counts_have_no_interval),
        cmocka_unit_test(shares_have_wilsons_interval),
        cmocka_unit_test(counts_are_written_beside_their_notes_alone),
        cmocka_unit_test(damaged_counts_are_noticed),
    };
    cleanup_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
