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
#include "made.h"

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
    struct result *first = results_new("limpet bench \"a\nb\"", 7), *last;
    struct results all;

    (void)state;
    unlink(path);
    assert_true(results_can_append(path));
    assert_int_equal(access(path, F_OK), -1); /* asking makes nothing */
    assert_int_equal(results_append(first, path), 0);
    facts_set_count(first->facts, "seed", 8);
    results_label(first, "of \"v2\"");
    assert_int_equal(results_append(first, path), 0);
    all = results_load(path);
    last = results_read(path);
    assert_int_equal(all.n, 2);
    assert_true(facts_number(all.v[0]->facts, "seed") == 7);
    assert_true(facts_number(last->facts, "seed") == 8);
    assert_false(facts_has(all.v[0]->facts, "label"));
    assert_string_equal(facts_text(last->facts, "label"), "of \"v2\"");
    results_free_all(&all);
    results_free(last);
    results_free(first);
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
    struct result *result = results_new("x", 1), *read;
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
        assert_int_equal(results_load(path).n, 0);
        assert_int_equal(results_append(result, path), -1);
        kept = file_read(path, 4096, &n);
        assert_string_equal(kept, text);
        free(kept);
    }
    snprintf(text, sizeof text, "%s\n", good);
    put(text);
    read = results_read(path);
    assert_non_null(read);
    results_free(read);
    results_free(result);
    assert_false(results_can_append("/no/such/folder/r.json"));
}

/* A part of a measurement: a row of so many runs, and one that only some parts have. */
static struct result *part_of(double first, double second, bool rare)
{
    struct result *part = results_new("", 1);
    struct rows rows = {0}, again = {0};
    struct facts *run = facts_new();

    facts_set_text(run, "suite", "vmm");
    facts_set_text(run, "platform", "kvm");
    facts_set_text(run, "image", "a.elf");
    facts_set_text(run, "started", first < 5 ? "early" : "late");
    facts_set_count(run, "count", 2);
    rows_figure(&rows, "vmm", "x", "ms", "less", first);
    rows_figure(&rows, "vmm", "x", "ms", "less", second);
    if (rare)
        rows_figure(&again, "vmm", "rare", "ms", "less", second);
    rows_finish(&rows);
    rows_finish(&again);
    results_add(part, facts_copy(run), &rows);
    results_add(part, run, &again); /* the same image once more: its own run */
    return part;
}

static void joined(void **state)
{
    struct result *all = part_of(1, 2, false), *part = part_of(7, 4, true);
    const struct row *row;

    (void)state;
    results_join(all, part);
    results_join(all, part);
    row = results_row(all, "vmm", "x", "kvm");
    assert_true(MADE_OF(&row->runs, 1, 2, 7, 4, 7, 4));
    assert_true(MADE_SAMPLES(row, 1, 1, 2, 1, 7, 1, 4, 1, 7, 1, 4, 1));
    assert_true(MADE_OF(&row->parts, 2, 2, 2));
    assert_true(row->value == 4 && row->stats.n == 6);
    assert_int_equal(all->run_count, 2);
    assert_true(facts_number(all->runs[0], "count") == 6);
    assert_string_equal(facts_text(all->runs[0], "started"), "early");
    row = results_row(all, "vmm", "rare", "kvm"); /* came later: its own parts, the other run */
    assert_true(row->runs.n == 2 && row->parts.n == 2 && row->run == 1);
    results_free(part);

    /* A part in which something failed: a row that it lacks is no row any more. */
    part = part_of(1, 2, false);
    results_skip(part, "vmm", "kvm", "rare: it failed");
    results_join(all, part);
    assert_non_null(results_row(all, "vmm", "x", "kvm"));
    assert_null(results_row(all, "vmm", "rare", "kvm"));
    assert_string_equal(results_reason(all, "vmm", "kvm"), "rare: it failed");
    results_free(part);
    part = part_of(1, 2, true);
    results_skip(part, "vmm", "kvm", "rare: it failed");
    results_join(all, part);
    assert_null(results_row(all, "vmm", "rare", "kvm"));
    assert_int_equal(all->skip_count, 1);
    results_free(part);
    results_free(all);
}

/* Loops: a part whose least loops were its figures has none of their own. */
static void joined_loops(void **state)
{
    static const char plain_text[] = "{\"name\":\"x\",\"unit\":\"cycles\",\"runs\":[5,6],"
                                     "\"histogram\":[[5,3],[6,1]]}";
    struct row *row = made_row(plain_text), *plain = made_row(plain_text);
    struct row *more = made_row("{\"name\":\"x\",\"unit\":\"cycles\",\"runs\":[7,8],"
                                "\"least\":[4,5],\"histogram\":[[4,1],[5,1]]}");

    (void)state;
    rows_join(row, more);
    rows_join(row, plain);
    assert_true(MADE_OF(&row->least, 5, 6, 4, 5, 5, 6));
    assert_true(row->histogram && MADE_SAMPLES(row, 4, 1, 5, 7, 6, 2));
    row_free(row);
    row_free(more);
    row_free(plain);
}

/* A lab's result stands behind ours: its rows are of its own runs. */
static void merged(void **state)
{
    struct result *all = part_of(1, 2, true), *lab = part_of(7, 4, true);

    (void)state;
    results_skip(lab, "boot", "kvm", "no");
    results_merge(all, lab);
    results_free(lab);
    assert_true(all->run_count == 4 && all->rows.n == 4 && all->skip_count == 1);
    assert_true(all->rows.v[1]->run == 1 && all->rows.v[2]->run == 2 && all->rows.v[3]->run == 3);
    assert_ptr_equal(results_run_of(all, all->rows.v[3]), all->runs[3]);
    results_free(all);
}

/* What a file holds is, appended to another, the same. */
static void copied(void **state)
{
    struct result *read = results_read("tests/data/figures.jsonl"), *again;

    (void)state;
    assert_non_null(read);
    unlink(path);
    assert_int_equal(results_append(read, path), 0);
    again = results_read(path);
    assert_true(again->rows.n == read->rows.n && again->run_count == read->run_count);
    for (size_t i = 0; i < read->rows.n; i++) {
        json_t *x = row_to_json(read->rows.v[i]), *y = row_to_json(again->rows.v[i]);

        assert_true(json_equal(x, y));
        json_decref(x);
        json_decref(y);
    }
    for (size_t i = 0; i < read->run_count; i++)
        assert_true(json_equal(facts_to_json(read->runs[i]), facts_to_json(again->runs[i])));
    assert_true(json_equal(facts_to_json(read->facts), facts_to_json(again->facts)));
    results_free(read);
    results_free(again);
}

/* What a guest said of its clocks, and ticks of a TSC of hz, each seen up to late seconds too late.
 */
static struct guest_lines ruler_of(const char *facts, double hz, double late)
{
    struct guest_lines g;

    guest_lines_init(&g);
    if (facts)
        guest_lines_take(&g, facts, strlen(facts));
    for (int i = 0; i < 12; i++) {
        g.ticks = list_grown(g.ticks, g.tick_count, sizeof *g.ticks);
        g.ticks[g.tick_count++] =
            (struct tick){floor(1e15 + hz * 0.1 * i), 1000 + 0.1 * i + late * (i * 5 % 12) / 12};
    }
    return g;
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
        {"{\"limpet\":\"ruler\",\"backwards\":2,\"reads\":9,\"clocks\":[{\"tsc_hz\":2000000000}]}",
         2e9, 0, "backwards 2 times in 9"},
        {"{\"limpet\":\"ruler\",\"backwards\":0,\"clocks\":[]}", 2e9, 0, "no clock"},
        {"{\"limpet\":\"ruler\",\"backwards\":0,\"clocks\":[{\"tsc_hz\":2000000000,\"source\":"
         "\"a\"}]}",
         2.03e9, 0, "2000.000 MHz by a, but 2030.000 MHz"},
    };
    struct guest_lines g = ruler_of(good, 2.005e9, 0.02);
    struct facts *fit;
    double error;
    char *why;

    (void)state;
    fit = ruler_check(&g, &why);
    assert_non_null(fit);
    assert_null(why);
    assert_true(facts_number(fit, "host_hz") > 1.99e9);
    assert_true(facts_number(fit, "host_error_ppm") > 0);
    assert_false(facts_has(fit, "limpet"));
    facts_free(fit);
    assert_true(ruler_host_hz(g.ticks, 0, 2e9, &error) == 0);
    guest_lines_free(&g);
    g = ruler_of(good, 2.005e9, 0.2); /* tells 3 % less, but also that it may err by 5 */
    assert_true(fabs(ruler_host_hz(g.ticks, g.tick_count, 2e9, &error) / 2.005e9 - 1) >
                RULER_TOLERANCE);
    fit = ruler_check(&g, &why);
    assert_non_null(fit);
    assert_true(facts_number(fit, "host_error_ppm") > 1e6 * RULER_TOLERANCE);
    facts_free(fit);
    guest_lines_free(&g);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        g = ruler_of(cases[i].facts, cases[i].hz, cases[i].late);
        assert_null(ruler_check(&g, &why));
        assert_non_null(strstr(why, cases[i].why));
        free(why);
        guest_lines_free(&g);
    }
}

/* A link's file grows, and it stays a link; what is no regular file is left alone. */
static void replaced(void **state)
{
    struct result *result = results_new("limpet bench", 7);
    struct results all;
    char link[80];

    (void)state;
    unlink(path);
    snprintf(link, sizeof link, "%s.link", path);
    assert_int_equal(results_append(result, path), 0);
    assert_int_equal(symlink(path, link), 0);
    assert_true(results_can_append(link));
    assert_int_equal(results_append(result, link), 0);
    all = results_load(path);
    assert_int_equal(all.n, 2);
    results_free_all(&all);
    assert_true(readlink(link, (char[9]){0}, 8) > 0);
    unlink(link);
    assert_false(results_can_append("/dev/null"));
    assert_int_equal(results_append(result, "/dev/null"), -1);
    assert_int_equal(output_file("/dev/null", "x", 1), -1);
    results_free(result);
}

/* Whatever bytes a command line or a guest's words have, there is a result. */
static void any_bytes(void **state)
{
    struct result *result = results_new("limpet bench -o r\xe9sultats", 7);

    (void)state;
    assert_string_equal(facts_text(result->facts, "command"), "limpet bench -o r?sultats");
    results_skip(result, "boot", "qemu", "\xff! µs");
    assert_string_equal(result->skips[0].reason, "?! ??s");
    results_free(result);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(appended),     cmocka_unit_test(refused),   cmocka_unit_test(rulers),
        cmocka_unit_test(replaced),     cmocka_unit_test(any_bytes), cmocka_unit_test(joined),
        cmocka_unit_test(joined_loops), cmocka_unit_test(merged),    cmocka_unit_test(copied),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
