/* A platform's boots, each of several stages.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BOOTS_H
#define LIMPET_BOOTS_H

#include "results/results.h"

/*
 * Finds the boot that stands for all of a platform: that with the median of all lengths, of an even
 * number the shorter one. Returns NULL, or why there is no time line (static): "" for no boots.
 */
const char *boots_median(const struct result *result, const char *platform, size_t *boot);

#endif
