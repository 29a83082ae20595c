/* The last screen of a measurement: the classic tables in short, what was skipped, the findings.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/screen.h"
#include "vm/platforms.h"
#include "results/busy.h"
#include "results/estimate.h"
#include "show/findings.h"
#include "results/results.h"
#include "show/text.h"
#include "base/quote.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEDIAN         "p50"
#define SKIPS_SHOWN    4
#define ASKED          12 /* rows of --only, most */
#define FINDINGS_LINES 8  /* are kept free of tables */

/* A row of a table: the row in the result, how it is called here, and which figure of it. */
struct line {
    const char *name, *label;
    const char *stat; /* of its samples, MEDIAN, or NULL for its value */
};

struct section {
    const char *suite, *title;
    bool disk;         /* of the platforms that boot from a disk, else of the others */
    const char *count; /* what its repetitions are called */
    const struct line *lines;
};

static const struct line basic_lines[] = {
    {"getpid", "system call (getpid)", NULL},
    {"sched_yield", "reschedule (sched_yield)", NULL},
    {"malloc(1 MiB)", "malloc()", NULL},
    {"first page access", "write access (first page)", NULL},
    {"first page access", "  the median access", MEDIAN},
    {NULL, NULL, NULL},
};

static const struct line stream_lines[] = {
    {"Copy", "Copy", NULL},   {"Scale", "Scale", NULL}, {"Add", "Add", NULL},
    {"Triad", "Triad", NULL}, {NULL, NULL, NULL},
};

static const struct line boot_lines[] = {
    {"start to exit", "start to exit [ms]", NULL},
    {"start to exit", "  the fastest [ms]", "min"},
    {"start to first byte", "start to first byte [ms]", NULL},
    {"door to main", "door to main [µs]", NULL},
    {"create", "xl create [ms]", NULL},
    {NULL, NULL, NULL},
};

static const struct line disk_lines[] = {
    {"start to exit", "start to exit [ms]", NULL},
    {"door to main", "door to main [µs]", NULL},
    {NULL, NULL, NULL},
};

static const struct line throughput_lines[] = {
    {"1 at once", "1 guest at once", NULL},    {"2 at once", "2 guests at once", NULL},
    {"4 at once", "4 guests at once", NULL},   {"8 at once", "8 guests at once", NULL},
    {"16 at once", "16 guests at once", NULL}, {NULL, NULL, NULL},
};

static const struct line vmm_lines[] = {
    {"fibonacci(90)", "fibonacci(90) [cycles]", NULL},
    {"matrix 8x8", "matrix 8x8 [cycles]", NULL},
    {"hypercall, CPUID", "CPUID's exit [cycles]", NULL},
    {"hypercall, port", "a port's exit [cycles]", NULL},
    {"hello, start to exit", "hello, start to exit [ms]", NULL},
    {NULL, NULL, NULL},
};

static const struct section sections[] = {
    {"basic", "CPU cycles per call", false, "runs", basic_lines},
    {"stream", "STREAM, MB/s, best pass", false, "runs", stream_lines},
    {"boot", "Boot to hello, median", false, "boots", boot_lines},
    {"boot", "Boot from a disk, median", true, "boots", disk_lines},
    {"throughput", "Boots a second, median", false, "rounds", throughput_lines},
    {"vmm", "A VMM's guests, median", false, "runs", vmm_lines},
};
#define SECTIONS (sizeof sections / sizeof *sections)

/* Has a suite something on a platform: figures, or a reason why not? */
static bool mentions(json_t *result, const char *suite, const struct platform *p)
{
    return results_find_run(result, suite, p->name) || results_reason(result, suite, p->name);
}

/* The platforms of a section; returns how many. */
static int columns_of(json_t *result, const struct section *s, const struct platform **columns)
{
    const struct platform *all[PLATFORMS_MAX];
    int n = platform_list("all", all, PLATFORMS_MAX), count = 0;

    for (int i = 0; i < n; i++)
        if (all[i]->boot_only == s->disk && mentions(result, s->suite, all[i]))
            columns[count++] = all[i];
    return count;
}

static void cell(struct sheet *t, json_t *row, const char *stat)
{
    bool median = stat && !strcmp(stat, MEDIAN);
    struct estimate e = median ? estimate_median(row) : estimate_figure(row);
    struct buf text = {0};
    double value;

    if (!e.known)
        buf_str(&text, "-");
    else if (!stat || median)
        estimate_text(&text, &e, NUMBER_PLAIN);
    else if (estimate_stat(row, stat, &value))
        estimate_beside(&text, &e, value, NUMBER_PLAIN);
    sheet_cell(t, "%s", text.len ? text.data : "-");
    buf_free(&text);
}

/* How often each platform was measured: the runs of the section's first row there. */
static void counts(json_t *result, const struct section *s, const struct platform **columns,
                   int count, struct sheet *t)
{
    sheet_cell(t, "  %s", s->count);
    for (int i = 0; i < count; i++) {
        struct estimate e = {0};

        for (const struct line *l = s->lines; l->name && !e.known; l++)
            e = estimate_figure(results_row(result, s->suite, l->name, columns[i]->name));
        if (e.known)
            sheet_cell(t, "%zu", e.n);
        else
            sheet_cell(t, "SKIP");
    }
}

/* A line on whether the results are right, where some are not: there the figures mean nothing. */
static void validity(json_t *result, const struct section *s, const struct platform **columns,
                     int count, struct sheet *t)
{
    json_t *valid[PLATFORMS_MAX];
    bool wrong = false;

    for (int i = 0; i < count; i++) {
        json_t *run = results_find_run(result, s->suite, columns[i]->name);

        valid[i] = json_object_get(json_object_get(run, "valid"), "ok");
        wrong |= json_is_false(valid[i]);
    }
    if (!wrong)
        return;
    sheet_cell(t, "  result validates");
    for (int i = 0; i < count; i++)
        sheet_cell(t, !valid[i] ? "-" : json_is_true(valid[i]) ? "yes" : "NO");
}

/* With --only the rows that were asked for, in place of the usual ones. */
static void asked_lines(json_t *result, struct line lines[ASKED + 1])
{
    json_t *row;
    size_t n = 0, k;

    for (size_t i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++) {
        const char *name = json_text(row, "name");

        if (strcmp(json_text(row, "suite"), "basic") != 0)
            continue;
        for (k = 0; k < n && strcmp(lines[k].name, name) != 0;)
            k++;
        if (k == n && n < ASKED)
            lines[n++] = (struct line){name, name, NULL};
    }
    lines[n] = (struct line){0};
}

static void section_format(json_t *result, const struct section *section, struct buf *out)
{
    const struct platform *columns[PLATFORMS_MAX];
    struct section own = *section, *s = &own;
    struct line asked[ASKED + 1];
    int count = columns_of(result, s, columns);
    struct sheet t = {.columns = (size_t)count + 1};
    size_t lines = 0;

    if (!count)
        return;
    if (json_object_get(results_find_run(result, s->suite, columns[0]->name), "only")) {
        asked_lines(result, asked);
        s->lines = asked;
    }
    sheet_cell(&t, "%s", s->title);
    for (int i = 0; i < count; i++)
        sheet_cell(&t, "%s", columns[i]->title);
    for (const struct line *l = s->lines; l->name; l++) {
        bool any = false;

        for (int i = 0; i < count; i++)
            any |= results_row(result, s->suite, l->name, columns[i]->name) != NULL;
        if (!any)
            continue;
        lines++;
        sheet_cell(&t, "  %s", l->label);
        for (int i = 0; i < count; i++)
            cell(&t, results_row(result, s->suite, l->name, columns[i]->name), l->stat);
    }
    if (lines) {
        counts(result, s, columns, count, &t);
        validity(result, s, columns, count, &t);
        sheet_text(&t, out);
        buf_str(out, "\n");
    }
    sheet_free(&t);
}

/* What was measured when, on what, and how busy that was before. */
static void head(json_t *result, struct buf *out)
{
    json_t *host = json_object_get(result, "host");
    json_t *load = json_array_get(json_object_get(host, "load"), 0);
    long long cpus = json_integer_value(json_object_get(host, "cpus"));
    struct buf text = {0};

    buf_printf(&text, "%.10s, %s", json_text(result, "created"), json_text(host, "cpu_model"));
    if (json_is_number(load) && cpus)
        buf_printf(&text, ", load %.2g on %lld CPU%s at the start", json_number_value(load), cpus,
                   cpus > 1 ? "s" : "");
    text_wrap(text.data, SCREEN_COLUMNS, out);
    buf_free(&text);
}

/* Appends the titles of the platforms whose runs are of a kind: "KVM, VMM and PVH". */
static int titles(json_t *result, bool (*is)(json_t *run), struct buf *out)
{
    const struct platform *all[PLATFORMS_MAX], *those[PLATFORMS_MAX];
    int n = platform_list("all", all, PLATFORMS_MAX), count = 0;
    json_t *run;
    size_t k;

    for (int i = 0; i < n; i++) {
        bool found = false;

        for (k = 0; (run = json_array_get(json_object_get(result, "runs"), k)); k++)
            found |= !strcmp(json_text(run, "platform"), all[i]->name) && is(run);
        if (found)
            those[count++] = all[i];
    }
    for (int i = 0; i < count; i++) {
        buf_str(out, !i ? "" : i + 1 == count ? " and " : ", ");
        findings_title(those[i], out);
    }
    return count;
}

static bool in_emulated_lab(json_t *run)
{
    return !strcmp(json_text(run, "mode"), "lab") && json_is_true(json_object_get(run, "emulated"));
}

static bool in_real_lab(json_t *run)
{
    return !strcmp(json_text(run, "mode"), "lab") && !in_emulated_lab(run);
}

static bool under_tcg(json_t *run)
{
    return strcmp(json_text(run, "mode"), "lab") != 0 &&
           json_is_true(json_object_get(run, "emulated"));
}

static bool is_busy(json_t *run) { return busy_tell(run, NULL); }

/* Who was measured on a busy machine, and how busy it was for the first of them. */
static void busy(json_t *result, struct buf *text)
{
    struct buf who = {0}, how = {0};
    json_t *run;

    for (size_t i = 0; (run = json_array_get(json_object_get(result, "runs"), i)) && !how.len; i++)
        busy_tell(run, &how);
    if (titles(result, is_busy, &who))
        buf_printf(text, "The machine was busy while %s ran (%s). ", who.data, how.data);
    buf_free(&who);
    buf_free(&how);
}

/* Where the figures come from, in words. */
static void places(json_t *result, struct buf *out)
{
    struct buf text = {0}, who = {0};

    if (titles(result, in_emulated_lab, &who))
        buf_printf(&text,
                   "%s ran in a lab whose hardware virtualization QEMU emulates: their figures "
                   "compare with each other, and are never the speed of hardware. ",
                   who.data);
    buf_clear(&who);
    if (titles(result, in_real_lab, &who))
        buf_printf(&text, "%s ran in a lab on this machine's KVM, one hypervisor deeper. ",
                   who.data);
    buf_clear(&who);
    if (titles(result, under_tcg, &who))
        buf_printf(&text, "%s ran here, where it translated its guests (TCG). ", who.data);
    busy(result, &text);
    if (text.len)
        text_wrap(text.data, SCREEN_COLUMNS, out);
    buf_str(out, "\n");
    buf_free(&who);
    buf_free(&text);
}

/* One line each, cut where it is too long: the page has the whole. */
static void skips(json_t *result, struct buf *out)
{
    json_t *list = json_object_get(result, "skipped"), *skip;
    size_t i, n = json_array_size(list);

    for (i = 0; i < n && i < SKIPS_SHOWN; i++) {
        const struct platform *p;
        struct buf plain = {0};
        char *text;

        skip = json_array_get(list, i);
        p = platform_find(json_text(skip, "platform"));
        text = xasprintf("SKIP %s, %s: %s", json_text(skip, "suite"),
                         p ? p->title : json_text(skip, "platform"), json_text(skip, "reason"));
        quote_plain(&plain, text, strlen(text));
        text_cut(plain.data, SCREEN_COLUMNS, out);
        buf_free(&plain);
        free(text);
    }
    if (n > SKIPS_SHOWN)
        buf_printf(out, "… and %zu more cells without a figure\n", n - SKIPS_SHOWN);
    buf_str(out, n ? "\n" : "");
}

static size_t lines_of(const struct buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->len; i++)
        n += b->data[i] == '\n';
    return n;
}

void screen_format(json_t *result, struct buf *out)
{
    const size_t lines = SCREEN_LINES - SCREEN_SPARE;
    struct buf body = {0}, below = {0}, elsewhere = {0};

    head(result, &body);
    places(result, &body);
    skips(result, &below);
    for (size_t i = 0; i < SECTIONS; i++) {
        struct buf table = {0};

        section_format(result, &sections[i], &table);
        if (lines_of(&body) + lines_of(&table) + lines_of(&below) + FINDINGS_LINES <= lines)
            buf_add(&body, table.data, table.len);
        else
            buf_printf(&elsewhere, "%s%s", elsewhere.len ? "; " : "", sections[i].title);
        buf_free(&table);
    }
    if (elsewhere.len) {
        char *text = xasprintf("In the report, not here: %s", elsewhere.data);

        text_cut(text, SCREEN_COLUMNS, &body);
        buf_str(&body, "\n");
        free(text);
    }
    buf_add(&body, below.data, below.len);
    findings_format(result, lines - lines_of(&body), &body);
    buf_add(out, body.data, body.len);
    buf_free(&body);
    buf_free(&below);
    buf_free(&elsewhere);
}
