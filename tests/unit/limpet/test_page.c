/* Host tool: the report's numbers, escapes, tables, plots and stages.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "page/page.h"
#include "results/boots.h"
#include "made.h"
#include "show/phases.h"
#include "show/text.h"

static void numbers(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {12345678, "12,345,678"},
        {48.73, "48.7"},
        {1.234, "1.23"},
        {0.5, "0.500"},
        {123.4, "123"},
        {0.0012345, "0.00123"},
        {-20.25, "−20.2"},
        {999.96, "1,000"},
        {1e15, "1,000,000,000,000,000"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out = {0};

        number_text(&out, cases[i].value);
        assert_string_equal(out.data, cases[i].text);
        buf_free(&out);
    }
}

static void decimals_and_shares(void **state)
{
    struct buf out = {0};

    (void)state;
    decimal_text(&out, -10694.5978, 3);
    share_text(&out, 0.7);
    share_text(&out, 0.000017);
    assert_string_equal(out.data, "−10,694.59870.0 %0.0017 %");
    buf_free(&out);
}

/* One text in the three escapes. */
static void escapes(void **state)
{
    static const struct {
        const char *text, *html, *md, *csv;
    } cases[] = {
        {"plain", "plain", "plain", "plain"},
        {"a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;", "a&lt;b&gt;&amp;\"c'", "\"a<b>&\"\"c'\""},
        {"a|b\nc", "a|b\nc", "a\\|b c", "\"a|b\nc\""},
        {"a,b", "a,b", "a,b", "\"a,b\""},
        {"sched_yield _x_ `q` \\", "sched_yield _x_ `q` \\", "sched_yield \\_x\\_ \\`q\\` \\\\",
         "sched_yield _x_ `q` \\"},
        {"\033[1m\r", "\xef\xbf\xbd[1m\xef\xbf\xbd", " \\[1m ", "\"\033[1m\r\""},
        {"µs", "µs", "µs", "µs"},
        {"1–2 at 75 %, n 3, main 4", "1–2 at 75&nbsp;%, n&nbsp;3, main 4",
         "1–2 at 75 %, n 3, main 4", "\"1–2 at 75 %, n 3, main 4\""},
        {"\"", "&quot;", "\"", "\"\"\"\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf html = {0}, md = {0}, csv = {0};

        html_text(&html, cases[i].text);
        md_text(&md, cases[i].text);
        csv_text(&csv, cases[i].text);
        assert_string_equal(html.data, cases[i].html);
        assert_string_equal(md.data, cases[i].md);
        assert_string_equal(csv.data, cases[i].csv);
        buf_free(&html);
        buf_free(&md);
        buf_free(&csv);
    }
}

/* One sheet with all that a sheet may have, as four pens write it. */
static void pens(void **state)
{
    const struct estimate figure = {true, 1234, 1200, 1300, 0.97, 6, "cycles", false};
    const struct estimate single = {.known = true, .value = 2, .n = 1, .unit = "cycles"};
    const struct estimate none = {.unit = ""};
    struct sheet s = {.title = "The title"};
    struct buf text = {0}, html = {0}, md = {0}, csv = {0};

    (void)state;
    sheet_begin(&s, (const char *[]){"what", "K<M", "Q", "P", NULL}, 0);
    cell_note(&s.cells[1], "a busy machine");
    sheet_cells(&s, (const char *[]){"  where", "lab", "here", "", "  level", "1", "0", "", "",
                                     "emulated", "", "", NULL});
    cell_note(&s.cells[8], "nesting ");
    s.heads = 4;
    s.emulated = 1 << 1;
    sheet_cell(&s, "a|b");
    cell_note(sheet_estimate(&s, CELL_FIGURE, &figure), "two modes");
    sheet_estimate(&s, CELL_FIGURE, &single);
    sheet_estimate(&s, CELL_FIGURE, &none);
    sheet_cell(&s, "mean");
    sheet_estimate(&s, CELL_FIGURE, &figure)->median = single;
    sheet_estimate(&s, CELL_FIGURE, &figure);
    sheet_skip(&s, CELL_SKIP, "no reason");
    sheet_cell(&s, "parts");
    sheet_estimate(&s, CELL_VALUE, &figure)->unit = true;
    sheet_estimate(&s, CELL_INTERVAL, &figure);
    sheet_number(&s, 1e6);
    sheet_text(&s, &text);
    assert_string_equal(text.data, "The title                        K<M           Q        P\n"
                                   "  where                          lab        here\n"
                                   "  level                            1           0\n"
                                   "                            emulated\n"
                                   "  n                                6           1\n"
                                   "a|b                             1230           2        -\n"
                                   "mean                            1230  1230 (n 6)     SKIP\n"
                                   "  median of single ones            2           -        -\n"
                                   "parts                    1230 cycles   1200–1300  1000000\n");
    sheet_html(&s, "T & t", &html);
    assert_string_equal(
        html.data,
        "<div class=\"box\" role=\"region\" tabindex=\"0\" aria-label=\"T &amp; "
        "t\"><table><caption>T &amp; t</caption>\n<thead>\n<tr><th scope=\"col\" "
        "class=\"w\">what</th><th scope=\"col\" class=\"e\">K&lt;M<small><b>lab, "
        "emulated</b>\nnesting 1,\na busy machine</small></th><th "
        "scope=\"col\">Q<small><b>here</b>\nnesting 0</small></th><th "
        "scope=\"col\">P</th></tr>\n</thead>\n<tbody>\n"
        "<tr><th scope=\"row\" class=\"w\">a|b</th><td class=\"e\">1,230<small>1,200–1,300, "
        "n&nbsp;6, two modes</small></td><td>2<small>n&nbsp;1</small></td><td>–</td></tr>\n"
        "<tr><th scope=\"row\" class=\"w\">mean</th><td class=\"e\">1,230<small>1,200–1,300, "
        "n&nbsp;6, a mean; median 2</small></td><td>1,230<small>1,200–1,300, "
        "n&nbsp;6</small></td><td>SKIP</td></tr>\n"
        "<tr><th scope=\"row\" class=\"w\">parts</th><td class=\"e\">1,230 "
        "cycles</td><td>1,200–1,300</td>"
        "<td>1,000,000</td></tr>\n</tbody></table></div>\n");
    sheet_md(&s, &md);
    assert_string_equal(md.data,
                        "| what | K&lt;M (lab, emulated, nesting 1, a busy machine) | Q (here, "
                        "nesting 0) | P |\n| --- | ---: | ---: | ---: |\n"
                        "| a\\|b | 1,230 (1,200–1,300, n 6, two modes) | 2 (n 1) | – |\n"
                        "| mean | 1,230 (1,200–1,300, n 6, a mean; median 2) | 1,230 "
                        "(1,200–1,300, n 6) | SKIP |\n"
                        "| parts | 1,230 cycles | 1,200–1,300 | 1,000,000 |\n\n");
    sheet_csv(&s, &csv);
    assert_non_null(strstr(csv.data, "\na|b,1234,1200,1300,0.97,6,2,,,,1,\n"));
    buf_free(&text);
    buf_free(&html);
    buf_free(&md);
    buf_free(&csv);
    sheet_free(&s);
}

/* Columns without anything go, with their heading. */
static void empty_columns(void **state)
{
    struct sheet s = {0};
    struct buf text = {0};

    (void)state;
    sheet_begin(&s, (const char *[]){"a", "b", "c", "d", NULL}, 0);
    for (int i = 0; i < 2; i++) {
        sheet_cell(&s, "row");
        cell_note(sheet_none(&s), "a note");
        if (i)
            sheet_number(&s, 3);
        else
            sheet_none(&s);
        sheet_none(&s);
    }
    sheet_drop_empty(&s, 1);
    sheet_text(&s, &text);
    assert_string_equal(text.data, "a    c\nrow  -\nrow  3\n");
    buf_free(&text);
    sheet_free(&s);
}

/* Two bins at the ends of the scale: one sample of four is half as high, the square root of its
 * share. Too few samples for p95; a median without an interval. */
static void plots(void **state)
{
    static const char text[] = "{\"unit\":\"ms\",\"samples\":[10,10,10,10,20],\"stats\":{\"n\":5,"
                               "\"p50\":10,\"min\":10,\"max\":20}}";
    static const char *const parts[] = {
        "viewBox=\"0 0 400 96\" font-size=\"13\" aria-label=\"a &lt; b\"><title>a &lt; b</title>",
        "<path d=\"M117.5,1V62\"/><text x=\"117.5\" y=\"86\" stroke=\"none\">10</text>",
        ">20</text>",
        "<g class=\"p3\"",
        ">K&lt;M</text><text x=\"100.6\" y=\"43.0\">10</text>",
        " fill=\"var(--soft)\">n 5</text>",
        " d=\"M116.0,40.0V7.0H119.0V40.0M378.6,40.0V23.5H381.6V40.0\"/>",
        "stroke-width=\"1.25\" d=\"M117.5,47.5H380.1M117.5,44.8v5.4\"/>",
        "stroke-width=\"3.5\" d=\"M117.5,41.6v11.8\"/>",
        "stroke-linecap=\"round\" d=\"M380.1,47.5H380.1M117.5,47.5H117.5M",
    };
    struct column column = {"kvm", "K<M", 3};
    struct row *row = made_row(text);
    struct buf out = {0};

    (void)state;
    plot_svg(&column, (const struct row *const[]){row}, 1, "a < b", &out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(out.data, parts[i]))
            fail_msg("no %s in:\n%s", parts[i], out.data);
    row_free(row);
    buf_free(&out);
}

/* Of whatever samples: only numbers, within the drawing. */
static void odd_plots(void **state)
{
    static const char *const texts[] = {
        "[0]",       "[5,5]",         "[-3,1e12]",      "[1e-300]",
        "[1e300,1]", "[1,2,3,1e300]", "[-1e308,1e308]", "[1e16,10000000000000002]"};
    struct column column = {"kvm", "KVM", 0};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char *text = xasprintf("{\"samples\":%s,\"stats\":{\"n\":2,\"p50\":-1,\"min\":-1e300,"
                               "\"p99\":1e305,\"modes\":[0,7e307]}}",
                               texts[i]);
        struct row *row = made_row(text);
        struct buf out = {0};

        plot_svg(&column, (const struct row *const[]){row}, 1, "", &out);
        for (const char *p = strstr(out.data, " d=\"M"); p; p = strstr(p, " d=\"M"))
            for (p += 5; *p != '"'; p++)
                if (strchr("MH", p[-1]))
                    assert_true(strtod(p, NULL) >= 0 && strtod(p, NULL) <= 400);
                else
                    assert_null(strchr("naif", *p));
        row_free(row);
        free(text);
        buf_free(&out);
    }
}

/* Three boots in another order than their totals'; a stage in other units, one out of order. */
static void stages_of_median_boot(void **state)
{
    static const char text[] =
        "{\"created\":\"2026-11-21T11:06:59Z\",\"runs\":[],\"skipped\":[],\"rows\":["
        "{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":\"start to exit\",\"unit\":\"ms\","
        "\"samples\":[9,2,4]},"
        "{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":\"to end\",\"unit\":\"us\",\"stage\":3,"
        "\"samples\":[8000,1000,2500]},"
        "{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":\"to "
        "door\",\"unit\":\"us\",\"stage\":1,"
        "\"samples\":[1000,1000,1500]},"
        "{\"suite\":\"boot\",\"platform\":\"kvm\",\"name\":\"start to exit\",\"unit\":\"ms\","
        "\"samples\":[9]}]}";
    struct result *result = made_result(text);
    struct boot_stages s;
    struct view v;

    (void)state;
    assert_non_null(result);
    view_init(&v, result, "f");
    assert_int_equal(v.count, 2);
    assert_string_equal(v.columns[0].name, "kvm"); /* the tables' order, not the file's */
    assert_true(boots_stages(v.result, "qemu", &s));
    assert_int_equal(s.boots, 3);
    assert_int_equal(s.count, 2);
    assert_true(s.total_ms == 4 && s.sum_ms == 4);
    assert_string_equal(s.v[0].name, "to door");
    assert_true(s.v[0].ms == 1.5 && s.v[1].ms == 2.5);
    assert_false(boots_stages(v.result, "kvm", &s));
    assert_string_equal(s.why, "");
    assert_false(boots_stages(v.result, "xen-pvh", &s));
    /* A boot without a stage of the others: nobody knows whose the samples are. */
    result->rows.v[1]->sample_count--;
    assert_false(boots_stages(v.result, "qemu", &s));
    assert_non_null(strstr(s.why, "not every boot has the same stages"));
    results_free(result);
}

/* Whose a boot's stages are: their names in order, a letter for each. */
static void phases(void **state)
{
    static const struct {
        const char *names[12], *letters;
    } cases[] = {
        {{"to start", "to door", "to main", "to first byte", "to last line", "to end"}, "VUDMME"},
        {{"to created", "to start", "to SeaBIOS", "to boot sector", "to door", "to long mode",
          "to main", "to last line", "to end"},
         "VVFFLDDME"},
        {{"to start", "to boot option", "to stub", "to door", "to main", "to last line", "to end"},
         "VFLSDME"},
        {{"to start", "to stub", "to door", "to main", "to end"}, "VUSDE"},
        {{"to start", "to door, and from main to first byte", "to main", "to last line"}, "VUDM"},
        {{"to door", "to end"}, "UE"},
        {{"to end"}, "E"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = {0};
        struct result *result;
        struct boot_stages s;
        struct view v;
        struct sheet sheet = {0};
        struct buf drawing = {0};

        buf_str(&text, "{\"created\":\"2026-11-21T11:06:59Z\",\"runs\":[],\"skipped\":[],"
                       "\"rows\":[{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":"
                       "\"start to exit\",\"unit\":\"ms\",\"samples\":[9]}");
        for (unsigned k = 0; k < 12 && cases[i].names[k]; k++)
            buf_printf(&text,
                       ",{\"suite\":\"boot\",\"platform\":\"qemu\",\"name\":\"%s\","
                       "\"unit\":\"us\",\"stage\":%u,\"samples\":[%u]}",
                       cases[i].names[k], k + 1, 1000 << k);
        buf_str(&text, "]}");
        result = made_result(text.data);
        assert_non_null(result);
        assert_true(boots_stages(result, "qemu", &s));
        assert_int_equal(s.count, strlen(cases[i].letters));
        for (size_t k = 0; k < s.count; k++)
            assert_int_equal(phase_words[s.v[k].phase].letter[0], cases[i].letters[k]);
        for (int p = 0; p < BOOT_PHASES; p++) {
            double sum = 0;

            for (size_t k = 0; k < s.count; k++)
                sum += (int)s.v[k].phase == p ? s.v[k].ms : 0;
            assert_true(sum == s.phase_ms[p] && s.has[p] == (sum > 0));
        }
        view_init(&v, result, "f");
        fill_phases(&v, &sheet);
        draw_phases(&v, &drawing);
        assert_int_equal(sheet_rows(&sheet), 2);
        assert_non_null(strstr(drawing.data, "aria-label=\"QEMU: "));
        sheet_free(&sheet);
        buf_free(&drawing);
        buf_free(&text);
        results_free(result);
    }
}

/* Whatever is missing or of another kind in a result is no reason to fall over. */
static void poor_results(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"rows\":[{}],\"runs\":[{}],\"skipped\":[{}]}",
        "{\"rows\":[{\"suite\":\"basic\",\"platform\":\"kvm\",\"name\":\"x\",\"run\":-1,\"stats\":"
        "7,"
        "\"value\":\"?\"}],\"runs\":7,\"skipped\":{}}",
        "{\"created\":7,\"host\":[],\"rows\":[{\"suite\":\"boot\",\"platform\":\"kvm\",\"name\":"
        "\"start to exit\",\"samples\":[\"x\"],\"stage\":\"1\",\"run\":9,\"exits\":3}]}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct result *result = made_result(texts[i]);
        struct buf md = {0}, csv = {0};
        struct view v;

        assert_non_null(result);
        view_init(&v, result, "f");
        page_md(&v, 1, &md);
        page_csv(&v, 1, &csv);
        assert_non_null(strstr(md.data, "# Limpet report"));
        assert_memory_equal(csv.data, "suite,platform,", 15);
        buf_free(&md);
        buf_free(&csv);
        results_free(result);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),       cmocka_unit_test(decimals_and_shares),
        cmocka_unit_test(escapes),       cmocka_unit_test(pens),
        cmocka_unit_test(empty_columns), cmocka_unit_test(plots),
        cmocka_unit_test(odd_plots),     cmocka_unit_test(stages_of_median_boot),
        cmocka_unit_test(phases),        cmocka_unit_test(poor_results),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
