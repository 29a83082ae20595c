/* Every sample as a line of CSV, for programs that draw and compute.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

static const char heading[] = "platform,suite,row,run,sample,count,unit,value,host,version,vmm,"
                              "mode,emulated,door,created,file,label,tool\n";
#define COLUMNS 18

static void text_field(struct sheet *s, const char *text)
{
    if (text[0])
        sheet_cell(s, "%s", text);
    else
        sheet_none(s);
}

/* A number from 1 up; 0 is unknown, and empty. */
static void place_field(struct sheet *s, size_t number)
{
    if (number)
        sheet_number(s, (double)number);
    else
        sheet_none(s);
}

/* A value, and how often it came. run, sample: its places. */
static void line(const struct view *v, const struct row *row, size_t run, size_t sample,
                 double value, double count, struct sheet *s)
{
    const struct facts *whole = v->result->facts, *of = results_run_of(v->result, row);
    const char *origin[] = {facts_text(facts_at(whole, "host"), "hostname"),
                            facts_text(of, "vmm_version"),
                            facts_text(of, "vmm"),
                            facts_text(of, "mode"),
                            facts_true(of, "emulated")    ? "true"
                            : facts_false(of, "emulated") ? "false"
                                                          : "",
                            facts_text(of, "door"),
                            facts_text(whole, "created"),
                            v->file,
                            facts_text(whole, "label"),
                            facts_text(whole, "tool")};

    text_field(s, row->platform);
    text_field(s, row->suite);
    text_field(s, row->name);
    place_field(s, run);
    place_field(s, sample);
    sheet_number(s, count);
    text_field(s, row->sample_count && row->sample_unit ? row->sample_unit : row->unit);
    sheet_number(s, value);
    for (size_t i = 0; i < sizeof origin / sizeof *origin; i++)
        text_field(s, origin[i]);
}

/* Which run a sample is of is known where there is one run, or one sample of each. */
static void samples(const struct view *v, const struct row *row, struct sheet *s)
{
    bool each = !row->histogram && row->sample_count == row->runs.n;
    double value, count;

    for (size_t i = 0; estimate_sample(row, i, &value, &count); i++)
        line(v, row,
             row->runs.n == 1 ? 1
             : each           ? i + 1
                              : 0,
             row->histogram ? 0 : i + 1, value, count, s);
    for (size_t i = 0; !row->sample_count && i < row->runs.n; i++)
        line(v, row, i + 1, i + 1, row->runs.v[i], 1, s);
}

void page_samples(const struct view *views, size_t count, struct buf *out)
{
    const struct row *row;

    buf_str(out, heading);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; (row = rows_at(&views[i].result->rows, k)); k++) {
            struct sheet s = {.columns = COLUMNS};

            samples(&views[i], row, &s);
            sheet_csv(&s, out);
            sheet_free(&s);
        }
}
