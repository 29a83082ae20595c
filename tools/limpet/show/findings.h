/* What a result's figures tell, in sentences.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FINDINGS_H
#define LIMPET_FINDINGS_H

#include "base/buf.h"
#include "results/estimate.h"
#include "vm/platforms.h"

#include <jansson.h>
#include <stdbool.h>

/* A row's figure to quote; of one that tells no runs, the median of its samples. */
struct estimate findings_figure(json_t *row);

/* How many times less (more: more) x is than y, with its interval: above 1, x is the better. The
 * interval is that of two medians that have nothing to do with each other, on the logarithms (Zou
 * and Donner, Statistics in Medicine 27, 2008). Unknown where one is not above 0. Pure. */
struct estimate findings_ratio(const struct estimate *x, const struct estimate *y, bool more);

/* Is the ratio told: has it an interval of 95 % that does not hold 1? Pure. */
bool findings_told(const struct estimate *ratio);

/* Appends a platform's title as it can stand in a list: without a comma. */
void findings_title(const struct platform *p, struct buf *out);

/* Appends the sentences, in so many lines of 80 columns at most. */
void findings_format(json_t *result, size_t lines, struct buf *out);

#endif
