/* Plain text: a sheet's pen for terminals, and paragraphs.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TEXT_H
#define LIMPET_TEXT_H

#include "base/buf.h"
#include "show/sheet.h"

/*
 * Appends a sheet as text, without blanks at line ends. Of figures the value is shown; how many
 * each is of stands once for each column, in a line of the heading, and beside those that differ; a
 * line of medians is below the means. Widths count characters of UTF-8. An unfinished last row is
 * filled with empty cells.
 */
void sheet_text(const struct sheet *sheet, struct buf *out);

/* Appends a text in lines of so many characters at most, broken at blanks. Returns how many lines.
 */
size_t text_wrap(const char *text, size_t columns, struct buf *out);

/* Appends a text as one line, cut where it is longer, without what a terminal might obey. */
void text_cut(const char *text, size_t columns, struct buf *out);

#endif
