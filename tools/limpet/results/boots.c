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

/* The stages that end a phase; what comes between the start and these is firmware's. */
#define TO_START "to start"
#define TO_STUB  "to stub"
#define TO_DOOR  "to door"
#define TO_MAIN  "to main"
#define TO_LINE  "to last line"
#define TO_ALONE "to door, and from main to first byte"

static size_t stage_index(const struct boot_stages *s, const char *name)
{
    size_t i = 0;

    while (i < s->count && strcmp(s->v[i].name, name) != 0)
        i++;
    return i;
}

/* Whose the stages are that end at the image's door: the i-th ends at the stub, or at the door. */
static enum boot_phase phase_before(const struct boot_stages *s, size_t i, size_t entry)
{
    size_t start = stage_index(s, TO_START), first = start < s->count ? start + 1 : 0;

    if (i < first)
        return BOOT_VMM;
    if (i > entry)
        return BOOT_STUB;
    if (first == entry)
        return BOOT_UNTOLD;
    return i < entry ? BOOT_FIRMWARE : BOOT_LOADER;
}

/* Says of each stage whose it is, and adds up. */
static void add_phases(struct boot_stages *s)
{
    size_t alone = stage_index(s, TO_ALONE), stub = stage_index(s, TO_STUB);
    size_t door = alone < s->count ? alone : stage_index(s, TO_DOOR);
    size_t main_at = stage_index(s, TO_MAIN), line = stage_index(s, TO_LINE);

    s->apart = alone < s->count;
    for (size_t i = 0; i < s->count; i++) {
        struct boot_stage *stage = &s->v[i];

        stage->phase = i <= door && door < s->count ? phase_before(s, i, stub < door ? stub : door)
                       : i <= main_at && main_at < s->count ? BOOT_IMAGE
                       : i <= line && line < s->count       ? BOOT_MAIN
                                                            : BOOT_END;
        s->phase_ms[stage->phase] += stage->ms;
        s->has[stage->phase] = true;
    }
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
    add_phases(out);
    return out->count && out->total_ms > 0;
}
