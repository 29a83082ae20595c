/* The report as Markdown, as text and as CSV.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"
#include "vm/platforms.h"
#include "show/tables.h"

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

/* The suites that a result has something of. */
static unsigned suites_of(const struct view *v)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = {{"basic", SUITE_BASIC},
                 {"stream", SUITE_STREAM},
                 {"boot", SUITE_BOOT},
                 {"throughput", SUITE_THROUGHPUT},
                 {"vmm", SUITE_VMM}};
    struct column columns[PAGE_COLUMNS];
    unsigned suites = 0;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (view_columns(v, known[i].name, columns))
            suites |= known[i].bit;
    return suites;
}

void page_tables(const struct view *views, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct view *v = &views[i];
        const struct platform *platforms[PAGE_COLUMNS];
        int n = 0;

        for (int c = 0; c < v->count; c++)
            if (platform_find(v->columns[c].name))
                platforms[n++] = platform_find(v->columns[c].name);
        buf_printf(out, "%s%s, %s\n\n", i ? "\n" : "", v->file, view_date(v));
        tables_format(v->result, suites_of(v), platforms, n, out);
    }
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

/* A median's five fields; what it has not is empty. */
static void estimate_fields(struct buf *out, const struct estimate *e)
{
    const double interval[] = {e->low, e->high, e->coverage};

    if (e->known)
        buf_printf(out, "%.15g", e->value);
    buf_str(out, ",");
    for (size_t i = 0; i < sizeof interval / sizeof *interval; i++) {
        if (e->coverage > 0)
            buf_printf(out, "%.15g", interval[i]);
        buf_str(out, ",");
    }
    buf_printf(out, "%zu,", e->n);
}

static void row_csv(const struct view *v, json_t *row, struct buf *out)
{
    static const char *const own[] = {"suite", "platform", "name", "unit"};
    static const char *const spread[] = {"min", "p95", "p99", "p999", "max", "mean"};
    static const char *const origin[] = {"nesting", "emulated",    "mode",
                                         "vmm",     "vmm_version", "image_sha256"};
    json_t *stats = json_object_get(row, "stats"), *run = view_run(v, row);
    json_t *unit = json_object_get(row, "sample_unit");
    struct estimate value = estimate_value(row), median = estimate_median(row);

    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        field(out, json_object_get(row, own[i]));
    estimate_fields(out, &value);
    field(out, unit ? unit : json_object_get(row, "unit"));
    estimate_fields(out, &median);
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

    buf_str(out, "suite,platform,name,unit,value,ci_lo,ci_hi,coverage,runs,"
                 "sample_unit,p50,p50_ci_lo,p50_ci_hi,p50_coverage,n,min,p95,p99,p999,max,mean,"
                 "nesting,emulated,mode,vmm,vmm_version,image_sha256,created,side\n");
    for (size_t i = 0; i < count; i++)
        for (k = 0; (row = json_array_get(json_object_get(views[i].result, "rows"), k)); k++)
            row_csv(&views[i], row, out);
}
