/* The tables of results side by side.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/suites.h"
#include "results/busy.h"
#include "show/across.h"
#include "show/differences.h"
#include "show/text.h"

#include <stdlib.h>
#include <string.h>

/* A table that is being filled. */
struct filling {
    const struct across *a;
    const char *suite;
    const struct platform *platform;
    bool intervals;
    struct sheet *s;
};

/* What the results of a column say of something, each once: "native; lab". */
static void column_text(const struct across *a, const struct across_column *c, char *const *texts,
                        struct buf *out)
{
    struct args said = {0};

    for (size_t k = 0; k < c->n; k++)
        for (size_t i = 0; i < a->count; i++) {
            size_t j = 0;

            if (a->all[i] != c->v[k])
                continue;
            while (j < said.n && strcmp(said.v[j], texts[i]) != 0)
                j++;
            if (j < said.n)
                continue;
            args_add(&said, texts[i]);
            buf_printf(out, "%s%s", out->len ? "; " : "", texts[i]);
        }
    args_free(&said);
}

/* Collects what differs, suite by suite. */
static void add_run(const struct across *a, const char *suite, const struct platform *platform,
                    void *context)
{
    differences_of_run(a->all, a->count, suite, platform, context);
}

void fill_across_differences(const struct across *a, struct sheet *s)
{
    struct args differ = {0};

    if (!a->n)
        return;
    differences_of_times(a->all, a->count, &differ);
    differences_of(a->all, a->count, &differ);
    across_each(a, add_run, &differ);
    s->columns = a->n + 1;
    s->left = ~0u;
    sheet_cell(s, "What differs");
    for (size_t k = 0; k < a->n; k++)
        sheet_cell(s, "%s", a->v[k].title);
    for (size_t i = 0; i < differ.n; i += a->count + 1) {
        sheet_cell(s, "%s", differ.v[i]);
        for (size_t k = 0; k < a->n; k++) {
            struct buf text = {0};

            column_text(a, &a->v[k], differ.v + i + 1, &text);
            sheet_cell(s, "%s", text.data);
            buf_free(&text);
        }
    }
    args_free(&differ);
}

static const struct facts *run_of(const struct filling *t, size_t column, size_t k)
{
    return results_find_run(t->a->v[column].v[k], t->suite, t->platform->name);
}

static const char *emulated(const struct facts *run)
{
    return facts_true(run, "emulated") ? "emulated" : "";
}

/* A cell for each column: words on its runs, each once. */
static void fact_cells(struct filling *t, const char *name,
                       const char *(*words)(const struct facts *run))
{
    sheet_cell(t->s, "%s", name);
    for (size_t c = 0; c < t->a->n; c++) {
        const char *said = NULL;
        bool mixed = false;

        for (size_t k = 0; k < t->a->v[c].n; k++) {
            const struct facts *run = run_of(t, c, k);

            mixed |= run && said && strcmp(words(run), said) != 0;
            said = run ? words(run) : said;
        }
        if (words == emulated && (mixed || (said && said[0])))
            sheet_set_emulated(t->s, t->intervals ? 2 * c + 1 : c + 1);
        sheet_cell(t->s, "%s", mixed ? "mixed" : said ? said : "");
        if (t->intervals)
            sheet_cell(t->s, "%s", "");
    }
}

static const char *where(const struct facts *run) { return facts_text(run, "mode"); }
static void file_cells(struct filling *t)
{
    sheet_cell(t->s, "  files");
    for (size_t c = 0; c < t->a->n; c++) {
        sheet_cell(t->s, "%zu file%s", t->a->v[c].n, t->a->v[c].n == 1 ? "" : "s");
        if (t->intervals)
            sheet_cell(t->s, "%s", "");
    }
}

static void heading(struct filling *t)
{
    const struct suite *suite = suite_find(t->suite);
    struct sheet *s = t->s;

    s->columns = t->a->n * (t->intervals ? 2 : 1) + 1;
    sheet_cell(s, "%s on %s", suite ? suite->figure : t->suite, t->platform->title);
    for (size_t c = 0; c < t->a->n; c++) {
        struct cell *cell = sheet_cell(s, "%s", t->a->v[c].title);
        struct buf busy = {0};

        if (t->a->v[c].n == 1 && busy_tell(run_of(t, c, 0), &busy))
            cell_note(cell, "a busy machine: %s", busy.data);
        if (t->intervals)
            sheet_cell(s, "interval");
        buf_free(&busy);
    }
    fact_cells(t, "  where", where);
    fact_cells(t, "", emulated);
    s->heads = 3;
    if (t->a->n == t->a->count)
        return;
    file_cells(t);
    s->heads = 4;
}

/* The first row of that name in any result, or NULL. */
static const struct row *some_row(const struct filling *t, const char *name)
{
    const struct row *row = NULL;

    for (size_t k = 0; k < t->a->count && !row; k++)
        row = results_row(t->a->all[k], t->suite, name, t->platform->name);
    return row;
}

/* Why a column has not all figures, or NULL (borrowed). */
static const char *reason(const struct across_column *c, const char *suite,
                          const struct platform *platform)
{
    const char *why = NULL;

    for (size_t k = 0; k < c->n && !why; k++)
        why = results_reason(c->v[k], suite, platform->name);
    return why;
}

static void line(struct filling *t, const char *name, const char *label)
{
    const struct row *row = some_row(t, name);

    if (!row)
        return;
    sheet_cell(t->s, "%s [%s]", label, row_unit(row));
    for (size_t c = 0; c < t->a->n; c++) {
        struct estimate e = across_figure(&t->a->v[c], t->suite, name, t->platform->name);

        const char *why = reason(&t->a->v[c], t->suite, t->platform);

        if (!e.known && why)
            sheet_skip(t->s, CELL_SKIP, why);
        else
            sheet_estimate(t->s, CELL_FIGURE, &e);
        if (t->intervals)
            sheet_estimate(t->s, CELL_INTERVAL, &e);
    }
}

/* The label of a row that the suite knows, or NULL. */
static const char *label_of(const struct suite *suite, const char *name)
{
    for (const struct suite_row *row = suite ? suite->rows : NULL; row && row->name; row++)
        if (!strcmp(row->name, name))
            return row->label;
    return NULL;
}

/* The rows that the suite knows, in its order, then the others; of boots no stages, of which there
 * are as many as there are doors. */
static void lines(struct filling *t)
{
    const struct suite *suite = suite_find(t->suite);
    struct args names = {0};

    for (const struct suite_row *row = suite ? suite->rows : NULL; row && row->name; row++)
        line(t, row->name, row->label);
    for (size_t k = 0; k < t->a->count && !(suite && suite->joins_clocks); k++)
        for (size_t i = 0; i < t->a->all[k]->rows.n; i++) {
            const struct row *row = t->a->all[k]->rows.v[i];
            size_t j = 0;

            while (j < names.n && strcmp(names.v[j], row->name) != 0)
                j++;
            if (j < names.n || strcmp(row->suite, t->suite) != 0 ||
                strcmp(row->platform, t->platform->name) != 0 || label_of(suite, row->name))
                continue;
            args_add(&names, row->name);
            line(t, row->name, row->name);
        }
    args_free(&names);
}

void fill_across(const struct across *a, const char *suite, const struct platform *platform,
                 bool intervals, struct sheet *s)
{
    struct filling t = {a, suite, platform, intervals, s};

    if (!a->n)
        return;
    heading(&t);
    lines(&t);
}

void across_basis(const struct across *a, struct buf *out)
{
    static const char own[] =
        "is the file's own: n counts its runs, and the interval knows of no other day, though "
        "sessions of the same differ by 5 to 20 %; limpet compare gives a verdict.";
    size_t several = 0;

    for (size_t c = 0; c < a->n; c++)
        several += a->v[c].n > 1;
    buf_printf(out, "%zu results, columns by %s.", a->count, a->by);
    if (several)
        buf_str(out, " Of a column of several files a figure is the median of theirs: n counts "
                     "files, and the interval is of these.");
    if (several < a->n)
        buf_printf(out, " A figure%s %s", several ? " of a column of one" : "", own);
}

/* Why columns have no figures, below their table. */
static void reasons(const struct across *a, const char *suite, const struct platform *platform,
                    struct buf *out)
{
    for (size_t c = 0; c < a->n; c++) {
        const char *why = reason(&a->v[c], suite, platform);

        if (why)
            buf_printf(out, "SKIP %s: %s\n", a->v[c].title, why);
    }
}

static void format_group(const struct across *a, const char *suite, const struct platform *platform,
                         void *context)
{
    struct sheet s = {0};

    fill_across(a, suite, platform, true, &s);
    if (sheet_rows(&s) > sheet_heads(&s)) {
        sheet_text(&s, context);
        reasons(a, suite, platform, context);
        buf_str(context, "\n");
    }
    sheet_free(&s);
}

void across_format(const struct across *a, struct buf *out)
{
    struct sheet differ = {0};
    struct buf basis = {0};

    fill_across_differences(a, &differ);
    sheet_text(&differ, out);
    buf_str(out, "\n");
    across_each(a, format_group, out);
    across_basis(a, &basis);
    text_wrap(basis.data, 80, out);
    buf_free(&basis);
    sheet_free(&differ);
}
