/* The table of what was counted.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/results.h"
#include "show/fill.h"

#include <math.h>

static const char *const heads[] = {"counted",      "platform", "calls",  "per call",
                                    "instructions", "loads",    "stores", "port + MMIO",
                                    "CPUID",        "MSRs",     "pages",  NULL};

static void line(const struct view *v, struct sheet *s, const struct row *row)
{
    const double *n = row->counts.v;
    double calls = row->calls * (isnan(row->per_call) ? 1 : row->per_call);

    sheet_cell(s, "%s", row->name);
    sheet_cell(s, "%s", view_title(v, row->platform));
    if (calls > 0) {
        sheet_number(s, calls);
        sheet_cell(s, "%.2f", n[COUNT_INSTRUCTIONS] / calls);
    } else {
        sheet_none(s);
        sheet_none(s);
    }
    sheet_number(s, n[COUNT_INSTRUCTIONS]);
    sheet_number(s, n[COUNT_LOADS]);
    sheet_number(s, n[COUNT_STORES]);
    sheet_number(s, n[COUNT_PORTS] + n[COUNT_MMIO]);
    sheet_number(s, n[COUNT_CPUID]);
    sheet_number(s, n[COUNT_MSRS]);
    sheet_number(s, n[COUNT_PAGES]);
}

void fill_counts(const struct view *v, struct sheet *s)
{
    const struct row *row;

    for (size_t i = 0; (row = rows_at(&v->result->rows, i)); i++) {
        if (!row->counts.known)
            continue;
        if (!s->n)
            sheet_begin(s, heads, 1 << 1);
        line(v, s, row);
    }
    if (s->n)
        sheet_drop_empty(s, 2);
}
