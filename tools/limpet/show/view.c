/* What the report asks a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/view.h"

#include <stdlib.h>
#include <string.h>

static void add_column(struct view *v, const char *name, const char *title, int colour)
{
    for (int i = 0; i < v->count; i++)
        if (!strcmp(v->columns[i].name, name))
            return;
    if (v->count < VIEW_COLUMNS)
        v->columns[v->count++] = (struct column){name, title, colour};
}

/* Has a result rows, runs or skips of this platform and, unless NULL, suite? */
static bool mentions(const struct result *r, const char *platform, const char *suite)
{
    bool has = false;

    for (size_t i = 0; i < r->rows.n && !has; i++)
        has = !strcmp(r->rows.v[i]->platform, platform) &&
              (!suite || !strcmp(r->rows.v[i]->suite, suite));
    for (size_t i = 0; i < r->run_count && !has; i++)
        has = !strcmp(facts_text(r->runs[i], "platform"), platform) &&
              (!suite || !strcmp(facts_text(r->runs[i], "suite"), suite));
    for (size_t i = 0; i < r->skip_count && !has; i++)
        has = !strcmp(r->skips[i].platform, platform) &&
              (!suite || !strcmp(r->skips[i].suite, suite));
    return has;
}

void view_init(struct view *v, const struct result *result, const char *file)
{
    const struct platform *known[PLATFORMS_MAX];
    int n = platform_every(known);
    const struct row *row;
    size_t i;

    *v = (struct view){.result = result, .file = file};
    for (int k = 0; k < n; k++)
        if (mentions(result, known[k]->name, NULL))
            add_column(v, known[k]->name, results_title(result, known[k]),
                       k < VIEW_COLOURS - 1 ? k : VIEW_COLOURS - 1);
    for (i = 0; (row = rows_at(&result->rows, i)); i++)
        add_column(v, row->platform, row->platform, VIEW_COLOURS - 1);
}

int view_columns(const struct view *v, const char *suite, struct column out[VIEW_COLUMNS])
{
    int n = 0;

    for (int i = 0; i < v->count; i++)
        if (mentions(v->result, v->columns[i].name, suite))
            out[n++] = v->columns[i];
    return n;
}

const struct row *view_row(const struct view *v, const char *suite, const char *name)
{
    const struct row *row = NULL;

    for (int i = 0; i < v->count && !row; i++)
        row = results_row(v->result, suite, name, v->columns[i].name);
    return row;
}

const char *view_only(const struct view *v)
{
    const char *only = "";

    for (int i = 0; i < v->count && !only[0]; i++)
        only = facts_text(results_find_run(v->result, "basic", v->columns[i].name), "only");
    return only;
}

void view_names(const struct view *v, const char *suite, struct args *names)
{
    const struct row *row;
    size_t i, k;

    for (i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        const char *name = row->name;

        if (strcmp(row->suite, suite) != 0)
            continue;
        for (k = 0; k < names->n && strcmp(names->v[k], name) != 0; k++)
            ;
        if (k == names->n)
            args_add(names, name);
    }
}

void view_called(const struct view *v, struct buf *out)
{
    const char *side = facts_text(v->result->facts, "side");
    const char *label = facts_text(v->result->facts, "label");

    buf_str(out, v->file);
    if (side[0])
        buf_printf(out, ": side %s", side);
    if (label[0])
        buf_printf(out, "%s%s", side[0] ? ", " : ": ", label);
    if (facts_has(v->result->facts, "partial"))
        buf_printf(out, " (partial: %s)", facts_text(v->result->facts, "partial"));
}

const char *view_date(const struct view *v) { return facts_text(v->result->facts, "created"); }

const char *row_unit(const struct row *row) { return unit_text(row ? row->unit : ""); }

void view_place(const struct facts *run, struct buf *out)
{
    buf_str(out, !strcmp(facts_text(run, "mode"), "lab") ? ", lab" : "");
    buf_str(out, facts_true(run, "emulated") ? ", emulated" : "");
}

const char *view_title(const struct view *v, const char *name)
{
    for (int i = 0; i < v->count; i++)
        if (!strcmp(v->columns[i].name, name))
            return v->columns[i].title;
    return name;
}

bool row_two_modes(const struct row *row) { return row && row->stats.two_modes; }
