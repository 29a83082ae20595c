/* The boot time line of each platform as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/time_line.h"
#include "results/results.h"
#include "show/text.h"

#include <stdlib.h>
#include <string.h>

#define STAGES 64 /* of all platforms together */

/* One platform's boot of median length. */
struct boot {
    const struct column *column;
    size_t index; /* among its boots */
    double total_us, sum_us, longest_us;
    const char *longest;
};

static json_t *row_of(json_t *result, const struct column *c, const char *name)
{
    return results_row(result, "boot", name, c->name);
}

static double sample(json_t *row, size_t i)
{
    return json_number_value(json_array_get(json_object_get(row, "samples"), i));
}

static size_t samples_of(json_t *row) { return json_array_size(json_object_get(row, "samples")); }

static size_t median_of(json_t *total)
{
    size_t n = samples_of(total);

    for (size_t i = 0; i < n; i++) {
        size_t below = 0, equal = 0;

        for (size_t k = 0; k < n; k++) {
            below += sample(total, k) < sample(total, i);
            equal += sample(total, k) == sample(total, i);
        }
        if (below <= (n - 1) / 2 && (n - 1) / 2 < below + equal)
            return i;
    }
    return 0;
}

const char *median_boot(json_t *result, const char *platform, size_t *boot)
{
    json_t *total = results_row(result, "boot", "start to exit", platform), *row;
    size_t i, stages = 0;

    for (i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++) {
        if (!json_object_get(row, "stage") || strcmp(json_text(row, "suite"), "boot") != 0 ||
            strcmp(json_text(row, "platform"), platform) != 0)
            continue;
        if (samples_of(row) != samples_of(total))
            return "not every boot has the same stages: the clocks were joined in some only";
        stages++;
    }
    *boot = median_of(total);
    return stages ? NULL : "";
}

/* Has the platform a time line? Then its boot is found; else tells why not. */
static bool find_boot(json_t *result, const struct column *c, struct boot *b, struct buf *out)
{
    json_t *total = row_of(result, c, "start to exit");
    const char *why;

    *b = (struct boot){.column = c};
    why = median_boot(result, c->name, &b->index);
    if (why && why[0])
        buf_printf(out, "%s has no boot time line: %s.\n", c->title, why);
    b->total_us = sample(total, b->index) * 1e3;
    return !why;
}

/* All stages of all platforms: those of one stay in order, a new one comes after its forerunner. */
static size_t collect_stages(json_t *result, const struct boot *boots, int count,
                             const char *names[STAGES])
{
    size_t n = 0;

    for (int c = 0; c < count; c++) {
        json_t *row;
        size_t i, at = 0;

        for (i = 0; (row = json_array_get(json_object_get(result, "rows"), i)); i++) {
            const char *name = json_string_value(json_object_get(row, "name"));
            size_t known;

            if (!name || !json_object_get(row, "stage") ||
                row != row_of(result, boots[c].column, name))
                continue;
            for (known = 0; known < n && strcmp(names[known], name); known++)
                ;
            if (known == n && n < STAGES) {
                memmove(names + at + 1, names + at, (n - at) * sizeof *names);
                names[at] = name;
                known = at;
                n++;
            }
            at = known + 1;
        }
    }
    return n;
}

static void stage_line(json_t *result, struct boot *boots, int count, const char *name,
                       struct sheet *t)
{
    sheet_cell(t, "%s", name);
    for (int c = 0; c < count; c++) {
        json_t *row = row_of(result, boots[c].column, name);
        double us = row ? sample(row, boots[c].index) : 0;

        if (!row) {
            sheet_cell(t, "-");
            continue;
        }
        sheet_cell(t, us < 0 ? "%.0f noise" : "%.0f", us);
        boots[c].sum_us += us;
        if (us > boots[c].longest_us) {
            boots[c].longest_us = us;
            boots[c].longest = name;
        }
    }
}

static void summary(json_t *result, const struct boot *boots, int count, struct sheet *t)
{
    sheet_cell(t, "start to exit");
    for (int c = 0; c < count; c++)
        sheet_cell(t, "%.0f", boots[c].total_us);
    sheet_cell(t, "stages add up to [%%]");
    for (int c = 0; c < count; c++)
        sheet_cell(t, "%.1f", boots[c].sum_us / boots[c].total_us * 100);
    sheet_cell(t, "error of joining the clocks, ±");
    for (int c = 0; c < count; c++) {
        json_t *error = row_of(result, boots[c].column, "unpause, error");

        if (error)
            sheet_cell(t, "%.0f", sample(error, boots[c].index));
        else
            sheet_cell(t, "not joined");
    }
    sheet_cell(t, "longest stage");
    for (int c = 0; c < count; c++)
        sheet_cell(t, "%s", boots[c].longest ? boots[c].longest : "-");
}

void time_line_format(const struct view *v, struct buf *out)
{
    struct boot boots[VIEW_COLUMNS];
    const char *names[STAGES + 1];
    struct sheet t = {0};
    int n = 0;
    size_t stages;

    for (int i = 0; i < v->count; i++)
        n += find_boot(v->result, &v->columns[i], &boots[n], out);
    if (!n)
        return;
    t.columns = (size_t)n + 1;
    sheet_cell(&t, "Boot time line: the middle boot, µs");
    for (int c = 0; c < n; c++)
        sheet_cell(&t, "%s", boots[c].column->title);
    stages = collect_stages(v->result, boots, n, names);
    for (size_t i = 0; i < stages; i++)
        stage_line(v->result, boots, n, names[i], &t);
    summary(v->result, boots, n, &t);
    sheet_text(&t, out);
    buf_str(out, "\n");
    sheet_free(&t);
}
