/* All tables of a result, as text.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/tables.h"
#include "results/busy.h"
#include "results/disturbance.h"
#include "results/origin.h"
#include "results/results.h"
#include "show/fill.h"
#include "show/text.h"
#include "show/time_line.h"

#include <string.h>

/* A suite's tables, in their order. */
static const struct table {
    const char *suite, *title; /* title: NULL for that of the distributions */
    void (*fill)(const struct view *, struct sheet *);
    void (*format)(const struct view *, struct buf *);
} tables[] = {
    {"basic", "Basic: CPU cycles per call", fill_basic, NULL},
    {"basic", "Basic: distribution, CPU cycles", NULL, NULL},
    {"stream", "STREAM: best rate, MB/s", fill_stream, NULL},
    {"stream", "STREAM: seconds per pass, medians of the runs'", fill_times, NULL},
    {"boot", "Boot: hello, medians", fill_boot, NULL},
    {"boot", NULL, NULL, time_line_format},
    {"boot", "Boot: distribution", NULL, NULL},
    {"throughput", "Throughput: boots a second, median", fill_throughput, NULL},
    {"vmm", "A VMM's guests: their own time in cycles, their lives in ms", fill_guests, NULL},
    {"vmm", "A VMM's guests: distribution", NULL, NULL},
};
#define TABLES (sizeof tables / sizeof *tables)

/* Which of a suite's platforms were measured on a busy machine. */
static void busy_lines(const struct view *v, const char *suite, struct buf *out)
{
    struct column columns[VIEW_COLUMNS];
    int count = view_columns(v, suite, columns);

    for (int i = 0; i < count; i++) {
        struct buf how = {0};

        if (busy_tell(results_find_run(v->result, suite, columns[i].name), &how))
            buf_printf(out, "%s was measured on a busy machine: %s\n", columns[i].title, how.data);
        buf_free(&how);
    }
}

/* The reasons of the cells that have no figure, one line each. Returns how many there are. */
static unsigned reasons(const struct sheet *s, struct buf *out)
{
    unsigned n = 0;

    for (size_t i = 0; i < s->n; i++) {
        const struct cell *c = &s->cells[i], *label = &s->cells[i - i % s->columns];

        if (c->kind != CELL_SKIP && c->kind != CELL_WRONG)
            continue;
        buf_printf(out, "%s %s, %s: %s\n", c->kind == CELL_SKIP ? "SKIP" : "WRONG",
                   s->cells[i % s->columns].text, label->text, c->note);
        n++;
    }
    return n;
}

/* What the reader of a distribution must know besides: two modes, and means far from medians. */
static void remarks(const struct view *v, const char *suite, struct buf *out)
{
    json_t *row, *modes;
    size_t i;

    for (i = 0; (row = json_array_get(json_object_get(v->result, "rows"), i)); i++) {
        struct estimate e = estimate_median(row);
        struct buf apart = {0};

        if (strcmp(json_text(row, "suite"), suite) != 0 || json_object_get(row, "stage"))
            continue;
        if (row_two_modes(row)) {
            modes = json_object_get(json_object_get(row, "stats"), "modes");
            buf_printf(out, "Two modes: %s on %s, at ", json_text(row, "name"), view_title(v, row));
            estimate_beside(out, &e, json_number_value(json_array_get(modes, 0)), NUMBER_PLAIN);
            buf_str(out, " and ");
            estimate_beside(out, &e, json_number_value(json_array_get(modes, 1)), NUMBER_PLAIN);
            buf_str(out, "\n");
        }
        disturbance_text(row, view_run(v, row), NUMBER_PLAIN, &apart);
        if (apart.len)
            buf_printf(out, "%s on %s: %s\n", json_text(row, "name"), view_title(v, row),
                       apart.data);
        buf_free(&apart);
    }
}

static unsigned table_format(const struct view *v, const struct table *t, struct buf *out,
                             struct buf *why)
{
    struct sheet s = {.title = t->title};
    bool only = !strcmp(t->suite, "basic") && view_only(v)[0];
    unsigned skipped = 0;

    if (t->format)
        t->format(v, out);
    else if (t->fill)
        t->fill(v, &s);
    else
        fill_distribution(v, t->suite, &s);
    if (t->fill)
        skipped = reasons(&s, why);
    if (s.n && !(only && t->fill)) { /* of some rows only: their distributions */
        sheet_text(&s, out);
        if (t->fill)
            busy_lines(v, t->suite, out);
        buf_str(out, "\n");
    }
    sheet_free(&s);
    return skipped;
}

void exits_format(const struct view *v, struct buf *out)
{
    struct sheet s = {.title = "VM exits by reason"};

    fill_exits(v, &s);
    if (s.n) {
        sheet_text(&s, out);
        buf_str(out, "\n");
    }
    for (size_t k = 1; k < s.columns; k++)
        if (s.cells[s.n - s.columns + k].note)
            buf_printf(out, "No VM exits for %s: %s\n", s.cells[k].text,
                       s.cells[s.n - s.columns + k].note);
    buf_str(out, s.n ? "\n" : "");
    sheet_free(&s);
}

unsigned tables_format(const struct view *v, struct buf *out)
{
    struct buf why = {0}, said = {0};
    unsigned skipped = 0;

    for (size_t i = 0; i < TABLES; i++) {
        skipped += table_format(v, &tables[i], out, &why);
        if (!tables[i].fill && !tables[i].format)
            remarks(v, tables[i].suite, &said);
    }
    if (said.len)
        buf_printf(out, "%s\n", said.data);
    exits_format(v, out);
    if (why.len)
        buf_printf(out, "%s\n", why.data);
    for (int i = 0; i < v->count; i++)
        if (platform_find(v->columns[i].name))
            origin_line(v->result, platform_find(v->columns[i].name), out);
    buf_free(&why);
    buf_free(&said);
    return skipped;
}
