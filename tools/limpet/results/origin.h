/* Where a platform's figures come from, in a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ORIGIN_H
#define LIMPET_ORIGIN_H

#include "base/buf.h"
#include "results/results.h"
#include "vm/platforms.h"

/* Appends place, VMM, kernel, processor, machine and images of a platform's runs; nothing when
 * there are none. */
void origin_line(const struct result *result, const struct platform *platform, struct buf *out);

#endif
