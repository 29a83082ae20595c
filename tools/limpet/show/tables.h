/* The classic tables, from a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TABLES_H
#define LIMPET_TABLES_H

#include "base/buf.h"
#include "vm/platforms.h"

#include <jansson.h>

/* Which suites. */
enum { SUITE_BASIC = 1, SUITE_STREAM = 2, SUITE_BOOT = 4, SUITE_THROUGHPUT = 8, SUITE_VMM = 16 };

/* Appends the tables of these suites, the reasons of skipped cells and where each platform's
 * figures come from. Returns how many cells could not be filled (or failed their check). */
unsigned tables_format(json_t *result, unsigned suites, const struct platform *const *columns,
                       int count, struct buf *out);

#endif
