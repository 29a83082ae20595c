/* All tables of a result, as text.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/tables.h"
#include "measure/count.h"
#include "measure/suites.h"
#include "results/busy.h"
#include "results/disturbance.h"
#include "results/origin.h"
#include "results/results.h"
#include "show/fill.h"
#include "show/text.h"
#include "show/time_line.h"

#include <stdlib.h>
#include <string.h>

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
    const struct row *row;
    size_t i;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        struct estimate e = estimate_median(row);
        struct buf apart = {0};

        if (strcmp(row->suite, suite) != 0 || row->stage)
            continue;
        if (row_two_modes(row)) {
            buf_printf(out, "Two modes: %s on %s, at ", row->name, view_title(v, row->platform));
            estimate_beside(out, &e, row->stats.modes[0], NUMBER_PLAIN);
            buf_str(out, " and ");
            estimate_beside(out, &e, row->stats.modes[1], NUMBER_PLAIN);
            buf_str(out, "\n");
        }
        disturbance_text(row, results_run_of(v->result, row), NUMBER_PLAIN, &apart);
        if (apart.len)
            buf_printf(out, "%s on %s: %s\n", row->name, view_title(v, row->platform), apart.data);
        buf_free(&apart);
    }
}

static void sheet_format(struct sheet *s, struct buf *out)
{
    if (s->n) {
        sheet_text(s, out);
        buf_str(out, "\n");
    }
    sheet_free(s);
}

/* The suite's own table. Of rows that were picked the distributions tell all. */
static unsigned main_table(const struct view *v, const struct suite *suite, struct buf *out,
                           struct buf *why)
{
    char *title = suite_called(suite, v->result);
    struct sheet s = {.title = title};
    unsigned skipped;

    fill_suite(v, suite, &s);
    skipped = reasons(&s, why);
    if (s.n && !(suite->picks_rows && view_only(v)[0])) {
        sheet_text(&s, out);
        busy_lines(v, suite->name, out);
        buf_str(out, "\n");
    }
    sheet_free(&s);
    free(title);
    return skipped;
}

/* A rate's samples are times of another table, or its runs. What has no unit there is cycles. */
static void distribution(const struct view *v, const struct suite *suite, struct buf *out)
{
    bool cycles = !strcmp(suite->rows->unit, "cycles");
    char *title = xasprintf("%s: distribution%s", suite->title, cycles ? ", CPU cycles" : "");
    struct sheet s = {.title = title};

    if (!suite_is_rate(suite))
        fill_distribution(v, suite->name, &s);
    sheet_format(&s, out);
    free(title);
}

void exits_format(const struct view *v, struct buf *out)
{
    struct sheet s = {.title = "VM exits by reason"};

    fill_exits(v, &s);
    /* More than its heading and the reasons why not, which follow in words. */
    if (s.n > 2 * s.columns) {
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

/* What was counted, and why some was not. Returns how much ought to have been. */
static unsigned counts_format(const struct view *v, struct buf *out)
{
    struct sheet s = {.title = "Counted, exactly"};
    unsigned failed = 0, none = 0;

    fill_counts(v, &s);
    sheet_format(&s, out);
    for (size_t i = 0; i < v->result->skip_count; i++) {
        const struct skip *skip = &v->result->skips[i];
        const struct platform *p = platform_find(skip->platform);
        bool can = !p || !count_trouble(p);

        if (strcmp(skip->suite, SUITE_COUNT) != 0)
            continue;
        failed += can;
        none++;
        buf_printf(out, "%s%s: %s\n", can ? "SKIP " : "", p ? p->title : skip->platform,
                   skip->reason);
    }
    buf_str(out, none ? "\n" : "");
    return failed;
}

void norm_format(const struct view *v, struct buf *out)
{
    struct sheet s = {0};

    fill_norm(v, &s);
    if (!s.n)
        return;
    buf_str(out, "\n");
    sheet_format(&s, out);
}

unsigned tables_format(const struct view *v, struct buf *out)
{
    struct buf why = {0}, said = {0};
    unsigned skipped = 0;

    for (size_t i = 0; suites[i]; i++) {
        struct sheet times = {.title = "STREAM: seconds per pass, medians of the runs'"};

        skipped += main_table(v, suites[i], out, &why);
        if (!strcmp(suites[i]->name, "stream"))
            fill_times(v, &times);
        sheet_format(&times, out);
        if (suites[i]->joins_clocks)
            time_line_format(v, out);
        distribution(v, suites[i], out);
        remarks(v, suites[i]->name, &said);
    }
    norm_format(v, out);
    if (said.len)
        buf_printf(out, "%s\n", said.data);
    exits_format(v, out);
    skipped += counts_format(v, out);
    if (why.len)
        buf_printf(out, "%s\n", why.data);
    for (int i = 0; i < v->count; i++)
        if (platform_find(v->columns[i].name))
            origin_line(v->result, platform_find(v->columns[i].name), out);
    buf_free(&why);
    buf_free(&said);
    return skipped;
}
