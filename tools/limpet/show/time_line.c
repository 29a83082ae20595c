/* The boot time line of each platform as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/time_line.h"
#include "results/boots.h"
#include "results/results.h"
#include "show/fill.h"
#include "show/text.h"

#include <stdlib.h>
#include <string.h>

#define STAGES 64 /* of all platforms together */

/* In the unit of the row; 0 where it has not so many. */
static double sample(const struct row *row, size_t i)
{
    return row && i < row->sample_count ? row->samples[i].v : 0;
}

/* All stages of all platforms: those of one stay in order, a new one comes after its forerunner. */
static size_t collect_stages(const struct boot_stages *boots, int count, const char *names[STAGES])
{
    size_t n = 0, known;

    for (int c = 0; c < count; c++)
        for (size_t i = 0, at = 0; i < boots[c].count; i++, at = known + 1) {
            for (known = 0; known < n && strcmp(names[known], boots[c].v[i].name) != 0;)
                known++;
            if (known == n && n < STAGES) {
                memmove(names + at + 1, names + at, (n - at) * sizeof *names);
                names[at] = boots[c].v[i].name;
                known = at;
                n++;
            }
        }
    return n;
}

static void stage_line(const struct boot_stages *boots, int count, const char *name,
                       struct sheet *s)
{
    sheet_cell(s, "%s", name);
    for (int c = 0; c < count; c++) {
        size_t i = 0;

        while (i < boots[c].count && strcmp(boots[c].v[i].name, name) != 0)
            i++;
        if (i == boots[c].count)
            sheet_none(s);
        else
            sheet_cell(s, boots[c].v[i].ms < 0 ? "%.0f noise" : "%.0f", boots[c].v[i].ms * 1e3);
    }
}

static void summary(const struct view *v, const struct column *columns,
                    const struct boot_stages *boots, int count, struct sheet *s)
{
    sheet_cell(s, "start to exit");
    for (int c = 0; c < count; c++)
        sheet_cell(s, "%.0f", boots[c].total_ms * 1e3);
    sheet_cell(s, "stages add up to [%%]");
    for (int c = 0; c < count; c++)
        sheet_cell(s, "%.1f", boots[c].sum_share * 100);
    sheet_cell(s, "error of joining the clocks, ±");
    for (int c = 0; c < count; c++) {
        const struct row *error = results_row(v->result, "boot", "unpause, error", columns[c].name);

        if (error)
            sheet_cell(s, "%.0f", sample(error, boots[c].boot));
        else
            sheet_cell(s, "not joined");
    }
    sheet_cell(s, "longest stage");
    for (int c = 0; c < count; c++)
        sheet_cell(s, "%s", boots[c].v[boots[c].longest].name);
}

void time_line_format(const struct view *v, struct buf *out)
{
    struct boot_stages boots[VIEW_COLUMNS];
    struct column columns[VIEW_COLUMNS];
    const char *names[STAGES + 1];
    struct sheet s = {0}, phases = {0};
    int n = 0;
    size_t stages;

    for (int i = 0; i < v->count; i++) {
        columns[n] = v->columns[i];
        if (boots_stages(v->result, columns[n].name, &boots[n]))
            n++;
        else if (boots[n].why && boots[n].why[0])
            buf_printf(out, "%s has no boot time line: %s.\n", columns[n].title, boots[n].why);
    }
    if (!n)
        return;
    s.columns = (size_t)n + 1;
    sheet_cell(&s, "Boot time line: the middle boot, µs");
    for (int c = 0; c < n; c++)
        sheet_cell(&s, "%s", columns[c].title);
    stages = collect_stages(boots, n, names);
    for (size_t i = 0; i < stages; i++)
        stage_line(boots, n, names[i], &s);
    summary(v, columns, boots, n, &s);
    sheet_text(&s, out);
    buf_str(out, "\n");
    sheet_free(&s);
    fill_phases(v, &phases);
    sheet_text(&phases, out);
    buf_str(out, "\n");
    sheet_free(&phases);
}
