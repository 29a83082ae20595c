/* A platform's boots, each of several stages.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "results/boots.h"

#include <string.h>

static size_t median_of(const struct row *total)
{
    size_t n = total ? total->sample_count : 0;
    const struct value *v = n ? total->samples : NULL;

    for (size_t i = 0; i < n; i++) {
        size_t below = 0, equal = 0;

        for (size_t k = 0; k < n; k++) {
            below += v[k].v < v[i].v;
            equal += v[k].v == v[i].v;
        }
        if (below <= (n - 1) / 2 && (n - 1) / 2 < below + equal)
            return i;
    }
    return 0;
}

/* Finds the boot that stands for all. Returns NULL, or why there is no time line. */
static const char *find_median(const struct result *result, const char *platform,
                               const struct row *total, size_t *boot)
{
    size_t stages = 0, boots = total ? total->sample_count : 0;

    for (size_t i = 0; i < result->rows.n; i++) {
        const struct row *row = result->rows.v[i];

        if (!row->stage || strcmp(row->suite, "boot") != 0 || strcmp(row->platform, platform) != 0)
            continue;
        if (row->sample_count != boots)
            return "not every boot has the same stages: the clocks were joined in some only";
        stages++;
    }
    *boot = median_of(total);
    return stages ? NULL : "";
}

/* Milliseconds per unit of a row. */
static double to_ms(const struct row *row)
{
    const char *unit = row->unit;

    return !strcmp(unit, "us") ? 1e-3 : !strcmp(unit, "s") ? 1e3 : 1;
}

/* The row of a platform's boots with this stage number, or NULL. */
static const struct row *stage_row(const struct result *r, const char *platform, unsigned stage)
{
    const struct row *row;

    for (size_t i = 0; (row = rows_at(&r->rows, i)); i++)
        if (row->stage == stage && !strcmp(row->suite, "boot") && !strcmp(row->platform, platform))
            return row;
    return NULL;
}

bool boots_stages(const struct result *r, const char *platform, struct boot_stages *out)
{
    const struct row *total = results_row(r, "boot", "start to exit", platform), *row;

    *out = (struct boot_stages){.boots = total ? total->sample_count : 0};
    out->why = find_median(r, platform, total, &out->boot);
    if (!total || !out->boots || out->why)
        return false;
    out->total_ms = total->samples[out->boot].v * to_ms(total);
    for (unsigned stage = 1; stage <= BOOT_STAGES; stage++) {
        struct boot_stage *s = &out->v[out->count];

        row = stage_row(r, platform, stage);
        if (!row || out->boot >= row->sample_count)
            continue;
        s->name = row->name;
        s->ms = row->samples[out->boot].v * to_ms(row);
        s->share = s->ms / out->total_ms;
        out->sum_ms += s->ms;
        if (s->ms > out->v[out->longest].ms)
            out->longest = out->count;
        out->count++;
    }
    out->sum_share = out->sum_ms / out->total_ms;
    return out->count && out->total_ms > 0;
}
