/* All tables of a result, as text.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TABLES_H
#define LIMPET_TABLES_H

#include "base/buf.h"
#include "show/view.h"

/* Appends the tables, the reasons of skipped cells and where each platform's figures come from.
 * Returns how many cells could not be filled (or failed their check). */
unsigned tables_format(const struct view *view, struct buf *out);

/* Appends the ratios to the view's norm, if it has one. */
void norm_format(const struct view *view, struct buf *out);

/* The table of VM exits and why there are none, as text; nothing where no row tells. */
void exits_format(const struct view *view, struct buf *out);

#endif
