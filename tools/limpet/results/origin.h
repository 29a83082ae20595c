/* Where a platform's figures come from, in a line.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ORIGIN_H
#define LIMPET_ORIGIN_H

#include "base/buf.h"
#include "vm/platforms.h"

#include <jansson.h>

/* Appends place, VMM, kernel, processor, machine and images of a platform's runs; nothing when
 * there are none. */
void origin_line(json_t *result, const struct platform *platform, struct buf *out);

#endif
