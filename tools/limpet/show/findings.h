/* What a result's figures tell, in sentences.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FINDINGS_H
#define LIMPET_FINDINGS_H

#include "base/buf.h"
#include "results/estimate.h"
#include "results/results.h"
#include "vm/platforms.h"

#include <stdbool.h>

/* Appends a platform's title as it can stand in a list: without a comma. */
void findings_title(const struct result *result, const struct platform *p, struct buf *out);

/* Did both platforms live through the same in a suite, here or in the same boots of a lab, and are
 * their results right? */
bool findings_comparable(const struct result *result, const char *suite,
                         const struct platform *const of[2]);

/* Adds the sentences: which of two platforms is faster, then what cannot be told. */
void findings_list(const struct result *result, struct args *out);

/* Appends the sentences, in so many lines of 80 columns at most. */
void findings_format(const struct result *result, size_t lines, struct buf *out);

#endif
