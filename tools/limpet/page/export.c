/* The report as Markdown, as text and as CSV.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "show/tables.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void result_md(const struct view *v, struct buf *out)
{
    const char *section = NULL;
    struct part_list parts;
    struct sheet sheet;

    buf_str(out, "## ");
    md_text(out, v->file);
    if (json_text(v->result, "side")[0])
        buf_str(out, ": side ");
    md_text(out, json_text(v->result, "side"));
    buf_str(out, ", ");
    md_text(out, view_date(v));
    buf_str(out, "\n\n");
    page_parts(&parts);
    for (const struct part *p = parts.v; p < parts.v + parts.n; p++) {
        sheet = (struct sheet){0};
        section = p->section ? p->section : section;
        part_fill(p, v, &sheet);
        if (sheet.n) {
            if (section)
                buf_printf(out, "### %s\n\n", section);
            section = NULL;
            buf_printf(out, "**%s**\n\n", p->title);
            sheet_md(&sheet, out);
        }
        sheet_free(&sheet);
    }
}

void page_md(const struct view *views, size_t count, struct buf *out)
{
    buf_str(out, "# Limpet report\n\n");
    for (size_t i = 0; i < count; i++)
        result_md(&views[i], out);
}

void page_tables(const struct view *views, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, "%s%s, %s\n\n", i ? "\n" : "", views[i].file, view_date(&views[i]));
        tables_format(&views[i], out);
    }
}

/* What a key holds: text, a number as it was, true or false; an empty cell without. */
static void field(struct sheet *s, json_t *value)
{
    if (json_is_string(value))
        sheet_cell(s, "%s", json_string_value(value));
    else if (json_is_number(value))
        sheet_number(s, json_number_value(value));
    else if (json_is_boolean(value))
        sheet_cell(s, json_is_true(value) ? "true" : "false");
    else
        sheet_none(s);
}

static void row_fields(const struct view *v, json_t *row, struct sheet *s)
{
    static const char *const own[] = {"suite", "platform", "name", "unit"};
    static const char *const spread[] = {"min", "p95", "p99", "p999", "max", "mean"};
    static const char *const origin[] = {"nesting", "emulated",    "mode",
                                         "vmm",     "vmm_version", "image_sha256"};
    json_t *stats = json_object_get(row, "stats"), *run = view_run(v, row);
    json_t *unit = json_object_get(row, "sample_unit");
    struct estimate value = estimate_value(row), median = estimate_median(row);

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        field(s, json_object_get(row, own[i]));
    sheet_estimate(s, CELL_FIGURE, &value)->kind = CELL_FIGURE; /* n, even of nothing */
    field(s, unit ? unit : json_object_get(row, "unit"));
    sheet_estimate(s, CELL_FIGURE, &median)->kind = CELL_FIGURE;
    for (size_t i = 0; i < sizeof spread / sizeof *spread; i++)
        field(s, json_object_get(stats, spread[i]));
    for (size_t i = 0; i < sizeof origin / sizeof *origin; i++)
        field(s, json_object_get(run, origin[i]));
    field(s, json_object_get(v->result, "created"));
    field(s, json_object_get(v->result, "side"));
}

void page_csv(const struct view *views, size_t count, struct buf *out)
{
    struct sheet s = {.columns = 21};
    json_t *row;
    size_t k;

    buf_str(out, "suite,platform,name,unit,value,ci_lo,ci_hi,coverage,runs,"
                 "sample_unit,p50,p50_ci_lo,p50_ci_hi,p50_coverage,n,min,p95,p99,p999,max,mean,"
                 "nesting,emulated,mode,vmm,vmm_version,image_sha256,created,side\n");
    for (size_t i = 0; i < count; i++)
        for (k = 0; (row = json_array_get(json_object_get(views[i].result, "rows"), k)); k++)
            row_fields(&views[i], row, &s);
    sheet_csv(&s, out);
    sheet_free(&s);
}
