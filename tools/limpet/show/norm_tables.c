/* Every row as a ratio to one platform's.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/norm.h"
#include "measure/suites.h"
#include "show/fill.h"

#include <string.h>

/* The platforms of a result but the one that is normalized to. */
static int others(const struct view *v, struct column out[VIEW_COLUMNS])
{
    int n = 0;

    for (int i = 0; i < v->count; i++)
        if (strcmp(v->columns[i].name, v->norm) != 0)
            out[n++] = v->columns[i];
    return n;
}

/* Where it ran, as far as it must not be missed: "lab, emulated". */
static void place_cell(const struct view *v, const char *platform, struct sheet *s)
{
    const struct facts *run = NULL;
    struct buf place = {0};

    for (size_t i = 0; i < v->result->run_count && !run; i++)
        if (!strcmp(facts_text(v->result->runs[i], "platform"), platform))
            run = v->result->runs[i];
    view_place(run, &place);
    sheet_cell(s, "%s", place.len ? place.data + 2 : facts_text(run, "mode"));
    buf_free(&place);
}

static void heading(const struct view *v, const struct column *columns, int count, struct sheet *s)
{
    s->columns = (size_t)count + 1;
    sheet_cell(s, "times as much as %s", view_title(v, v->norm));
    for (int i = 0; i < count; i++)
        sheet_cell(s, "%s", columns[i].title);
    sheet_cell(s, "  where");
    for (int i = 0; i < count; i++)
        place_cell(v, columns[i].name, s);
    s->heads = 2;
}

static const char *label_of(const struct suite *suite, const char *name)
{
    for (const struct suite_row *row = suite->rows; row->name; row++)
        if (!strcmp(row->name, name))
            return row->label;
    return name;
}

static bool any_has(const struct view *v, const char *suite, const char *name,
                    const struct column *columns, int count)
{
    bool any = false;

    for (int i = 0; i < count; i++)
        any |= norm_ratio(v->result, suite, name, columns[i].name, v->norm).known;
    return any;
}

/* Of the rows that were timed, or of those that were counted. */
static void suite_lines(const struct view *v, const struct suite *suite, bool counted,
                        const struct column *columns, int count, struct sheet *s)
{
    const char *of = counted ? NORM_COUNTED : suite->name;
    struct args names = {0};
    bool any = false; /* has a mean */

    norm_names(v->result, suite->name, counted, &names);
    for (size_t k = 0; k < names.n; k++) {
        if (!any_has(v, of, names.v[k], columns, count))
            continue;
        any = norm_has_mean(suite->name);
        if (counted)
            sheet_cell(s, "%s, instructions", names.v[k]);
        else
            sheet_cell(s, "%s: %s", suite->name, label_of(suite, names.v[k]));
        for (int i = 0; i < count; i++) {
            struct estimate e = norm_ratio(v->result, of, names.v[k], columns[i].name, v->norm);

            sheet_estimate(s, CELL_RATIO, &e);
        }
    }
    if (any)
        sheet_cell(s, "%s: geometric mean%s (n: its rows)", suite->name,
                   counted ? ", instructions" : "");
    for (int i = 0; i < count && any; i++) {
        struct estimate e = norm_mean(v->result, of, &names, columns[i].name, v->norm);
        struct cell *c = sheet_estimate(s, CELL_RATIO, &e);

        c->number = e.known ? (double)e.n : 0; /* said on terminals, too */
    }
    args_free(&names);
}

void fill_norm(const struct view *v, struct sheet *s)
{
    struct column columns[VIEW_COLUMNS];
    int count = v->norm ? others(v, columns) : 0;

    if (!count)
        return;
    heading(v, columns, count, s);
    for (int counted = 0; counted < 2; counted++)
        for (size_t i = 0; suites[i]; i++)
            suite_lines(v, suites[i], counted, columns, count, s);
    if (sheet_rows(s) == s->heads)
        sheet_free(s);
}
