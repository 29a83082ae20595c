/* A platform's boots, each of several stages.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BOOTS_H
#define LIMPET_BOOTS_H

#include "results/results.h"

#define BOOT_STAGES 40 /* most */

/* The boot that stands for all of a platform, stage by stage: that with the median of all lengths,
 * of an even number the shorter one. */
struct boot_stages {
    const char *why;    /* there are none, or NULL (static); "" when there were no boots */
    size_t boots, boot; /* how many; the index of this one */
    double total_ms, sum_ms, sum_share;
    size_t count, longest; /* stages; the index of the longest */
    struct boot_stage {
        const char *name;
        double ms, share; /* of the total */
    } v[BOOT_STAGES];
};

/* Returns false when the platform has no boot time line. */
bool boots_stages(const struct result *result, const char *platform, struct boot_stages *out);

#endif
