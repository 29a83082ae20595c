/* Plain-text tables and paragraphs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/table.h"
#include "base/quote.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2

void table_cell(struct table *t, const char *fmt, ...)
{
    struct buf plain = {0};
    char *text;
    va_list ap;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    quote_plain(&plain, text, strlen(text));
    args_add(&t->cells, plain.data);
    buf_free(&plain);
    free(text);
}

static size_t width(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += (*text & 0xc0) != 0x80;
    return n;
}

static void pad(struct buf *out, size_t n)
{
    while (n--)
        buf_str(out, " ");
}

void table_format(const struct table *t, struct buf *out)
{
    if (t->columns == 0)
        return;
    size_t *widths = xrealloc(NULL, t->columns * sizeof *widths);

    for (size_t i = 0; i < t->columns; i++)
        widths[i] = 0;
    for (size_t i = 0; i < t->cells.n; i++)
        if (width(t->cells.v[i]) > widths[i % t->columns])
            widths[i % t->columns] = width(t->cells.v[i]);
    for (size_t i = 0; i < t->cells.n; i++) {
        const char *cell = t->cells.v[i];
        size_t column = i % t->columns, blanks = widths[column] - width(cell);
        bool left = column == 0 || (t->left >> column & 1);

        if (column)
            pad(out, left ? GAP : GAP + blanks);
        buf_str(out, cell);
        if (column + 1 == t->columns || i + 1 == t->cells.n) {
            while (out->len && out->data[out->len - 1] == ' ')
                out->data[--out->len] = '\0';
            buf_str(out, "\n");
        } else if (left) {
            pad(out, blanks);
        }
    }
    free(widths);
}

void table_free(struct table *t) { args_free(&t->cells); }

/* The bytes of a text's first characters, so many of them at most. */
static size_t bytes_of(const char *text, size_t characters)
{
    size_t i = 0;

    for (; text[i]; i++)
        if ((text[i] & 0xc0) != 0x80 && !characters--)
            break;
    return i;
}

size_t text_wrap(const char *text, size_t columns, struct buf *out)
{
    size_t lines = 0;

    while (*(text += strspn(text, " "))) {
        size_t n = bytes_of(text, columns), end = n;

        while (text[n] && end && text[end] != ' ')
            end--;
        n = end ? end : n; /* a word that is longer than a line */
        buf_add(out, text, n);
        while (out->len && out->data[out->len - 1] == ' ')
            out->data[--out->len] = '\0';
        buf_str(out, "\n");
        text += n;
        lines++;
    }
    return lines;
}

void text_cut(const char *text, size_t columns, struct buf *out)
{
    size_t n = bytes_of(text, columns);

    if (text[n])
        n = bytes_of(text, columns - 1);
    for (size_t i = 0; i < n; i++)
        buf_add(out, (unsigned char)text[i] < ' ' || text[i] == 0x7f ? " " : text + i, 1);
    buf_str(out, text[n] ? "…\n" : "\n");
}
