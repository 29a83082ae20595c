/* Host tool: the list of suites, and what is chosen of it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>

#include "measure/suites.h"

static void check_rows(const struct suite *s)
{
    for (const struct suite_row *r = s->rows; r->name; r++) {
        assert_true(r->label && r->unit);
        assert_true(!strcmp(r->better, "less") || !strcmp(r->better, "more"));
        assert_true(!r->does == !r->by);
        for (const struct suite_row *other = s->rows; other < r; other++)
            assert_string_not_equal(other->name, r->name);
    }
}

/* Every suite tells all that is asked of it. */
static void all_told(void **state)
{
    (void)state;
    for (size_t i = 0; suites[i]; i++) {
        const struct suite *s = suites[i];

        assert_ptr_equal(suite_find(s->name), s);
        assert_true(s->title && s->what && s->figure && s->screen && s->count && s->help);
        assert_non_null(s->apps->name);
        for (const struct suite_app *app = s->apps; app->name; app++)
            assert_true(app->args && !app->collect != !app->run && app->lab_runs);
        check_rows(s);
    }
    assert_null(suite_find("nonsense"));
}

/* A file's schema knows the units of all rows; a suite runs by default, by "extra", or is a
 * program's. */
static void told_elsewhere(void **state)
{
    json_t *schema = json_load_file("docs/result.schema.json", 0, NULL), *unit, *defs, *row;
    json_t *properties;
    size_t k;

    (void)state;
    defs = json_object_get(schema, "$defs");
    row = json_object_get(defs, "row");
    properties = json_object_get(row, "properties");
    unit = json_object_get(json_object_get(properties, "unit"), "enum");
    assert_true(json_array_size(unit) > 5);
    for (size_t i = 0; suites[i]; i++) {
        assert_int_equal(suites[i]->by_default + suites[i]->extra + suites[i]->own_rows, 1);
        for (const struct suite_row *r = suites[i]->rows; r->name; r++) {
            for (k = 0; k < json_array_size(unit); k++)
                if (!strcmp(json_string_value(json_array_get(unit, k)), r->unit))
                    break;
            assert_true(k < json_array_size(unit));
        }
    }
    json_decref(schema);
}

/* What a recorded result calls "less" and "ms" the list does, too. */
static void units(void **state)
{
    FILE *f = fopen("tests/data/report.jsonl", "r");
    json_t *result, *row;
    size_t known = 0;

    (void)state;
    assert_non_null(f);
    while ((result = json_loadf(f, JSON_DISABLE_EOF_CHECK, NULL))) {
        for (size_t i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++) {
            const char *name = json_string_value(json_object_get(row, "name"));
            const struct suite *s = suite_find(json_string_value(json_object_get(row, "suite")));
            const struct suite_row *r = s->rows;

            while (r->name && strcmp(r->name, name) != 0)
                r++;
            if (!r->name)
                continue;
            assert_string_equal(r->unit, json_string_value(json_object_get(row, "unit")));
            assert_string_equal(r->better, json_string_value(json_object_get(row, "better")));
            known++;
        }
        json_decref(result);
    }
    fclose(f);
    assert_true(known > 20);
}

static void choosing(void **state)
{
    char *names[] = {"vmm", "basic", "vmm"}, *wrong[] = {"basic", "nonsense"};
    char *extra[] = {"boot", "extra"};
    const char *program = NULL;
    struct suite_list list;

    (void)state;
    assert_true(suites_choose(names, 3, &list, &program));
    assert_int_equal(list.n, 2);
    assert_string_equal(list.v[0]->name, "basic");
    assert_string_equal(list.v[1]->name, "vmm");
    assert_true(suites_choose(extra, 2, &list, &program));
    assert_true(list.n > 2);
    for (size_t i = 0; i < list.n; i++)
        assert_true(list.v[i]->extra || !strcmp(list.v[i]->name, "boot"));
    assert_true(suites_choose(NULL, 0, &list, &program));
    assert_true(list.n > 0);
    for (size_t i = 0; i < list.n; i++)
        assert_true(list.v[i]->by_default && !list.v[i]->extra);
    assert_false(suites_choose(wrong, 2, &list, &program));
}

/* A path is a program of the user's own; it stands alone, or with suites. */
static void programs(void **state)
{
    char *one[] = {"./x"}, *both[] = {"x.elf", "boot"}, *two[] = {"./x", "y.elf"};
    char *suite[] = {"program"}, *neither[] = {"x.el"};
    const struct suite_app *app = suite_find(SUITE_PROGRAM)->apps;
    const char *program = NULL;
    struct args argv = {0};
    struct suite_list list;

    (void)state;
    assert_true(suites_choose(one, 1, &list, &program));
    assert_string_equal(program, "./x");
    assert_int_equal(list.n, 1);
    assert_true(list.v[0]->own_rows && list.v[0]->apps->own);
    assert_true(suites_choose(both, 2, &list, &program));
    assert_string_equal(program, "x.elf");
    assert_int_equal(list.n, 2);
    assert_true(suites_choose(NULL, 0, &list, &program)); /* one that was chosen before */
    assert_int_equal(list.n, 1);
    assert_false(suites_choose(two, 2, &list, &program));
    assert_false(suites_choose(suite, 1, &list, &program));
    assert_false(suites_choose(neither, 1, &list, &program));
    app->arguments(&(struct measure_plan){.arguments = {one, 1}}, &argv);
    assert_int_equal(argv.n, 1);
    assert_string_equal(argv.v[0], "./x");
    args_free(&argv);
}

/* Rows that it tells are taken, whatever it calls its suite; else its whole run is timed. */
static void program_rows(void **state)
{
    static const char line[] = "{\"limpet\":\"row\",\"bench\":\"mine\",\"name\":\"search\","
                               "\"unit\":\"cycles\",\"value\":5}";
    const struct suite *suite = suite_find(SUITE_PROGRAM);
    const struct vm_result vm = {.end_s = 0.5, .user_s = 0.1}, until = {.until_s = 0.25};
    struct guest_lines lines;
    struct rows rows = {0};

    (void)state;
    guest_lines_init(&lines);
    suite->apps->collect(suite, suite->apps, &rows, &vm, &lines);
    assert_non_null(rows_find(&rows, "start to exit"));
    assert_non_null(rows_find(&rows, "CPU of the VMM, user"));
    assert_null(rows_find(&rows, "start to text"));
    rows_free(&rows);
    suite->apps->collect(suite, suite->apps, &rows, &until, &lines);
    assert_int_equal(rows.n, 1);
    assert_string_equal(rows.v[0]->name, "start to text");
    rows_free(&rows);
    guest_lines_take(&lines, line, sizeof line - 1);
    suite->apps->collect(suite, suite->apps, &rows, &vm, &lines);
    assert_int_equal(rows.n, 1);
    assert_string_equal(rows.v[0]->name, "search");
    assert_string_equal(rows.v[0]->suite, SUITE_PROGRAM);
    rows_free(&rows);
    guest_lines_free(&lines);
}

/* What a guest says is kept when that was asked for, but for its reports and its last line. */
static void said(void **state)
{
    static const char *const text[] = {"hello", "{\"limpet\":\"x\"}", "", "LIMPET: exit 0", "bye"};
    struct guest_lines lines;

    (void)state;
    for (int keeps = 0; keeps < 2; keeps++) {
        guest_lines_init(&lines);
        lines.keeps = keeps;
        for (size_t i = 0; i < sizeof text / sizeof *text; i++)
            guest_lines_take(&lines, text[i], strlen(text[i]));
        if (keeps)
            assert_string_equal(lines.said.data, "hello\n\nbye\n");
        else
            assert_null(lines.said.data);
        guest_lines_free(&lines);
    }
}

/* Which app gets which arguments. */
static void arguments(void **state)
{
    const struct measure_plan plan = {.only = "getpid,sleep 1 ms, late by", .vm = {.smp = 99}};
    const struct suite_app *basic = suite_find("basic")->apps, *stream = suite_find("stream")->apps;
    struct args argv = {0};

    (void)state;
    basic->arguments(&plan, &argv);
    assert_int_equal(argv.n, 2);
    assert_string_equal(argv.v[1], "sleep 1 ms, late by");
    stream->arguments(&plan, &argv);
    assert_int_equal(argv.n, 4);
    assert_string_equal(argv.v[3], "64");
    args_free(&argv);
    stream->arguments(&(struct measure_plan){.stream_args = "-n 'a"}, &argv);
    assert_string_equal(argv.v[0], "-n");
    args_free(&argv);
}

/* A suite for platforms of its own: measured there where nobody names one, if it is alone. */
static void own_platforms(void **state)
{
    struct suite_list chosen = {{suite_find("qemu-cfi"), suite_find("basic")}, 1};
    const struct platform *list[PLATFORMS_MAX];

    (void)state;
    assert_int_equal(platform_list(suites_usual_on(&chosen), list, PLATFORMS_MAX), 3);
    assert_string_equal(list[0]->name, suites_norm(&chosen));
    assert_string_equal(list[2]->name, "qemu-cfi");
    chosen.n = 2;
    assert_null(suites_usual_on(&chosen));
    assert_null(suites_norm(&chosen));
}

static void fitting(void **state)
{
    const struct platform disk = {.suites = BOOT_ONLY, .boots = 2},
                          slow = {.suites = BOOT_USUALLY, .boots = 2}, usual = {.boots = 20};

    (void)state;
    assert_true(suite_fits(suite_find("boot"), &disk, true));
    assert_true(suite_fits(suite_find("boot"), &slow, true));
    assert_false(suite_fits(suite_find("basic"), &disk, false));
    assert_false(suite_fits(suite_find("basic"), &slow, true));
    assert_true(suite_fits(suite_find("basic"), &slow, false));
    assert_true(suite_fits(suite_find("basic"), &usual, true));
    assert_false(suite_fits(suite_find("basic"), platform_find("qemu-lto"), true));
    assert_true(suite_fits(suite_find("basic"), platform_find("qemu-lto"), false));
    assert_true(suite_fits(suite_find("qemu-cfi"), platform_find("qemu-lto"), true));
    assert_false(suite_fits(suite_find("qemu-cfi"), platform_find("qemu"), true));
    assert_true(suite_fits(suite_find("qemu-cfi"), platform_find("qemu"), false));
    assert_false(suite_takes_turns(suite_find("throughput")));
    assert_true(suite_takes_turns(suite_find("vmm")));
    assert_int_equal(suite_usual_runs(suite_find("boot")->apps, &usual), 20);
    assert_int_equal(suite_usual_runs(suite_find("boot")->apps, &disk), 2);
    assert_int_equal(suite_usual_runs(suite_find("basic")->apps, &disk), 3);
}

static void helping(void **state)
{
    struct buf text = {0};

    (void)state;
    suites_help(&text);
    assert_memory_equal(text.data, "Suites: basic (cycles per call), ", 33);
    assert_non_null(strstr(text.data, "; these by default. And throughput ("));
    buf_clear(&text);
    suites_usual(&text);
    assert_memory_equal(text.data, "basic 3, stream 1, boot 20, ", 28);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_told),  cmocka_unit_test(told_elsewhere),
        cmocka_unit_test(units),     cmocka_unit_test(choosing),
        cmocka_unit_test(arguments), cmocka_unit_test(own_platforms),
        cmocka_unit_test(fitting),   cmocka_unit_test(helping),
        cmocka_unit_test(programs),  cmocka_unit_test(program_rows),
        cmocka_unit_test(said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
