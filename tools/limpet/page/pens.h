/* Three pens: a sheet as HTML, as Markdown and as CSV; and what text of others needs in each. (The
 * fourth, for terminals, is show/text.h.)
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PENS_H
#define LIMPET_PENS_H

#include "base/buf.h"
#include "show/sheet.h"

/* Beside a figure, smaller, stands all that belongs to it: its interval, n, the median of a mean.
 */
void sheet_html(const struct sheet *sheet, const char *caption, struct buf *out);
void sheet_md(const struct sheet *sheet, struct buf *out);

/* A figure is five fields: its value, the interval's ends, its coverage, n. Numbers are whole; a
 * cell that has nothing is empty. */
void sheet_csv(const struct sheet *sheet, struct buf *out);

/* An estimate's interval and n, small: "117–129, n 6". */
void estimate_html(struct buf *out, const struct estimate *e);

/* Text that others wrote, made harmless for the format at hand. */
void html_text(struct buf *out, const char *text);
void url_text(struct buf *out, const char *name); /* a file's name in a link */
void md_text(struct buf *out, const char *text);  /* also in a table's cell */
void csv_text(struct buf *out, const char *text);

#endif
