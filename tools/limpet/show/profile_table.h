/* A profile as a table of functions, and what it is worth.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PROFILE_TABLE_H
#define LIMPET_PROFILE_TABLE_H

#include "results/profile.h"
#include "show/sheet.h"

/* The functions in which most samples lie, at most so many; the others in one row. */
void profile_fill(const struct profile *p, const struct functions *f, size_t most,
                  struct sheet *sheet);

/* Sentences: how many samples, and what they do not tell. emulated: by what the guest's processor
 * is imitated, or NULL. */
void profile_notes(const struct profile *p, const char *emulated, struct buf *out);

/* Both as text. */
void profile_text(const struct profile *p, const struct functions *f, size_t most,
                  const char *emulated, struct buf *out);

#endif
