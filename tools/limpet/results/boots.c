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

const char *boots_median(const struct result *result, const char *platform, size_t *boot)
{
    const struct row *total = results_row(result, "boot", "start to exit", platform);
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
