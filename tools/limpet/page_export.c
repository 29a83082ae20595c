/* The report as Markdown and as CSV.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void result_md(const struct view *v, struct buf *out)
{
    const char *section = NULL;
    struct sheet sheet;

    buf_str(out, "## ");
    md_text(out, v->file);
    if (json_text(v->result, "side")[0])
        buf_str(out, ": side ");
    md_text(out, json_text(v->result, "side"));
    buf_str(out, ", ");
    md_text(out, view_date(v));
    buf_str(out, "\n\n");
    for (const struct part *p = page_parts; p->title; p++) {
        sheet = (struct sheet){0};
        section = p->section ? p->section : section;
        if (p->fill)
            p->fill(v, &sheet);
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

/* A field with what a key holds: text, a number as it was, true or false; empty without. */
static void field(struct buf *out, json_t *value)
{
    if (json_is_string(value))
        csv_text(out, json_string_value(value));
    else if (json_is_number(value))
        buf_printf(out, "%.15g", json_number_value(value));
    else if (json_is_boolean(value))
        buf_str(out, json_is_true(value) ? "true" : "false");
    buf_str(out, ",");
}

static void row_csv(const struct view *v, json_t *row, struct buf *out)
{
    static const char *const own[] = {"suite", "platform", "name", "unit", "value"};
    static const char *const spread[] = {"min", "p50", "p95", "p99", "p999", "max", "mean"};
    static const char *const origin[] = {"nesting", "emulated",    "mode",
                                         "vmm",     "vmm_version", "image_sha256"};
    json_t *stats = json_object_get(row, "stats"), *run = view_run(v, row);

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        field(out, json_object_get(row, own[i]));
    field(out, json_array_get(json_object_get(stats, "ci"), 0));
    field(out, json_array_get(json_object_get(stats, "ci"), 1));
    field(out, json_object_get(stats, "n"));
    for (size_t i = 0; i < sizeof spread / sizeof *spread; i++)
        field(out, json_object_get(stats, spread[i]));
    for (size_t i = 0; i < sizeof origin / sizeof *origin; i++)
        field(out, json_object_get(run, origin[i]));
    field(out, json_object_get(v->result, "created"));
    csv_text(out, json_text(v->result, "side"));
    buf_str(out, "\n");
}

void page_csv(const struct view *views, size_t count, struct buf *out)
{
    json_t *row;
    size_t k;

    buf_str(out, "suite,platform,name,unit,value,ci_lo,ci_hi,n,min,p50,p95,p99,p999,max,mean,"
                 "nesting,emulated,mode,vmm,vmm_version,image_sha256,created,side\n");
    for (size_t i = 0; i < count; i++)
        for (k = 0; (row = json_array_get(json_object_get(views[i].result, "rows"), k)); k++)
            row_csv(&views[i], row, out);
}
