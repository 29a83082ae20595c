/* The classic tables, from a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/tables.h"
#include "measure/bench.h"
#include "results/busy.h"
#include "show/distribution.h"
#include "results/disturbance.h"
#include "results/estimate.h"
#include "exits/exits.h"
#include "measure/isolation.h"
#include "results/origin.h"
#include "results/results.h"
#include "show/table.h"
#include "show/time_line.h"
#include "base/parallel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one call of tables_format works on. */
struct page {
    json_t *result;
    const struct platform *const *all;
    int all_count;
    const struct platform *columns[BENCH_PLATFORMS]; /* of the table at hand */
    int count;
    size_t usual[BENCH_PLATFORMS]; /* runs, in the table's heading */
    struct buf *out;
    struct buf reasons; /* one line per skipped cell */
    struct buf remarks; /* on distributions */
    unsigned skipped;
};

/* A row of a table: the row in the result, how it is called here, and which key of it is shown. */
struct line {
    const char *name, *label, *key; /* key: in the row, or with a leading '.' in its stats */
};

static const struct line basic_lines[] = {
    {"getpid", "system call (getpid)", "value"},
    {"sched_yield", "reschedule (sched_yield)", "value"},
    {"malloc(1 MiB)", "malloc()", "value"},
    {"first page access", "write access (first page access)", "value"},
    {NULL, NULL, NULL},
};

static const struct line stream_lines[] = {
    {"Copy", "Copy", "value"},   {"Scale", "Scale", "value"}, {"Add", "Add", "value"},
    {"Triad", "Triad", "value"}, {NULL, NULL, NULL},
};

static const struct line boot_lines[] = {
    {"start to exit", "start to exit, median [ms]", "value"},
    {"start to exit", "start to exit, minimum [ms]", ".min"},
    {"start to first byte", "start to first byte, median [ms]", "value"},
    {"door to main", "door to main, median [µs]", "value"},
    {"door to main", "door to main, minimum [µs]", ".min"},
    {NULL, NULL, NULL},
};

/* What only Xen's toolstack lets us see. */
static const struct line xen_lines[] = {
    {"create", "xl create, median [ms]", "value"},
    {"unpause to exit", "unpause to exit, median [ms]", "value"},
    {"unpause to door", "unpause to door, median [µs]", "value"},
    {"unpause to main", "unpause to main, median [µs]", "value"},
    {NULL, NULL, NULL},
};

/* Of a VMM's guests: what they time themselves, and their lives. */
#define SAME(name)                                                                                 \
    {                                                                                              \
        name, name, "value"                                                                        \
    }
static const struct line guest_lines[] = {
    SAME("fibonacci(30)"),    SAME("fibonacci(90)"),   SAME("matrix 8x8"),
    SAME("characters 1 KiB"), SAME("multiply 9x9"),    SAME("counter, a line"),
    SAME("hypercall, CPUID"), SAME("hypercall, port"), {NULL, NULL, NULL},
};

static const struct line life_lines[] = {
    SAME("hello, set-up"),
    SAME("hello, start to exit"),
    SAME("fibonacci, start to exit"),
    SAME("matrix, start to exit"),
    SAME("characters, start to exit"),
    SAME("multiply, start to exit"),
    SAME("counter, start to exit"),
    {NULL, NULL, NULL},
};

static bool has_column(const struct platform *p) { return !p->boot_only; }
static bool is_boot_only(const struct platform *p) { return p->boot_only; }
static bool is_xen(const struct platform *p) { return p->lab && !strcmp(p->lab, "xen"); }

/* The columns are now the platforms of a kind (NULL: all). Returns whether there is one. */
static bool pick_columns(struct page *p, bool (*kind)(const struct platform *))
{
    p->count = 0;
    for (int i = 0; i < p->all_count && p->count < BENCH_PLATFORMS; i++)
        if (!kind || kind(p->all[i]))
            p->columns[p->count++] = p->all[i];
    return p->count > 0;
}

static json_t *pick(json_t *row, const char *key)
{
    return key[0] == '.' ? json_object_get(json_object_get(row, "stats"), key + 1)
                         : json_object_get(row, key);
}

/* What a line shows of a row, as text. */
static void text_of(const struct estimate *e, json_t *row, const char *key, struct buf *out)
{
    if (key[0] == '.')
        estimate_beside(out, e, json_number_value(pick(row, key)), NUMBER_PLAIN);
    else
        estimate_text(out, e, NUMBER_PLAIN);
}

/* A skipped cell, its reason for below. */
static void skip(struct page *p, struct table *t, const char *suite, const char *label,
                 const struct platform *platform)
{
    const char *reason = results_reason(p->result, suite, platform->name);

    table_cell(t, "SKIP");
    p->skipped++;
    buf_printf(&p->reasons, "SKIP %s, %s: %s\n", platform->title, label,
               reason ? reason : "the guest did not report it");
}

/* One line of the heading: what the platforms' first run says of a key. */
static void heading_line(struct page *p, struct table *t, const char *suite, const char *label,
                         const char *key)
{
    table_cell(t, "%s", label);
    for (int i = 0; i < p->count; i++) {
        json_t *value =
            json_object_get(results_find_run(p->result, suite, p->columns[i]->name), key);

        if (json_is_string(value))
            table_cell(t, "%s", json_string_value(value));
        else if (json_is_integer(value))
            table_cell(t, "%d", (int)json_integer_value(value));
        else
            table_cell(t, "%s", json_is_true(value) ? "emulated" : "");
    }
}

static void heading(struct page *p, struct table *t, const char *suite, const char *title)
{
    bool emulated = false;

    t->columns = (size_t)p->count + 1;
    table_cell(t, "%s", title);
    for (int i = 0; i < p->count; i++)
        table_cell(t, "%s", p->columns[i]->title);
    heading_line(p, t, suite, "  where", "mode");
    heading_line(p, t, suite, "  nesting level", "nesting");
    for (int i = 0; i < p->count; i++)
        emulated |= json_is_true(
            json_object_get(results_find_run(p->result, suite, p->columns[i]->name), "emulated"));
    if (emulated)
        heading_line(p, t, suite, "", "emulated");
}

/* Which of a table's columns were measured on a busy machine. Returns whether any was. */
static bool busy_lines(struct page *p, const char *suite)
{
    bool any = false;

    for (int i = 0; i < p->count; i++) {
        struct buf how = {0};

        any |= busy_tell(results_find_run(p->result, suite, p->columns[i]->name), &how);
        if (how.len)
            buf_printf(p->out, "%s was measured on a busy machine: %s\n", p->columns[i]->title,
                       how.data);
        buf_free(&how);
    }
    return any;
}

/* suite: NULL for a table that only goes on. */
static void finish(struct page *p, struct table *t, const char *suite)
{
    table_format(t, p->out);
    if (suite)
        busy_lines(p, suite);
    buf_str(p->out, "\n");
    table_free(t);
}

/* The number of runs behind a table's figures; a cell of another number says so itself. */
static void line_of_n(struct page *p, struct table *t, const char *suite, const struct line *line)
{
    table_cell(t, "  n");
    for (int i = 0; i < p->count; i++) {
        size_t n = 0;

        for (const struct line *l = line; l->name && !n; l++)
            n = estimate_value(results_row(p->result, suite, l->name, p->columns[i]->name)).n;
        p->usual[i] = n;
        if (n)
            table_cell(t, "%zu", n);
        else
            table_cell(t, "%s", "");
    }
}

static void cell(struct page *p, struct table *t, json_t *row, const char *key, int column)
{
    struct estimate e = estimate_value(row);
    struct buf text = {0};

    text_of(&e, row, key, &text);
    if (e.n != p->usual[column])
        buf_printf(&text, " (n %zu)", e.n);
    table_cell(t, "%s", text.data);
    buf_free(&text);
}

/* Of a figure that is a mean, the median of the same samples. */
static void line_of_medians(struct page *p, struct table *t, const char *suite,
                            const struct line *line)
{
    bool any = false;

    for (int i = 0; i < p->count; i++)
        any |= disturbance_is_mean(results_row(p->result, suite, line->name, p->columns[i]->name));
    if (any)
        table_cell(t, "  median of single ones");
    for (int i = 0; i < p->count && any; i++) {
        json_t *row = results_row(p->result, suite, line->name, p->columns[i]->name);
        struct estimate e = estimate_median(row);
        struct buf text = {0};

        buf_str(&text, "");
        if (e.known)
            estimate_text(&text, &e, NUMBER_PLAIN);
        table_cell(t, "%s", e.known ? text.data : "-");
        buf_free(&text);
    }
}

/* Cells that may be empty are not counted as skipped. */
static void lines(struct page *p, struct table *t, const char *suite, const struct line *line,
                  bool may_be_empty)
{
    for (; line->name; line++) {
        table_cell(t, "%s", line->label);
        for (int i = 0; i < p->count; i++) {
            json_t *row = results_row(p->result, suite, line->name, p->columns[i]->name);

            if (pick(row, line->key))
                cell(p, t, row, line->key, i);
            else if (may_be_empty)
                table_cell(t, "-");
            else
                skip(p, t, suite, line->label, p->columns[i]);
        }
        line_of_medians(p, t, suite, line);
    }
}

static void distributions(struct page *p, const char *suite, const char *title)
{
    struct distribution d = {.result = p->result,
                             .suite = suite,
                             .title = title,
                             .columns = p->columns,
                             .count = p->count};

    distribution_format(&d, p->out, &p->remarks);
}

static void basic(struct page *p)
{
    struct table t = {0};
    bool only;

    if (!pick_columns(p, has_column))
        return;
    only = json_object_get(results_find_run(p->result, "basic", p->columns[0]->name), "only");
    if (!only) {
        heading(p, &t, "basic", "Basic: CPU cycles per call");
        line_of_n(p, &t, "basic", basic_lines);
        lines(p, &t, "basic", basic_lines, false);
        finish(p, &t, "basic");
    } else {
        t.columns = 1;
        for (int i = 0; i < p->count; i++)
            if (results_reason(p->result, "basic", p->columns[i]->name))
                skip(p, &t, "basic", "basic", p->columns[i]);
        table_free(&t);
    }
    distributions(p, "basic", "Basic: distribution, CPU cycles");
    if (only && busy_lines(p, "basic"))
        buf_str(p->out, "\n");
}

static void stream(struct page *p)
{
    struct table t = {0};

    if (!pick_columns(p, has_column))
        return;
    heading(p, &t, "stream", "STREAM: best rate, MB/s");
    line_of_n(p, &t, "stream", stream_lines);
    lines(p, &t, "stream", stream_lines, false);
    table_cell(&t, "result validates");
    for (int i = 0; i < p->count; i++) {
        json_t *run = results_find_run(p->result, "stream", p->columns[i]->name);
        json_t *valid = json_object_get(run, "valid"), *text = json_object_get(valid, "text");

        if (!valid) {
            skip(p, &t, "stream", "result validates", p->columns[i]);
            continue;
        }
        table_cell(&t, json_is_true(json_object_get(valid, "ok")) ? "yes" : "NO");
        if (json_is_true(json_object_get(valid, "ok")))
            continue;
        p->skipped++;
        buf_printf(&p->reasons, "STREAM on %s computed wrong results: %s\n", p->columns[i]->title,
                   text ? json_string_value(text) : "");
    }
    finish(p, &t, "stream");
    distribution_times(
        &(struct distribution){.result = p->result,
                               .suite = "stream",
                               .title = "STREAM: seconds per pass, medians of the runs'",
                               .columns = p->columns,
                               .count = p->count},
        p->out);
}

static void boot_table(struct page *p, const char *title, const struct line *line,
                       bool may_be_empty)
{
    struct table t = {0};

    heading(p, &t, "boot", title);
    line_of_n(p, &t, "boot", line);
    lines(p, &t, "boot", line, may_be_empty);
    finish(p, &t, "boot");
}

static void boot(struct page *p)
{
    if (pick_columns(p, has_column))
        boot_table(p, "Boot: hello", boot_lines, false);
    if (pick_columns(p, is_boot_only))
        boot_table(p, "Boot from a disk: hello", boot_lines, false);
    if (pick_columns(p, is_xen))
        boot_table(p, "Boot on Xen: hello", xen_lines, true);
    pick_columns(p, NULL);
    time_line_format(p->result, p->columns, p->count, p->out);
    distributions(p, "boot", "Boot: distribution");
}

/* One line for each number of guests at once that any platform has. */
static void throughput(struct page *p)
{
    struct table t = {0};
    char name[24], label[64];

    if (!pick_columns(p, has_column))
        return;
    heading(p, &t, "throughput", "Throughput: boots a second, median");
    line_of_n(p, &t, "throughput", (const struct line[]){{"1 at once", "", "value"}, {0}});
    for (int n = 1; n <= 1024; n *= 2) {
        const struct line line[] = {{name, label, "value"}, {NULL, NULL, NULL}};
        bool any = n == 1;

        snprintf(name, sizeof name, "%d at once", n);
        snprintf(label, sizeof label, "%d guest%s at once", n, n > 1 ? "s" : "");
        for (int i = 0; i < p->count; i++)
            any |= results_row(p->result, "throughput", name, p->columns[i]->name) != NULL;
        if (any)
            lines(p, &t, "throughput", line, n > 1);
    }
    finish(p, &t, "throughput");
}

/* For how long the guests at once all held their own memory, or NULL. */
static json_t *held(struct page *p, const struct platform *platform)
{
    char name[64];
    json_t *row = NULL;

    for (int n = 2; n <= PARALLEL_MAX && !row; n++) {
        snprintf(name, sizeof name, ISOLATION_HELD, n);
        row = results_row(p->result, "vmm", name, platform->name);
    }
    return row;
}

/* A line where guests at once were asked for. */
static void isolation(struct page *p, struct table *t)
{
    static const char label[] = "guests at once, all held their memory";
    bool any = false;

    for (int i = 0; i < p->count; i++) {
        const char *why = results_reason(p->result, "vmm", p->columns[i]->name);

        any |= held(p, p->columns[i]) || (why && !strncmp(why, "isolation:", 10));
    }
    if (any)
        table_cell(t, label);
    for (int i = 0; i < p->count && any; i++) {
        json_t *row = held(p, p->columns[i]);

        if (row)
            cell(p, t, row, "value", i);
        else
            skip(p, t, "vmm", label, p->columns[i]);
    }
}

static void vmm(struct page *p)
{
    struct table cycles = {0}, times = {0};

    if (!pick_columns(p, has_column))
        return;
    heading(p, &cycles, "vmm", "A VMM's guests: their own time, CPU cycles");
    line_of_n(p, &cycles, "vmm", guest_lines);
    lines(p, &cycles, "vmm", guest_lines, false);
    finish(p, &cycles, "vmm");
    heading(p, &times, "vmm", "A VMM's guests: their lives, ms");
    line_of_n(p, &times, "vmm", life_lines);
    lines(p, &times, "vmm", life_lines, false);
    isolation(p, &times);
    finish(p, &times, NULL);
    distributions(p, "vmm", "A VMM's guests: distribution");
}

unsigned tables_format(json_t *result, unsigned suites, const struct platform *const *columns,
                       int count, struct buf *out)
{
    struct page p = {.result = result, .all = columns, .all_count = count, .out = out};

    if (suites & SUITE_BASIC)
        basic(&p);
    if (suites & SUITE_STREAM)
        stream(&p);
    if (suites & SUITE_BOOT)
        boot(&p);
    if (suites & SUITE_THROUGHPUT)
        throughput(&p);
    if (suites & SUITE_VMM)
        vmm(&p);
    if (p.remarks.len)
        buf_printf(out, "%s\n", p.remarks.data);
    exits_table(result, out);
    if (p.reasons.len)
        buf_printf(out, "%s\n", p.reasons.data);
    for (int i = 0; i < count; i++)
        origin_line(result, columns[i], out);
    buf_free(&p.reasons);
    buf_free(&p.remarks);
    return p.skipped;
}
