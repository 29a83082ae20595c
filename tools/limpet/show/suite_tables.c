/* The tables of suites: a column for each platform.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/busy.h"
#include "results/disturbance.h"
#include "measure/suites.h"
#include "results/results.h"
#include "show/fill.h"

#include <stdlib.h>
#include <string.h>

/* A table that is being filled. */
struct filling {
    const struct view *v;
    const struct suite *suite;
    bool units; /* its rows have several: they stand behind the rows' names */
    struct column columns[VIEW_COLUMNS];
    int count;
    struct sheet *s;
};

static const struct facts *run_of(const struct filling *t, int column)
{
    return results_find_run(t->v->result, t->suite->name, t->columns[column].name);
}

static const struct row *row_of(const struct filling *t, const char *name, int column)
{
    return results_row(t->v->result, t->suite->name, name, t->columns[column].name);
}

/* The heading: what the rows are, then the platforms, where each ran, and whether it was busy
 * there. */
static void heading(struct filling *t, const char *what)
{
    t->s->columns = (size_t)t->count + 1;
    sheet_cell(t->s, "%s", what);
    for (int i = 0; i < t->count; i++) {
        struct cell *c = sheet_cell(t->s, "%s", t->columns[i].title);
        struct buf busy = {0};

        if (busy_tell(run_of(t, i), &busy))
            cell_note(c, "a busy machine: %s", busy.data);
        if (facts_true(run_of(t, i), "emulated"))
            sheet_set_emulated(t->s, (size_t)i + 1);
        buf_free(&busy);
    }
    sheet_cell(t->s, "  where");
    for (int i = 0; i < t->count; i++)
        sheet_cell(t->s, "%s", facts_text(run_of(t, i), "mode"));
    cell_note(sheet_cell(t->s, "  nesting level"), "nesting ");
    for (int i = 0; i < t->count; i++)
        if (run_of(t, i))
            sheet_cell(t->s, "%d", (int)facts_number(run_of(t, i), "nesting"));
        else
            sheet_cell(t->s, "%s", "");
    t->s->heads = 3;
    if (!t->s->emulated)
        return;
    sheet_cell(t->s, "%s", "");
    for (int i = 0; i < t->count; i++)
        sheet_cell(t->s, "%s", facts_true(run_of(t, i), "emulated") ? "emulated" : "");
    t->s->heads = 4;
}

static bool begin(struct filling *t, const char *what)
{
    t->count = view_columns(t->v, t->suite->name, t->columns);
    for (const struct suite_row *row = t->suite->rows; row->name; row++)
        t->units |= strcmp(row->unit, t->suite->rows->unit) != 0;
    if (t->count)
        heading(t, what);
    return t->count;
}

/* A cell without a figure: there is no such thing, or it was skipped, or not every platform has it.
 */
static void no_figure(struct filling *t, const char *name, bool expected, int column)
{
    const char *reason = results_reason(t->v->result, t->suite->name, t->columns[column].name);
    const char *none = run_none(run_of(t, column), name);

    if (none)
        sheet_skip(t->s, CELL_LACKS, none);
    else if (reason || expected)
        sheet_skip(t->s, CELL_SKIP, reason ? reason : "the guest did not report it");
    else
        sheet_none(t->s);
}

static void figure(struct filling *t, const struct row *row)
{
    struct estimate e = estimate_value(row);
    struct cell *c = sheet_estimate(t->s, CELL_FIGURE, &e);

    if (row_two_modes(row))
        cell_note(c, "two modes");
    if (disturbance_is_mean(row))
        c->median = estimate_median(row);
}

/* A row's figures, a cell for each platform. expected: of every platform. */
static void line(struct filling *t, const char *name, const char *label, const char *unit,
                 bool expected)
{
    if (t->units && unit[0])
        sheet_cell(t->s, "%s [%s]", label, unit_text(unit));
    else
        sheet_cell(t->s, "%s", label);
    for (int i = 0; i < t->count; i++) {
        const struct row *row = row_of(t, name, i);

        if (row)
            figure(t, row);
        else
            no_figure(t, name, expected, i);
    }
}

static bool has(const struct filling *t, const char *name)
{
    bool any = view_row(t->v, t->suite->name, name) != NULL;

    for (int i = 0; i < t->count && !any; i++)
        any = run_none(run_of(t, i), name) != NULL;
    return any;
}

/* The rows of the suite's own table: those that are expected, and that some platform has. With
 * --only those that were asked for, which another table has otherwise, too. */
static void lines(struct filling *t)
{
    const char *only = t->suite->picks_rows ? view_only(t->v) : "";

    for (const struct suite_row *row = t->suite->rows; row->name; row++)
        if ((row->class == ROW_MAIN && !only[0]) ||
            (row->class <= (only[0] ? ROW_ACCESS : ROW_OPTIONAL) && has(t, row->name)))
            line(t, row->name, row->label, row->unit, row->class == ROW_MAIN);
}

/* Of a program of the user's own, or rows asked for by --only, that gave none anywhere, why not. */
static void nothing(struct filling *t)
{
    const char *only = t->suite->picks_rows ? view_only(t->v) : "";

    if (sheet_rows(t->s) != sheet_heads(t->s))
        return;
    if (only[0])
        line(t, "", only, "", true);
    else if (t->suite->own_rows)
        line(t, "", t->suite->rows->label, t->suite->rows->unit, true);
}

static const struct suite_row *known_row(const struct suite *suite, const char *name)
{
    const struct suite_row *row = suite->rows;

    while (row->name && strcmp(row->name, name) != 0)
        row++;
    return row;
}

/* What no platform has: nobody's row but for the reason. */
static void lacks(struct filling *t)
{
    struct args names = {0};

    results_lacks(t->v->result, t->suite->name, &names);
    for (size_t i = 0; i < names.n; i++) {
        const struct suite_row *row = known_row(t->suite, names.v[i]);

        if (!view_row(t->v, t->suite->name, names.v[i]) && (!row->name || row->class == ROW_OTHER))
            line(t, names.v[i], names.v[i], row->name ? row->unit : "", false);
    }
    args_free(&names);
}

/* Its other rows by their names, what later versions may bring, too. Those of boots have a time
 * line of their own. */
static void others(struct filling *t)
{
    struct args names = {0};

    view_names(t->v, t->suite->name, &names);
    for (size_t i = 0; i < names.n && !t->suite->joins_clocks; i++) {
        const struct suite_row *row = known_row(t->suite, names.v[i]);

        if (!row->name || row->class == ROW_OTHER)
            line(t, names.v[i], names.v[i], view_row(t->v, t->suite->name, names.v[i])->unit,
                 false);
    }
    args_free(&names);
}

/* Whether the results are right, where the suite's app tells. */
static void validity(struct filling *t)
{
    bool any = false;

    for (int i = 0; i < t->count; i++)
        any |= facts_has(run_of(t, i), "valid");
    if (!any)
        return;
    sheet_cell(t->s, "result validates");
    for (int i = 0; i < t->count; i++) {
        const struct facts *run = run_of(t, i);

        if (!facts_has(run, "valid"))
            no_figure(t, "", true, i);
        else if (facts_true(run, "valid.ok"))
            sheet_cell(t->s, "yes");
        else
            sheet_skip(t->s, CELL_WRONG, facts_text(run, "valid.text"));
    }
}

/* A line for guests at once that did not keep their memory, when there are none that did. */
static void isolation(struct filling *t)
{
    bool failed = false;

    for (int i = 0; i < t->count; i++) {
        const char *why = results_reason(t->v->result, t->suite->name, t->columns[i].name);

        failed |= why && !strncmp(why, "isolation:", 10);
    }
    for (size_t row = 0; row < sheet_rows(t->s); row++)
        failed &= !strstr(sheet_at(t->s, row, 0)->text, "all held");
    if (failed)
        line(t, "", "guests at once, all held their memory", "s", false);
}

void fill_suite(const struct view *v, const struct suite *suite, struct sheet *s)
{
    struct filling t = {.v = v, .suite = suite, .s = s};

    if (!begin(&t, suite->figure))
        return;
    lines(&t);
    others(&t);
    lacks(&t);
    nothing(&t);
    validity(&t);
    isolation(&t);
}

/* The difference of two rows on each platform. */
static void differences(struct filling *t, const char *more_name, const char *less_name)
{
    sheet_cell(t->s, "    the host's part (difference)");
    for (int i = 0; i < t->count; i++) {
        struct estimate more = estimate_value(row_of(t, more_name, i));
        struct estimate less = estimate_value(row_of(t, less_name, i));
        struct estimate e = estimate_difference(&more, &less);

        sheet_estimate(t->s, CELL_FIGURE, &e);
    }
}

/* Is it the same as the row before it, but of memory that the host has backed already? */
static bool is_backed(const struct suite_row *row)
{
    size_t n = strlen(row->name);

    return !strncmp(row[-1].name, row->name, n) && !strcmp(row[-1].name + n, " fresh");
}

void fill_access(const struct view *v, struct sheet *s)
{
    struct filling t = {.v = v, .suite = suite_find("basic"), .s = s};

    for (const struct suite_row *row = t.suite->rows; row->name; row++) {
        bool mixed = !strcmp(row->name, "first page access");

        if ((row->class != ROW_ACCESS && !mixed) || !has(&t, row->name) ||
            (!s->n && !begin(&t, "cycles per page")))
            continue;
        line(&t, row->name, mixed ? "first page access, all pages mixed" : row->label, row->unit,
             false);
        if (row->class == ROW_ACCESS && is_backed(row) && has(&t, row[-1].name))
            differences(&t, row[-1].name, row->name);
    }
}
