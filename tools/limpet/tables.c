/* The classic tables, from a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "tables.h"
#include "exits.h"
#include "bars.h"
#include "bench.h"
#include "isolation.h"
#include "limpet.h"
#include "results.h"
#include "table.h"
#include "time_line.h"

#include <math.h>
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
    struct buf *out;
    struct buf reasons; /* one line per skipped cell */
    struct buf remarks; /* on distributions */
    bool bars;
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
    {"start to exit", "start to exit, median [ms]", ".p50"},
    {"start to exit", "start to exit, minimum [ms]", ".min"},
    {"start to first byte", "start to first byte, median [ms]", ".p50"},
    {"door to main", "door to main, median [µs]", ".p50"},
    {"door to main", "door to main, minimum [µs]", ".min"},
    {NULL, NULL, NULL},
};

/* What only Xen's toolstack lets us see. */
static const struct line xen_lines[] = {
    {"create", "xl create, median [ms]", ".p50"},
    {"unpause to exit", "unpause to exit, median [ms]", ".p50"},
    {"unpause to door", "unpause to door, median [µs]", ".p50"},
    {"unpause to main", "unpause to main, median [µs]", ".p50"},
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

/* The unit where it is not that of the whole table, which is in the title; "" otherwise. */
static const char *unit_of(json_t *row)
{
    const char *unit = json_text(row, "unit");

    return strcmp(unit, "cycles") ? unit_text(unit) : "";
}

/* What the reader of a distribution must know besides. */
static void remark(struct page *p, json_t *row, const char *name, const struct platform *platform)
{
    json_t *stats = json_object_get(row, "stats"), *modes = json_object_get(stats, "modes");

    if (modes)
        buf_printf(&p->remarks, "Two modes: %s on %s, at %.6g and %.6g\n", name, platform->title,
                   json_number_value(json_array_get(modes, 0)),
                   json_number_value(json_array_get(modes, 1)));
}

static json_t *pick(json_t *row, const char *key)
{
    return key[0] == '.' ? json_object_get(json_object_get(row, "stats"), key + 1)
                         : json_object_get(row, key);
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

static void finish(struct page *p, struct table *t)
{
    table_format(t, p->out);
    buf_str(p->out, "\n");
    table_free(t);
}

/* Each line of a table once more as a group of bars, one a platform. */
static void draw(struct page *p, const char *suite, const struct line *line)
{
    for (; p->bars && p->count > 1 && line->name; line++) {
        double most = 0;

        for (int i = 0; i < p->count; i++)
            most = fmax(most, json_number_value(pick(
                                  results_row(p->result, suite, line->name, p->columns[i]->name),
                                  line->key)));
        if (most <= 0)
            continue;
        buf_printf(p->out, "%s\n", line->label);
        for (int i = 0; i < p->count; i++) {
            json_t *row = results_row(p->result, suite, line->name, p->columns[i]->name);
            double value = json_number_value(pick(row, line->key));

            buf_printf(p->out, "  %-18s ", p->columns[i]->title);
            bar(p->out, value, most);
            buf_printf(p->out, value >= 100 ? " %.0f\n" : " %.1f\n", value);
        }
    }
    if (p->bars && p->count > 1)
        buf_str(p->out, "\n");
}

/* Cells that may be empty are not counted as skipped. */
static void lines(struct page *p, struct table *t, const char *suite, const struct line *line,
                  int decimals, bool may_be_empty)
{
    for (; line->name; line++) {
        table_cell(t, "%s", line->label);
        for (int i = 0; i < p->count; i++) {
            json_t *row = results_row(p->result, suite, line->name, p->columns[i]->name);
            json_t *value = pick(row, line->key);

            if (value)
                table_cell(t, "%.*f", decimals, json_number_value(value));
            else if (may_be_empty)
                table_cell(t, "-");
            else
                skip(p, t, suite, line->label, p->columns[i]);
        }
    }
}

/* Every row of a suite with its distribution, platform by platform. */
static void distributions(struct page *p, const char *suite, const char *title)
{
    static const char *const keys[] = {"min", "p50", "p95", "p99", "p999", "max"};
    static const size_t count = sizeof keys / sizeof *keys;
    struct table t = {.columns = 2 + count};
    json_t *row;
    size_t i;

    table_cell(&t, "%s", title);
    table_cell(&t, "%s", "");
    for (size_t k = 0; k < count; k++)
        table_cell(&t, "%s", strcmp(keys[k], "p999") ? keys[k] : "p99.9");
    for (int c = 0; c < p->count; c++)
        for (i = 0; (row = json_array_get(json_object_get(p->result, "rows"), i)); i++) {
            const char *name = json_string_value(json_object_get(row, "name"));

            if (row != results_row(p->result, suite, name ? name : "", p->columns[c]->name))
                continue;
            if (json_object_get(row, "stage"))
                continue; /* in the time line */
            table_cell(&t, unit_of(row)[0] ? "%s [%s]" : "%s%s", name, unit_of(row));
            remark(p, row, name, p->columns[c]);
            table_cell(&t, "%s", p->columns[c]->title);
            for (size_t k = 0; k < count; k++) {
                json_t *value = json_object_get(json_object_get(row, "stats"), keys[k]);

                if (value)
                    table_cell(&t, unit_of(row)[0] ? "%.1f" : "%.0f", json_number_value(value));
                else
                    table_cell(&t, "-");
            }
        }
    if (t.cells.n > t.columns)
        finish(p, &t);
    else
        table_free(&t);
}

static void basic(struct page *p)
{
    struct table t = {0};

    if (!pick_columns(p, has_column))
        return;
    if (!json_object_get(results_find_run(p->result, "basic", p->columns[0]->name), "only")) {
        heading(p, &t, "basic", "Basic: CPU cycles per call, mean");
        lines(p, &t, "basic", basic_lines, 0, false);
        finish(p, &t);
        draw(p, "basic", basic_lines);
    } else {
        t.columns = 1;
        for (int i = 0; i < p->count; i++)
            if (results_reason(p->result, "basic", p->columns[i]->name))
                skip(p, &t, "basic", "basic", p->columns[i]);
        table_free(&t);
    }
    distributions(p, "basic", "Basic: distribution, CPU cycles");
}

static void stream_times(struct page *p)
{
    struct table t = {.columns = 5};

    table_cell(&t, "STREAM: seconds per pass");
    table_cell(&t, "%s", "");
    table_cell(&t, "avg");
    table_cell(&t, "min");
    table_cell(&t, "max");
    for (const struct line *l = stream_lines; l->name; l++)
        for (int i = 0; i < p->count; i++) {
            json_t *row = results_row(p->result, "stream", l->name, p->columns[i]->name);

            if (!row)
                continue;
            table_cell(&t, "%s", l->label);
            table_cell(&t, "%s", p->columns[i]->title);
            table_cell(&t, "%.6f", json_number_value(json_object_get(row, "avg_s")));
            table_cell(&t, "%.6f", json_number_value(json_object_get(row, "min_s")));
            table_cell(&t, "%.6f", json_number_value(json_object_get(row, "max_s")));
        }
    if (t.cells.n > t.columns)
        finish(p, &t);
    else
        table_free(&t);
}

static void stream(struct page *p)
{
    struct table t = {0};

    if (!pick_columns(p, has_column))
        return;
    heading(p, &t, "stream", "STREAM: best rate, MB/s");
    lines(p, &t, "stream", stream_lines, 1, false);
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
    finish(p, &t);
    draw(p, "stream", stream_lines);
    stream_times(p);
}

static void boot_table(struct page *p, const char *title, const struct line *line,
                       bool may_be_empty)
{
    struct table t = {0};

    heading(p, &t, "boot", title);
    lines(p, &t, "boot", line, 2, may_be_empty);
    finish(p, &t);
    draw(p, "boot", line);
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
    for (int n = 1; n <= 1024; n *= 2) {
        const struct line line[] = {{name, label, "value"}, {NULL, NULL, NULL}};
        bool any = n == 1;

        snprintf(name, sizeof name, "%d at once", n);
        snprintf(label, sizeof label, "%d guest%s at once", n, n > 1 ? "s" : "");
        for (int i = 0; i < p->count; i++)
            any |= results_row(p->result, "throughput", name, p->columns[i]->name) != NULL;
        if (any)
            lines(p, &t, "throughput", line, 2, n > 1);
    }
    finish(p, &t);
}

/* For how long the guests at once all held their own memory, or NULL. */
static json_t *held(struct page *p, const struct platform *platform)
{
    char name[64];
    json_t *row = NULL;

    for (int n = 2; n <= AT_ONCE && !row; n++) {
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
            table_cell(t, "%.2f", json_number_value(json_object_get(row, "value")));
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
    lines(p, &cycles, "vmm", guest_lines, 1, false);
    finish(p, &cycles);
    heading(p, &times, "vmm", "A VMM's guests: their lives, ms");
    lines(p, &times, "vmm", life_lines, 2, false);
    isolation(p, &times);
    finish(p, &times);
    distributions(p, "vmm", "A VMM's guests: distribution");
}

static const char *text_of(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : "?";
}

/* One line: where a platform's figures come from. */
static void provenance(struct page *p, const struct platform *platform)
{
    json_t *run, *first = NULL;
    struct buf images = {0};
    size_t i;

    for (i = 0; (run = json_array_get(json_object_get(p->result, "runs"), i)); i++)
        if (!strcmp(text_of(run, "platform"), platform->name)) {
            char *image =
                xasprintf("%s %.12s", text_of(run, "image"), text_of(run, "image_sha256"));

            first = first ? first : run;
            if (!images.len || !strstr(images.data, image))
                buf_printf(&images, "%s%s", images.len ? ", " : "", image);
            free(image);
        }
    if (first)
        buf_printf(
            p->out, "%s: %s, nesting %d%s%s; %s %s; Linux %s; %s; %d vCPU, %d MiB; %s\n",
            platform->title, text_of(first, "mode"),
            (int)json_integer_value(json_object_get(first, "nesting")),
            json_is_true(json_object_get(first, "emulated")) ? ", emulated: " : "",
            json_is_true(json_object_get(first, "emulated")) ? text_of(first, "emulated_by") : "",
            text_of(first, "vmm"), text_of(first, "vmm_version"), text_of(first, "kernel"),
            text_of(first, "cpu_model"), (int)json_integer_value(json_object_get(first, "vcpus")),
            (int)json_integer_value(json_object_get(first, "mem_mib")), images.data);
    buf_free(&images);
}

unsigned tables_format(json_t *result, unsigned suites, const struct platform *const *columns,
                       int count, bool bars, struct buf *out)
{
    struct page p = {
        .result = result, .all = columns, .all_count = count, .bars = bars, .out = out};

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
        provenance(&p, columns[i]);
    buf_free(&p.reasons);
    buf_free(&p.remarks);
    return p.skipped;
}
