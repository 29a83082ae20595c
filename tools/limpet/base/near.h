/* What a mistyped word may have meant.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_NEAR_H
#define LIMPET_NEAR_H

#include "base/buf.h"

/* Appends what a mistyped word may have meant: "near it: …", those of names (ended by NULL) within
 * two changed letters of it, or else "there are …", all of them. */
void near_names(struct buf *out, const char *word, const char *const names[]);

#endif
