/* The parts of a report and their tables.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"
#include "results/disturbance.h"
#include "page/page.h"
#include "results/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row of a table: the row in the result and how it is called here. */
struct line {
    const char *name, *label;
};

static const struct line classic_lines[] = {
    {"getpid", "system call (getpid)"},
    {"sched_yield", "reschedule (sched_yield)"},
    {"malloc(1 MiB)", "malloc()"},
    {"first page access", "write access (first page access)"},
    {NULL, NULL},
};

/* A line without a name is the difference of the two above it. */
static const struct line access_lines[] = {
    {"first page access", "first page access, all pages mixed"},
    {"fault 4 KiB fresh", "4 KiB, memory new to the guest"},
    {"fault 4 KiB", "4 KiB, backed by the host already"},
    {"", "    the host's part (difference)"},
    {"zero 4 KiB", "4 KiB, zeroing alone"},
    {"fault 2 MiB fresh", "2 MiB, memory new to the guest"},
    {"fault 2 MiB", "2 MiB, backed by the host already"},
    {"", "    the host's part (difference)"},
    {"zero 2 MiB", "2 MiB, zeroing alone"},
    {"second touch", "second touch of a page"},
    {NULL, NULL},
};

static const struct line stream_lines[] = {
    {"Copy", "Copy"}, {"Scale", "Scale"}, {"Add", "Add"}, {"Triad", "Triad"}, {NULL, NULL},
};

static const struct line boot_lines[] = {
    {"start to first byte", "start to first byte"},
    {"start to exit", "start to exit"},
    {"door to main", "door to main()"},
    {"create", "xl create"},
    {"unpause to door", "unpause to door"},
    {"unpause to main", "unpause to main()"},
    {"unpause to exit", "unpause to exit"},
    {"CPU of the VMM, user", "CPU time of the VMM, user"},
    {"CPU of the VMM, system", "CPU time of the VMM, system"},
    {"memory of the VMM", "memory of the VMM"},
    {"memory of the domain", "memory of the domain"},
    {NULL, NULL},
};

static bool is_line(const struct line *lines, const char *name)
{
    for (; lines->name; lines++)
        if (!strcmp(lines->name, name))
            return true;
    return false;
}

/* Where a suite ran on a platform: "lab, nesting 1, emulated", and that it was busy there. Caller
 * frees. */
static char *where(const struct view *v, const char *suite, const char *platform)
{
    json_t *run = results_find_run(v->result, suite, platform);
    struct buf text = {0}, busy = {0};

    buf_str(&text, json_text(run, "mode"));
    if (run)
        buf_printf(&text, ", nesting %d", (int)json_number(run, "nesting"));
    if (json_is_true(json_object_get(run, "emulated")))
        buf_str(&text, ",\nemulated");
    if (busy_tell(run, &busy))
        buf_printf(&text, ",\na busy machine: %s", busy.data);
    buf_free(&busy);
    return text.data;
}

/* The heading: what the rows are, then the platforms. */
static void heading(const struct view *v, struct sheet *s, const char *suite, const char *what,
                    const struct column *columns, int count)
{
    s->columns = (size_t)count + 1;
    s->words = 1;
    sheet_cell(s, what, NULL);
    for (int i = 0; i < count; i++) {
        char *note = where(v, suite, columns[i].name);

        sheet_cell(s, columns[i].title, note);
        free(note);
    }
}

static void no_figure(const struct view *v, struct sheet *s, const char *suite,
                      const char *platform)
{
    sheet_cell(s, results_reason(v->result, suite, platform) ? "SKIP" : "–", NULL);
}

/* One line of values, a cell for each column. */
static void values(const struct view *v, struct sheet *s, const char *suite,
                   const struct line *line, const struct column *columns, int count)
{
    sheet_cell(s, line->label, NULL);
    for (int i = 0; i < count; i++) {
        json_t *row = results_row(v->result, suite, line->name, columns[i].name);
        struct estimate e = estimate_value(row);
        struct buf more = {0};

        if (row_two_modes(row))
            buf_str(&more, "two modes");
        if (disturbance_is_mean(row)) {
            struct estimate median = estimate_median(row);

            buf_str(&more, more.len ? ", a mean; median " : "a mean; median ");
            estimate_text(&more, &median, NUMBER_PEOPLE);
        }
        if (row)
            sheet_estimate(s, &e, false, more.data);
        else
            no_figure(v, s, suite, columns[i].name);
        buf_free(&more);
    }
}

static void fill_basic(const struct view *v, struct sheet *s)
{
    struct column columns[PAGE_COLUMNS];
    int count = view_columns(v, "basic", columns);
    struct args names = {0};

    if (!count)
        return;
    heading(v, s, "basic", "cycles per call", columns, count);
    for (const struct line *l = classic_lines; l->name; l++)
        values(v, s, "basic", l, columns, count);
    view_names(v, "basic", &names);
    for (size_t i = 0; i < names.n; i++) /* what later versions may bring, too */
        if (!is_line(classic_lines, names.v[i]) && !is_line(access_lines, names.v[i]))
            values(v, s, "basic", &(struct line){names.v[i], names.v[i]}, columns, count);
    args_free(&names);
}

/* The difference of two rows on each platform. */
static void differences(const struct view *v, struct sheet *s, const struct line *line,
                        const struct column *columns, int count)
{
    sheet_cell(s, line->label, NULL);
    for (int i = 0; i < count; i++) {
        json_t *fresh = results_row(v->result, "basic", line[-2].name, columns[i].name);
        json_t *backed = results_row(v->result, "basic", line[-1].name, columns[i].name);
        struct estimate more = estimate_value(fresh), less = estimate_value(backed);
        struct estimate e = estimate_difference(&more, &less);

        if (e.known)
            sheet_estimate(s, &e, false, NULL);
        else
            sheet_cell(s, "–", NULL);
    }
}

/* Has a suite a row of that name, on whichever platform? */
static bool has_row(const struct view *v, const char *suite, const char *name)
{
    bool has = false;

    for (int i = 0; i < v->count; i++)
        has |= results_row(v->result, suite, name, v->columns[i].name) != NULL;
    return has;
}

static void fill_access(const struct view *v, struct sheet *s)
{
    struct column columns[PAGE_COLUMNS];
    int count = view_columns(v, "basic", columns);

    for (const struct line *l = access_lines; l->name; l++) {
        bool shown = l->name[0]
                         ? has_row(v, "basic", l->name)
                         : has_row(v, "basic", l[-2].name) && has_row(v, "basic", l[-1].name);

        if (!shown)
            continue;
        if (!s->n)
            heading(v, s, "basic", "cycles per page", columns, count);
        if (l->name[0])
            values(v, s, "basic", l, columns, count);
        else
            differences(v, s, l, columns, count);
    }
}

static void fill_stream(const struct view *v, struct sheet *s)
{
    struct column columns[PAGE_COLUMNS];
    int count = view_columns(v, "stream", columns);

    if (!count)
        return;
    heading(v, s, "stream", "MB/s, best pass", columns, count);
    for (const struct line *l = stream_lines; l->name; l++)
        values(v, s, "stream", l, columns, count);
    sheet_cell(s, "result validates", NULL);
    for (int i = 0; i < count; i++) {
        json_t *valid =
            json_object_get(results_find_run(v->result, "stream", columns[i].name), "valid");

        sheet_cell(s,
                   !valid                                       ? "–"
                   : json_is_true(json_object_get(valid, "ok")) ? "yes"
                                                                : "NO",
                   valid && !json_is_true(json_object_get(valid, "ok")) ? json_text(valid, "text")
                                                                        : NULL);
    }
}

/* One line of the boots' figures, each with its unit. */
static void medians(const struct view *v, struct sheet *s, const struct line *line,
                    const struct column *columns, int count)
{
    sheet_cell(s, line->label, NULL);
    for (int i = 0; i < count; i++) {
        json_t *row = results_row(v->result, "boot", line->name, columns[i].name);
        struct estimate e = estimate_value(row);

        if (row)
            sheet_estimate(s, &e, true, NULL);
        else
            no_figure(v, s, "boot", columns[i].name);
    }
}

static void fill_boot(const struct view *v, struct sheet *s)
{
    struct column columns[PAGE_COLUMNS];
    int count = view_columns(v, "boot", columns);

    if (!count)
        return;
    heading(v, s, "boot", "median, 95 % interval, n boots", columns, count);
    for (const struct line *l = boot_lines; l->name; l++)
        if (!strcmp(l->name, "start to exit") || has_row(v, "boot", l->name))
            medians(v, s, l, columns, count);
}

static void fill_stages(const struct view *v, struct sheet *s)
{
    struct stages stages;

    for (int c = 0; c < v->count; c++) {
        if (!view_stages(v, v->columns[c].name, &stages))
            continue;
        if (!s->n) {
            s->columns = 4;
            s->words = 2;
            sheet_cell(s, "platform", NULL);
            sheet_cell(s, "stage", NULL);
            sheet_cell(s, "ms", NULL);
            sheet_cell(s, "share", NULL);
        }
        for (size_t i = 0; i <= stages.count; i++) {
            double ms = i < stages.count ? stages.v[i].ms : stages.total_ms;
            struct buf time = {0};
            char text[64];

            sheet_cell(s, v->columns[c].title, NULL);
            snprintf(text, sizeof text, "the middle one of %zu boots", stages.boots);
            if (i < stages.count)
                sheet_cell(s, stages.v[i].name, NULL);
            else
                sheet_cell(s, "start to exit", text);
            decimal_text(&time, ms, 3);
            sheet_cell(s, time.data, ms < 0 ? "noise" : NULL);
            buf_free(&time);
            share_text(text, sizeof text, ms / stages.total_ms);
            sheet_cell(s, text, NULL);
        }
    }
}

/* All rows of a suite by their names, each with its unit. */
static void by_name(const struct view *v, struct sheet *s, const char *suite)
{
    struct column columns[PAGE_COLUMNS];
    int count = view_columns(v, suite, columns);
    struct args names = {0};

    view_names(v, suite, &names);
    if (names.n)
        heading(v, s, suite, "row", columns, count);
    for (size_t i = 0; i < names.n; i++) {
        json_t *row = NULL;
        char label[256];

        for (int c = 0; c < count && !row; c++)
            row = results_row(v->result, suite, names.v[i], columns[c].name);
        snprintf(label, sizeof label, "%s [%s]", names.v[i], row_unit(row));
        values(v, s, suite, &(struct line){names.v[i], label}, columns, count);
    }
    args_free(&names);
}

static void fill_throughput(const struct view *v, struct sheet *s) { by_name(v, s, "throughput"); }
static void fill_guests(const struct view *v, struct sheet *s) { by_name(v, s, "vmm"); }

const struct part page_parts[] = {
    {"Comparison", "The verdict", "A is measured twice in every round: A and A again.", fill_sum,
     NULL, false, false},
    {NULL, "What differs between the sides",
     "As it is recorded, not measured: any of it may be the reason of what follows.", fill_sides,
     NULL, false, false},
    {NULL, "B against A, row by row",
     "A and B are figures of their best runs, not medians. A once more in every round shows what "
     "the same thing differs by from itself, the floor. Where noise would hide 5 %, nothing is "
     "told.",
     fill_verdict, NULL, false, false},
    {"Basic", "CPU cycles per call",
     "Ticks of the time stamp counter, loops of many calls; less is better.", fill_basic, NULL,
     false, false},
    {NULL, "What a page access costs",
     "Memory new to the guest costs the guest's fault, zeroing and the host's own fault; memory "
     "that the host has backed already, the first two.",
     fill_access, NULL, false, false},
    {NULL, "Distributions",
     "Of single calls between time stamps; the stamps' own cost (rdtsc pair) is in them, as it is "
     "not in the tables.",
     NULL, draw_basic, false, false},
    {"STREAM", "Memory bandwidth", "More is better.", fill_stream, draw_stream, false, false},
    {"Boot time", "From the start of the hypervisor's tool to the end",
     "Less is better. Only Xen has a toolstack that creates a domain first and lets it go later.",
     fill_boot, NULL, false, false},
    {NULL, "Stage by stage", NULL, fill_stages, draw_stages, false, true},
    {NULL, "Distributions of the boots", NULL, NULL, draw_boot, false, false},
    {"Throughput", "Boots with so many guests at once", "More is better.", fill_throughput,
     draw_throughput, false, false},
    {"Guests of a VMM", "Programs that a published VMM ran",
     "Their own time in cycles, their lives in ms; less is better.", fill_guests, NULL, false,
     false},
    {"Exits", "Exits to the hypervisor, by reason", NULL, fill_exits, NULL, false, false},
    {"Two modes and outliers", "Rows whose median is not the whole story", NULL, fill_oddities,
     NULL, true, false},
    {"All figures", "Every row with its distribution", NULL, fill_all, NULL, true, false},
    {"Skipped", "What could not be measured, and why", NULL, fill_skipped, NULL, false, false},
    {"Provenance", "Where the figures come from", NULL, fill_provenance, draw_provenance, false,
     true},
    {0},
};
