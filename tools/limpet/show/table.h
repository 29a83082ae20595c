/* Plain-text tables and paragraphs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TABLE_H
#define LIMPET_TABLE_H

#include "base/buf.h"

/* Zero-initialize and set columns. Cells are added row by row; the first column is set left, the
 * others right unless left has their bit (1 << column). */
struct table {
    size_t columns;
    unsigned left;
    struct args cells;
};

void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Appends the table to out, without blanks at line ends. An unfinished last row is filled with
 * empty cells. Widths count characters of UTF-8. */
void table_format(const struct table *t, struct buf *out);
void table_free(struct table *t);

/* Appends a text in lines of so many characters at most, broken at blanks. Returns how many lines.
 */
size_t text_wrap(const char *text, size_t columns, struct buf *out);

/* Appends a text as one line, cut where it is longer, without what a terminal might obey. */
void text_cut(const char *text, size_t columns, struct buf *out);

#endif
