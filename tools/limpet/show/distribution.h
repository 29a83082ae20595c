/* Every row of a suite with its distribution, as a text table.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DISTRIBUTION_H
#define LIMPET_DISTRIBUTION_H

#include "base/buf.h"
#include "vm/platforms.h"

#include <jansson.h>

struct distribution {
    json_t *result;
    const char *suite, *title;
    const struct platform *const *columns; /* their rows, platform by platform */
    int count;
};

/* Appends the table, nothing when there are no rows, and to remarks what its reader must know
 * besides: two modes, and means far from their medians. Columns that no row has are left out. */
void distribution_format(const struct distribution *d, struct buf *out, struct buf *remarks);

/* Appends the table of STREAM's times, one line a kernel and platform; nothing when there are none.
 */
void distribution_times(const struct distribution *d, struct buf *out);

#endif
