/* What the plugin of tools/cost tells of a run, section by section.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COUNTED_H
#define LIMPET_COUNTED_H

#include "results/counts.h"

/* A section of a run. */
struct section {
    enum section_kind { SECTION_STAGE, SECTION_ROW, SECTION_END } kind; /* END: all of it */
    unsigned number;
    struct counts counts;
};

/* What the plugin of tools/cost wrote. */
struct counted {
    struct section *v;
    size_t n;
};

/* Reads that. functions: the names of those whose addresses it was given. Returns false, with all
 * freed, where something is not of that form. Pure but for memory. */
bool counted_parse(const char *text, size_t n, const char *const *functions, size_t count,
                   struct counted *out);
void counted_free(struct counted *c);

/* One of its sections (borrowed), or NULL. */
const struct section *counted_find(const struct counted *c, enum section_kind kind,
                                   unsigned number);

/* All of a run, with the functions of all its stages; not known where they do not add up. */
struct counts counted_whole(const struct counted *c);

#endif
