/* A figure of one row: its caption, and its distributions under each other.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FIGURE_H
#define LIMPET_FIGURE_H

#include "base/buf.h"
#include "show/view.h"

/* One row of several platforms, or sides; begins with a name. All is borrowed. */
struct shown {
    const char *name;
    const char *also; /* said behind its unit, or NULL */
    int count;
    struct column columns[VIEW_COLUMNS];
    const struct row *rows[VIEW_COLUMNS];
    const struct facts *runs[VIEW_COLUMNS];
};

/* Adds the row as a platform has it in a result; nothing where it has not. */
void figure_add(struct shown *shown, const struct column *column, const struct result *result,
                const char *suite);

/* Begins a figure with its caption. There is a row. */
void figure_begin(const struct shown *shown, struct buf *out);

/* Ends a caption with what must not be missed: what ran in a lab or was emulated. */
void figure_marks(const struct facts *const *runs, const struct column *columns, int count,
                  struct buf *out);

/* The whole figure of the distributions; nothing where no samples were kept. */
void figure_plot(const struct shown *shown, struct buf *out);

#endif
