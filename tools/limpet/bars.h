/* Small bars for a terminal.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_BARS_H
#define LIMPET_BARS_H

#include "buf.h"

#define BAR_CELLS 24

/* Appends a bar of value / most of BAR_CELLS characters, in eighths of one (UTF-8); anything above
 * 0 shows. Pure. */
void bar(struct buf *out, double value, double most);

#endif
