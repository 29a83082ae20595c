/* The report as Markdown, as text and as CSV.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "results/norm.h"
#include "results/count_comparison.h"
#include "show/tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void paragraph(const struct buf *text, const char *mark, struct buf *out)
{
    if (!text->len)
        return;
    buf_str(out, mark);
    md_text(out, text->data);
    buf_printf(out, "%s\n\n", mark);
}

static void parts_md(const struct view *v, const struct part_list *parts, struct buf *out)
{
    const char *section = NULL;

    for (const struct part *p = parts->v; p < parts->v + parts->n; p++) {
        struct sheet sheet = {0};
        char *title;

        section = p->section ? p->section : section;
        part_fill(p, v, &sheet);
        if (sheet.n) {
            if (section)
                buf_printf(out, "### %s\n\n", section);
            section = NULL;
            title = part_title(p, v);
            buf_str(out, "**");
            md_text(out, title);
            buf_str(out, "**\n\n");
            free(title);
            sheet_md(&sheet, out);
        }
        sheet_free(&sheet);
    }
}

static void result_md(const struct view *v, struct buf *out)
{
    struct buf lead = {0}, basis = {0};
    struct buf called = {0};
    struct part_list parts;

    buf_str(out, "## ");
    view_called(v, &called);
    md_text(out, called.data);
    buf_free(&called);
    buf_str(out, ", ");
    md_text(out, view_date(v));
    buf_str(out, "\n\n");
    page_lead(v, &lead, &basis);
    paragraph(&lead, "**", out);
    paragraph(&basis, "", out);
    buf_free(&lead);
    buf_free(&basis);
    comparison_parts(&parts);
    parts_md(v, &parts, out);
    page_parts(&parts);
    parts_md(v, &parts, out);
}

void page_md(const struct view *views, size_t count, struct buf *out)
{
    buf_str(out, "# Limpet report\n\n");
    if (count && views[0].across)
        across_md(views[0].across, out);
    for (size_t i = 0; i < count; i++)
        result_md(&views[i], out);
}

void page_tables(const struct view *views, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_str(out, i ? "\n" : "");
        view_called(&views[i], out);
        buf_printf(out, ", %s\n\n", view_date(&views[i]));
        tables_format(&views[i], out);
    }
}

/* What is empty is a cell with nothing. */
static void text_field(struct sheet *s, const char *text)
{
    if (text[0])
        sheet_cell(s, "%s", text);
    else
        sheet_none(s);
}

static void number_field(struct sheet *s, bool known, double number)
{
    if (known)
        sheet_number(s, number);
    else
        sheet_none(s);
}

#define CSV_COLUMNS 28 /* a figure counts as one */
#define CSV_VALUE   4
#define CSV_MEDIAN  6

static void row_fields(const struct view *v, const struct row *row, struct sheet *s)
{
    static const char *const spread[] = {"min", "p95", "p99", "p999", "max", "mean"};
    static const char *const origin[] = {"mode", "vmm", "vmm_version", "image_sha256"};
    const struct facts *run = results_run_of(v->result, row), *whole = v->result->facts;
    struct estimate value = estimate_value(row), median = estimate_median(row);
    double number;

    text_field(s, row->suite);
    text_field(s, row->platform);
    text_field(s, row->name);
    text_field(s, row->unit);
    sheet_estimate(s, CELL_FIGURE, &value)->kind = CELL_FIGURE; /* n, even of nothing */
    text_field(s, row->sample_unit ? row->sample_unit : row->unit);
    sheet_estimate(s, CELL_FIGURE, &median)->kind = CELL_FIGURE;
    for (size_t i = 0; i < sizeof spread / sizeof *spread; i++) {
        bool known = estimate_stat(row, spread[i], &number);

        number_field(s, known, number);
    }
    number_field(s, facts_has(run, "nesting"), facts_number(run, "nesting"));
    text_field(s, facts_true(run, "emulated")    ? "true"
                  : facts_false(run, "emulated") ? "false"
                                                 : "");
    for (size_t i = 0; i < sizeof origin / sizeof *origin; i++)
        text_field(s, facts_text(run, origin[i]));
    text_field(s, facts_text(whole, "created"));
    text_field(s, facts_text(whole, "side"));
    text_field(s, facts_text(run, "door"));
    text_field(s, facts_text(run, "confidential.active"));
    text_field(s, facts_text(whole, "label"));
    text_field(s, v->file);
    text_field(s, facts_text(facts_at(whole, "host"), "hostname"));
    text_field(s, facts_text(whole, "tool"));
    sheet_none(s);
}

/* What a system has not: a line with its suite, platform, name and, last, why. */
static void none_lines(const struct facts *run, struct sheet *s)
{
    static const struct estimate nothing;

    for (size_t i = 0; i < facts_count(run, "info"); i++) {
        const struct facts *info = facts_element(run, "info", i);
        const char *name = facts_text(info, "row"), *why = run_none(run, name);

        if (!why || strcmp(facts_text(info, "limpet"), "none") != 0)
            continue;
        text_field(s, facts_text(run, "suite"));
        text_field(s, facts_text(run, "platform"));
        text_field(s, name);
        for (size_t k = 3; k + 1 < CSV_COLUMNS; k++)
            if (k == CSV_VALUE || k == CSV_MEDIAN)
                sheet_estimate(s, CELL_FIGURE, &nothing)->kind = CELL_FIGURE;
            else
                sheet_none(s);
        text_field(s, why);
    }
}

void page_csv(const struct view *views, size_t count, struct buf *out)
{
    struct sheet s = {.columns = CSV_COLUMNS};
    const struct row *row;
    size_t k;

    buf_str(out,
            "suite,platform,name,unit,value,ci_lo,ci_hi,coverage,runs,"
            "sample_unit,p50,p50_ci_lo,p50_ci_hi,p50_coverage,n,min,p95,p99,p999,max,mean,"
            "nesting,emulated,mode,vmm,vmm_version,image_sha256,created,side,door,confidential,"
            "label,file,host,tool,none\n");
    for (size_t i = 0; i < count; i++)
        for (k = 0; (row = rows_at(&views[i].result->rows, k)); k++)
            row_fields(&views[i], row, &s);
    for (size_t i = 0; i < count; i++)
        for (k = 0; k < views[i].result->run_count; k++)
            none_lines(views[i].result->runs[k], &s);
    sheet_csv(&s, out);
    sheet_free(&s);
}

static void ratio_line(const struct view *v, const char *suite, const char *name,
                       const char *platform, struct estimate e, struct sheet *s)
{
    if (!e.known)
        return;
    text_field(s, suite);
    text_field(s, platform);
    text_field(s, name);
    sheet_estimate(s, CELL_FIGURE, &e);
    text_field(s, v->norm);
}

/* A suite's ratios on a platform, and their geometric mean: of the rows that were timed, or
 * counted. */
static void ratio_lines(const struct view *v, const char *suite, bool counted, const char *platform,
                        struct sheet *s)
{
    const char *of = counted ? NORM_COUNTED : suite;
    char *mean = xasprintf("%s%sgeometric mean", counted ? suite : "", counted ? ": " : "");
    struct args names = {0};

    norm_names(v->result, suite, counted, &names);
    for (size_t n = 0; n < names.n; n++)
        ratio_line(v, of, names.v[n], platform,
                   norm_ratio(v->result, of, names.v[n], platform, v->norm), s);
    if (norm_has_mean(suite))
        ratio_line(v, of, mean, platform, norm_mean(v->result, of, &names, platform, v->norm), s);
    args_free(&names);
    free(mean);
}

void norm_csv(const struct view *views, size_t count, struct buf *out)
{
    struct sheet s = {.columns = 5};

    buf_str(out, "suite,platform,name,ratio,ci_lo,ci_hi,coverage,n,norm\n");
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; suites[k]; k++)
            for (int c = 0; c < views[i].count; c++)
                for (int counted = 0; counted < 2; counted++)
                    if (strcmp(views[i].columns[c].name, views[i].norm) != 0)
                        ratio_lines(&views[i], suites[k]->name, counted, views[i].columns[c].name,
                                    &s);
    sheet_csv(&s, out);
    sheet_free(&s);
}

static void details(struct sheet *sides, struct buf *out)
{
    if (sides->n) {
        buf_str(out, "<details><summary>What differs between A and B</summary>\n\n");
        sheet_md(sides, out);
        buf_str(out, "\n</details>\n");
    }
    sheet_free(sides);
}

void count_comparison_md(const struct count_comparison *c, struct buf *out)
{
    struct sheet sides = {0}, changes = {0};
    struct buf sentence = {0};

    count_comparison_sentence(c, &sentence);
    paragraph(&sentence, "**", out);
    fill_count_changes(c, &changes);
    if (changes.n)
        sheet_md(&changes, out);
    for (size_t i = 0; i < c->alone.n; i++) {
        buf_clear(&sentence);
        buf_printf(&sentence, "Not compared: %s", c->alone.v[i]);
        paragraph(&sentence, "", out);
    }
    fill_count_sides(c, &sides);
    details(&sides, out);
    sheet_free(&changes);
    buf_free(&sentence);
}

void comparison_md(const struct comparison *c, struct buf *out)
{
    const struct view view = {.comparison = c};
    struct buf sentence = {0}, basis = {0};
    struct sheet sides = {0};

    comparison_sentence(c, &sentence);
    comparison_basis(c, &basis);
    paragraph(&sentence, "**", out);
    fill_sides(&view, &sides);
    for (size_t i = 0; i < c->n; i++) {
        const struct group *g = &c->groups[i];
        struct buf title = {0};
        struct sheet rows = {0};

        group_title(c, g, &title);
        buf_printf(&title, "%s%s", g->refused ? ": refused: " : "", g->refused ? g->refused : "");
        paragraph(&title, "", out);
        fill_group(g, &rows);
        if (g->n)
            sheet_md(&rows, out);
        sheet_free(&rows);
        buf_free(&title);
    }
    paragraph(&basis, "", out);
    details(&sides, out);
    buf_free(&sentence);
    buf_free(&basis);
}
