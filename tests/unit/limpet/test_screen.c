/* SPDX-License-Identifier: BSD-2-Clause */
/* The last screen of a measurement: its sentences, and that it is a screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "show/findings.h"
#include "results/results.h"
#include "measure/suites.h"
#include "show/screen.h"
#include "made.h"
#include "show/text.h"

#include <math.h>
#include <stdio.h>

static void wraps(void **state)
{
    struct buf out = {0};

    (void)state;
    assert_int_equal(text_wrap("one two three µµµµµ six", 10, &out), 3);
    assert_string_equal(out.data, "one two\nthree\nµµµµµ six\n");
    buf_clear(&out);
    assert_int_equal(text_wrap("exactly 10", 10, &out), 1);
    assert_int_equal(text_wrap("a word_of_many_letters", 10, &out), 3);
    assert_string_equal(out.data, "exactly 10\na\nword_of_ma\nny_letters\n");
    buf_clear(&out);
    assert_int_equal(text_wrap("  ", 10, &out), 0);
    text_cut("µ234567890", 10, &out);
    text_cut("µ2345\033\n8901", 10, &out);
    assert_string_equal(out.data, "µ234567890\nµ2345  89…\n");
    buf_free(&out);
}

/* By hand: 8 [6, 12] against 4 [2, 5]; ln 2 ± the roots of the sums of squares. */
static void ratio_by_hand(void **state)
{
    struct estimate x = {.known = true, .value = 4, .low = 2, .high = 5, .coverage = 0.97, .n = 6};
    struct estimate y = {.known = true, .value = 8, .low = 6, .high = 12, .coverage = 0.96, .n = 9};
    struct estimate r = estimate_ratio(&x, &y, false), back = estimate_ratio(&y, &x, false);

    (void)state;
    assert_true(r.known && r.value == 2 && r.coverage == 0.96 && r.n == 6);
    assert_true(fabs(log(r.low) - (log(2) - hypot(log(8.0 / 6), log(5.0 / 4)))) < 1e-12);
    assert_true(fabs(log(r.high) - (log(2) + hypot(log(12.0 / 8), log(4.0 / 2)))) < 1e-12);
    assert_true(fabs(r.low * back.high - 1) < 1e-12 && fabs(r.high * back.low - 1) < 1e-12);
    assert_true(fabs(estimate_ratio(&x, &y, true).value - 0.5) < 1e-12); /* more is better */
    assert_true(estimate_told(&r) == (r.low > 1));
    x.coverage = 0.93; /* five runs */
    r = estimate_ratio(&x, &y, false);
    assert_false(estimate_told(&r));
    x.value = x.low = 0;
    assert_false(estimate_ratio(&x, &y, false).known);
}

static struct result *a_result(void)
{
    return made_result("{\"created\":\"2026-11-28T09:00:00Z\",\"command\":\"limpet bench\","
                       "\"host\":{\"cpu_model\":\"A CPU\",\"cpus\":2,\"load\":[12.0,3.0,"
                       "1.0]},\"runs\":[],\"rows\":[],\"skipped\":[]}");
}

/* A suite on a platform: n runs of a row around a value. */
static void add(struct result *result, const char *suite, const char *platform, bool lab,
                const char *name, const char *unit, double value, int n)
{
    struct facts *run = facts_new();
    struct rows rows = {0};

    facts_set_text(run, "suite", suite);
    facts_set_text(run, "platform", platform);
    facts_set_text(run, "mode", lab ? "lab" : "native");
    facts_set_truth(run, "emulated", true);
    for (int i = 0; i < n; i++)
        rows_figure(&rows, suite, name, unit, !strcmp(suite, "stream") ? "more" : "less",
                    value * (1 + (i * 7 % 5 - 2) * 0.01));
    rows_finish(&rows);
    results_add(result, run, &rows);
}

static bool says(const struct result *result, const char *text)
{
    struct buf out = {0}, flat = {0};
    bool found;

    screen_format(result, &out);
    for (size_t i = 0; i < out.len; i++)
        buf_add(&flat, out.data[i] == '\n' ? " " : out.data + i, 1);
    found = strstr(flat.data, text) != NULL;
    buf_free(&out);
    buf_free(&flat);
    return found;
}

static void sentences(void **state)
{
    struct result *r = a_result();
    struct facts *busy, *other, *hidden = facts_new();

    (void)state;
    add(r, "boot", "xen-pvh", true, "start to exit", "ms", 100, 9);
    add(r, "boot", "xen-hvm", true, "start to exit", "ms", 260, 9);
    add(r, "boot", "kvm", true, "start to exit", "ms", 100, 6);
    add(r, "boot", "vmm", true, "start to exit", "ms", 100, 6);
    add(r, "boot", "qemu", false, "start to exit", "ms", 10, 20);
    add(r, "stream", "xen-pvh", true, "Triad", "MB/s", 1000, 9);
    add(r, "stream", "xen-hvm", true, "Triad", "MB/s", 500, 9);
    add(r, "basic", "kvm", true, "getpid", "cycles", 10, 1);
    add(r, "basic", "vmm", true, "getpid", "cycles", 90, 1);
    assert_true(says(r, "PVH boots 2.60 times faster than HVM (95 %: 2.53–2.67)."));
    assert_true(says(r, "PVH does STREAM's Triad 2.00 times faster than HVM"));
    assert_true(says(r, "Cannot tell KVM from VMM by boot: 6 boots; by getpid: 1 run."));
    busy = (struct facts *)results_find_run(r, "basic", "vmm");
    facts_set_number(busy, "busy.load", 11);
    facts_set_count(busy, "busy.cpus", 2);
    assert_true(says(r, "by getpid: 1 run; load 11 on 2 CPUs."));
    assert_true(says(r, "The machine was busy while VMM ran (load 11 on 2 CPUs)."));
    other = (struct facts *)results_find_run(r, "boot", "qemu");
    facts_set_number(other, "busy.load", 5);
    facts_set_count(other, "busy.cpus", 2);
    assert_true(says(r, "was busy while VMM and QEMU ran (QEMU: load 5.0 on 2 CPUs)."));
    assert_true(says(r, " KVM, VMM, HVM and PVH ran in a lab whose hardware virtualization QEMU "
                        "emulates"));
    assert_false(says(r, "confidential"));
    facts_set_text(hidden, "active", "none");
    facts_set(busy, "confidential", hidden);
    assert_false(says(r, "confidential"));
    facts_set_text(hidden, "active", "sev");
    facts_set(busy, "confidential", hidden);
    facts_free(hidden);
    assert_true(says(r, " VMM ran confidential guests, whose memory is hidden from the host"));
    /* What ran in another place is held against nothing. */
    assert_false(says(r, "QEMU (95"));
    results_free(r);
}

/* As many lines and columns as a screen has, whatever there is to tell. */
static void fits(void **state)
{
    const struct platform *all[PLATFORMS_MAX];
    const int count = platform_every(all);
    static const char *const rows[][3] = {
        {"basic", "getpid", "cycles"},
        {"basic", "sched_yield", "cycles"},
        {"basic", "malloc(1 MiB)", "cycles"},
        {"basic", "first page access", "cycles"},
        {"stream", "Copy", "MB/s"},
        {"stream", "Scale", "MB/s"},
        {"stream", "Add", "MB/s"},
        {"stream", "Triad", "MB/s"},
        {"boot", "start to exit", "ms"},
        {"boot", "start to first byte", "ms"},
        {"boot", "door to main", "us"},
        {"boot", "create", "ms"},
        {"throughput", "1 at once", "boots/s"},
        {"throughput", "16 at once", "boots/s"},
        {"vmm", "hypercall, port", "cycles"},
        {"vmm", "hello, start to exit", "ms"},
    };

    (void)state;
    for (int full = 0; full < 2;
         full++) { /* only what make bench measures; all, and much skipped */
        struct result *r = a_result();
        struct buf out = {0};
        size_t lines = 0, column = 0;

        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            for (int p = 0; p < count; p++)
                if (full || (i < 12 && suite_fits(suite_find(rows[i][0]), all[p], true)))
                    add(r, rows[i][0], all[p]->name, p != 2, rows[i][1], rows[i][2],
                        12345678.9 * (p + 1), full ? 12 : 6);
        for (int p = 0; full && p < count; p++)
            results_skip(r, "basic", all[p]->name,
                         "a reason that is longer than any line of a terminal has ever been, and "
                         "has\nseveral lines");
        screen_format(r, &out);
        for (size_t i = 0; i < out.len; i++) {
            column += (out.data[i] & 0xc0) != 0x80;
            if (out.data[i] != '\n')
                continue;
            assert_in_range(column - 1, 0, SCREEN_COLUMNS);
            column = 0;
            lines++;
        }
        assert_in_range(lines, 30, SCREEN_LINES - SCREEN_SPARE);
        assert_non_null(strstr(out.data, "times faster than"));
        buf_free(&out);
        results_free(r);
    }
}

/* Nothing at all, and rows of --only. */
static void odd(void **state)
{
    struct result *r = a_result();

    (void)state;
    assert_true(says(r, "2026-11-28, A CPU, load 12 on 2 CPUs at the start"));
    add(r, "basic", "qemu", false, "rdtsc pair", "cycles", 10, 3);
    facts_set_text(r->runs[0], "only", "rdtsc pair");
    assert_true(says(r, "  rdtsc pair "));
    results_free(r);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(wraps), cmocka_unit_test(ratio_by_hand), cmocka_unit_test(sentences),
        cmocka_unit_test(fits),  cmocka_unit_test(odd),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
