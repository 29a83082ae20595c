/* Why a mean and a median of the same samples are far apart.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DISTURBANCE_H
#define LIMPET_DISTURBANCE_H

#include "base/buf.h"
#include "base/facts.h"
#include "results/estimate.h"

#include <stdbool.h>

/* Is a row's figure the mean of its samples, as of first touches? Otherwise it is that of loops of
 * calls, of which the samples are others, timed one by one. */
bool disturbance_is_mean(const struct row *row);

/*
 * Where a figure that is a mean differs from its median by more than either's interval, and by a
 * tenth: appends both and what the difference is made of, "mean 171,334, median 6,000 cycles: 12 of
 * 196,608 samples took 50 µs and more and make up 93 % of the difference: pre-emptions, or …". Of
 * loops of calls likewise where they took longer than the median of the single calls did.
 * Nothing otherwise. run: the row's, or NULL.
 */
void disturbance_text(const struct row *row, const struct facts *run, enum number_style style,
                      struct buf *out);

#endif
