/* SPDX-License-Identifier: BSD-2-Clause */
/* Result files, which only grow, and the check of a guest's ruler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vm/image.h"
#include "base/file.h"
#include "results/results.h"
#include "measure/ruler.h"
#include "results/rows.h"

#include <stdio.h>
#include <math.h>
#include <unistd.h>

static char folder[] = "/tmp/limpet-results.XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/r.json", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void put(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void appended(void **state)
{
    json_t *first = results_new("limpet bench \"a\nb\"", 7), *all, *last;

    (void)state;
    unlink(path);
    assert_true(results_can_append(path));
    assert_int_equal(access(path, F_OK), -1); /* asking makes nothing */
    assert_int_equal(results_append(first, path), 0);
    json_object_set_new(first, "seed", json_integer(8));
    assert_int_equal(results_append(first, path), 0);
    all = results_load(path);
    last = results_read(path);
    assert_int_equal(json_array_size(all), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(all, 0), "seed")), 7);
    assert_int_equal(json_integer_value(json_object_get(last, "seed")), 8);
    json_decref(all);
    json_decref(last);
    json_decref(first);
}

/* What is no result is refused, and stays as it was. */
static void refused(void **state)
{
    static const char good[] =
        "{\"schema\":\"limpet-result-2\",\"runs\":[],\"rows\":[],\"skipped\":[]}";
    static const char *const bad[] = {
        "",
        "\n",
        "x\n",
        "{}\n",
        "{\"schema\":\"limpet-result-2\"}\n",
        "{\"schema\":\"limpet-result-1\",\"runs\":[],\"rows\":[],\"skipped\":[]}\n",
    };
    json_t *result = results_new("x", 1), *read;
    char text[300];
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put(bad[i]);
        assert_null(results_read(path));
        if (!bad[i][0])
            continue; /* an empty file may be filled */
        assert_false(results_can_append(path));
        assert_int_equal(results_append(result, path), -1);
    }
    for (size_t cut = 1; cut < sizeof good; cut++) { /* the second line cut off anywhere */
        char *kept;

        snprintf(text, sizeof text, "%s\n%.*s", good, (int)cut, good);
        put(text);
        assert_null(results_load(path));
        assert_int_equal(results_append(result, path), -1);
        kept = file_read(path, 4096, &n);
        assert_string_equal(kept, text);
        free(kept);
    }
    snprintf(text, sizeof text, "%s\n", good);
    put(text);
    read = results_read(path);
    assert_non_null(read);
    json_decref(read);
    json_decref(result);
    assert_false(results_can_append("/no/such/folder/r.json"));
}

/* A part of a measurement: a row of so many runs, and one that only some parts have. */
static json_t *part_of(double first, double second, bool rare)
{
    json_t *part = results_new("", 1), *rows = json_array(), *again = json_array();
    json_t *run = json_pack("{s:s,s:s,s:s,s:s,s:i}", "suite", "vmm", "platform", "kvm", "image",
                            "a.elf", "started", first < 5 ? "early" : "late", "count", 2);

    tally_figure(rows, "vmm", "x", "ms", "less", first);
    tally_figure(rows, "vmm", "x", "ms", "less", second);
    if (rare)
        tally_figure(again, "vmm", "rare", "ms", "less", second);
    tally_finish(rows);
    tally_finish(again);
    results_add(part, json_deep_copy(run), rows);
    results_add(part, run, again); /* the same image once more: its own run */
    json_decref(rows);
    json_decref(again);
    return part;
}

static void joined(void **state)
{
    json_t *all = part_of(1, 2, false), *part = part_of(7, 4, true), *row, *runs, *expect;

    (void)state;
    results_join(all, part);
    results_join(all, part);
    row = results_row(all, "vmm", "x", "kvm");
    expect = json_pack("[f,f,f,f,f,f]", 1., 2., 7., 4., 7., 4.);
    assert_true(json_equal(json_object_get(row, "runs"), expect));
    assert_true(json_equal(json_object_get(row, "samples"), expect));
    json_decref(expect);
    expect = json_pack("[i,i,i]", 2, 2, 2);
    assert_true(json_equal(json_object_get(row, "parts"), expect));
    json_decref(expect);
    assert_true(json_number_value(json_object_get(row, "value")) == 4);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(row, "stats"), "n")), 6);
    runs = json_object_get(all, "runs");
    assert_int_equal(json_array_size(runs), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(runs, 0), "count")), 6);
    assert_string_equal(json_text(json_array_get(runs, 0), "started"), "early");
    row = results_row(all, "vmm", "rare", "kvm"); /* came later: its own parts, the other run */
    assert_int_equal(json_array_size(json_object_get(row, "runs")), 2);
    assert_int_equal(json_array_size(json_object_get(row, "parts")), 2);
    assert_int_equal(json_integer_value(json_object_get(row, "run")), 1);
    json_decref(part);

    /* A part in which something failed: a row that it lacks is no row any more. */
    part = part_of(1, 2, false);
    results_skip(part, "vmm", "kvm", "rare: it failed");
    results_join(all, part);
    assert_non_null(results_row(all, "vmm", "x", "kvm"));
    assert_null(results_row(all, "vmm", "rare", "kvm"));
    assert_string_equal(results_reason(all, "vmm", "kvm"), "rare: it failed");
    json_decref(part);
    part = part_of(1, 2, true);
    results_skip(part, "vmm", "kvm", "rare: it failed");
    results_join(all, part);
    assert_null(results_row(all, "vmm", "rare", "kvm"));
    assert_int_equal(json_array_size(json_object_get(all, "skipped")), 1);
    json_decref(part);
    json_decref(all);
}

/* Loops: a part whose least loops were its figures has none of their own. */
static void joined_loops(void **state)
{
    json_t *row = json_pack("{s:s,s:s,s:[i,i],s:[[i,i],[i,i]]}", "name", "x", "unit", "cycles",
                            "runs", 5, 6, "histogram", 5, 3, 6, 1);
    json_t *more = json_pack("{s:s,s:s,s:[i,i],s:[i,i],s:[[i,i],[i,i]]}", "name", "x", "unit",
                             "cycles", "runs", 7, 8, "least", 4, 5, "histogram", 4, 1, 5, 1);
    json_t *least = json_pack("[i,i,i,i,i,i]", 5, 6, 4, 5, 5, 6);
    json_t *histogram = json_pack("[[i,i],[i,i],[i,i]]", 4, 1, 5, 7, 6, 2), *plain;

    (void)state;
    plain = json_deep_copy(row);
    tally_join(row, more);
    tally_join(row, plain);
    assert_true(json_equal(json_object_get(row, "least"), least));
    assert_true(json_equal(json_object_get(row, "histogram"), histogram));
    json_decref(row);
    json_decref(more);
    json_decref(plain);
    json_decref(least);
    json_decref(histogram);
}

static json_t *facts(const char *text) { return json_loads(text, 0, NULL); }

/* Ticks of a TSC of hz, each seen up to late seconds too late. */
static json_t *ticks_of(double hz, double late)
{
    json_t *ticks = json_array();

    for (int i = 0; i < 12; i++)
        json_array_append_new(ticks, json_pack("[I,f]", (json_int_t)(1e15 + hz * 0.1 * i),
                                               1000 + 0.1 * i + late * (i * 5 % 12) / 12));
    return ticks;
}

static void rulers(void **state)
{
    static const char *const good =
        "{\"limpet\":\"ruler\",\"overhead\":24,\"granularity\":1,\"backwards\":0,\"reads\":9,"
        "\"clocks\":[{\"tsc_hz\":2000000000,\"source\":\"a\"},{\"tsc_hz\":2010000000,\"source\":"
        "\"b\"}]}";
    static const struct {
        const char *facts;
        double hz, late;
        const char *why; /* NULL: fit */
    } cases[] = {
        {NULL, 2e9, 0, "no clock"},
        {"{\"backwards\":2,\"reads\":9,\"clocks\":[{\"tsc_hz\":2000000000}]}", 2e9, 0,
         "backwards 2 times in 9"},
        {"{\"backwards\":0,\"clocks\":[]}", 2e9, 0, "no clock"},
        {"{\"backwards\":0,\"clocks\":[{\"tsc_hz\":2000000000,\"source\":\"a\"}]}", 2.03e9, 0,
         "2000.000 MHz by a, but 2030.000 MHz"},
    };
    json_t *f = facts(good), *t = ticks_of(2.005e9, 0.02), *fit;
    double error;
    char *why;

    (void)state;
    fit = ruler_check(f, t, &why);
    assert_non_null(fit);
    assert_null(why);
    assert_true(json_number_value(json_object_get(fit, "host_hz")) > 1.99e9);
    assert_true(json_number_value(json_object_get(fit, "host_error_ppm")) > 0);
    assert_null(json_object_get(fit, "limpet"));
    json_decref(fit);
    json_array_clear(t);
    assert_true(ruler_host_hz(t, 2e9, &error) == 0);
    json_decref(t);
    t = ticks_of(2.005e9, 0.2); /* tells 3 % less, but also that it may err by 5 */
    assert_true(fabs(ruler_host_hz(t, 2e9, &error) / 2.005e9 - 1) > RULER_TOLERANCE);
    fit = ruler_check(f, t, &why);
    assert_non_null(fit);
    assert_true(json_number_value(json_object_get(fit, "host_error_ppm")) > 1e6 * RULER_TOLERANCE);
    json_decref(fit);
    json_decref(f);
    json_decref(t);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        f = cases[i].facts ? facts(cases[i].facts) : NULL;
        t = ticks_of(cases[i].hz, cases[i].late);
        assert_null(ruler_check(f, t, &why));
        assert_non_null(strstr(why, cases[i].why));
        free(why);
        json_decref(f);
        json_decref(t);
    }
}

/* A link's file grows, and it stays a link; what is no regular file is left alone. */
static void replaced(void **state)
{
    json_t *result = results_new("limpet bench", 7), *all;
    char link[80];

    (void)state;
    unlink(path);
    snprintf(link, sizeof link, "%s.link", path);
    assert_int_equal(results_append(result, path), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_true(results_can_append(link));
    assert_int_equal(results_append(result, link), 0);
    all = results_load(path);
    assert_int_equal(json_array_size(all), 2);
    json_decref(all);
    assert_true(readlink(link, (char[9]){0}, 8) > 0);
    unlink(link);
    assert_false(results_can_append("/dev/null"));
    assert_int_equal(results_append(result, "/dev/null"), -1);
    assert_int_equal(output_file("/dev/null", "x", 1), -1);
    json_decref(result);
}

/* Whatever bytes a command line or a guest's words have, there is a result. */
static void any_bytes(void **state)
{
    json_t *result = results_new("limpet bench -o r\xe9sultats", 7), *skip;

    (void)state;
    assert_string_equal(json_text(result, "command"), "limpet bench -o r?sultats");
    results_skip(result, "boot", "qemu", "\xff! µs");
    skip = json_array_get(json_object_get(result, "skipped"), 0);
    assert_string_equal(json_text(skip, "reason"), "?! ??s");
    assert_null(json_any_text(NULL)); /* a guest that could not start has no command line */
    json_decref(result);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended),     cmocka_unit_test(refused),   cmocka_unit_test(rulers),
        cmocka_unit_test(replaced),     cmocka_unit_test(any_bytes), cmocka_unit_test(joined),
        cmocka_unit_test(joined_loops),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
