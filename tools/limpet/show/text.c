/* Plain text: a sheet's pen for terminals, and paragraphs.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/text.h"
#include "base/quote.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP           2
#define LACKS_COLUMNS 80

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

/* Lines of a table whose cells are texts. */
static void layout(const struct sheet *s, const struct args *cells, struct buf *out)
{
    size_t *widths = xrealloc(NULL, s->columns * sizeof *widths);

    for (size_t i = 0; i < s->columns; i++)
        widths[i] = 0;
    for (size_t i = 0; i < cells->n; i++)
        if (width(cells->v[i]) > widths[i % s->columns])
            widths[i % s->columns] = width(cells->v[i]);
    for (size_t i = 0; i < cells->n; i++) {
        const char *cell = cells->v[i];
        size_t column = i % s->columns, blanks = widths[column] - width(cell);
        bool left = sheet_is_words(s, column);

        if (column)
            pad(out, left ? GAP : GAP + blanks);
        buf_str(out, cell);
        if (column + 1 == s->columns || i + 1 == cells->n) {
            while (out->len && out->data[out->len - 1] == ' ')
                out->data[--out->len] = '\0';
            buf_str(out, "\n");
        } else if (left) {
            pad(out, blanks);
        }
    }
    free(widths);
}

static void add_plain(struct args *cells, const char *text)
{
    struct buf plain = {0};

    quote_plain(&plain, text, strlen(text));
    args_add(cells, plain.data);
    buf_free(&plain);
}

/* How many a column's first figure is of; 0: there is no figure. */
static size_t usual_n(const struct sheet *s, size_t column)
{
    for (size_t i = column; i < s->n; i += s->columns)
        if (s->cells[i].kind == CELL_FIGURE && s->cells[i].e.n)
            return s->cells[i].e.n;
    return 0;
}

static void add_cell(const struct sheet *s, size_t i, size_t usual, struct args *cells)
{
    const struct cell *c = &s->cells[i];
    struct buf text = {0};

    buf_str(&text, "");
    if (!i && s->title)
        buf_str(&text, s->title);
    else
        cell_text(c, NUMBER_PLAIN, &text);
    if (c->kind == CELL_FIGURE && c->e.n != usual)
        buf_printf(&text, " (n %zu)", c->e.n);
    add_plain(cells, text.data);
    buf_free(&text);
}

/* Of a row with means: the medians of the same samples. */
static void add_medians(const struct sheet *s, size_t row, struct args *cells)
{
    bool any = false;

    for (size_t k = 0; k < s->columns; k++)
        any |= sheet_at(s, row, k)->median.known;
    if (any)
        args_add(cells, "  median of single ones");
    for (size_t k = 1; k < s->columns && any; k++) {
        struct buf text = {0};

        cell_text(&(struct cell){.kind = sheet_at(s, row, k)->median.known ? CELL_VALUE : CELL_NONE,
                                 .e = sheet_at(s, row, k)->median},
                  NUMBER_PLAIN, &text);
        args_add(cells, text.data);
        buf_free(&text);
    }
}

void sheet_text(const struct sheet *s, struct buf *out)
{
    size_t *usual, most = 0;
    struct args cells = {0}, lacks = {0};

    if (!s->columns)
        return;
    usual = xrealloc(NULL, s->columns * sizeof *usual);
    for (size_t k = 0; k < s->columns; k++) {
        usual[k] = usual_n(s, k);
        most = usual[k] > most ? usual[k] : most;
    }
    for (size_t i = 0; i < s->n; i++) {
        size_t row = i / s->columns, column = i % s->columns;

        if (most && !column && row == sheet_heads(s)) {
            args_add(&cells, "  n");
            for (size_t k = 1; k < s->columns; k++)
                if (usual[k])
                    args_addf(&cells, "%zu", usual[k]);
                else
                    args_add(&cells, "");
        }
        add_cell(s, i, usual[column], &cells);
        if (column + 1 == s->columns)
            add_medians(s, row, &cells);
    }
    layout(s, &cells, out);
    args_free(&cells);
    free(usual);
    sheet_lacks(s, &lacks);
    for (size_t i = 0; i < lacks.n; i++) {
        struct buf plain = {0};

        quote_plain(&plain, lacks.v[i], strlen(lacks.v[i]));
        text_wrap(plain.data, LACKS_COLUMNS, out);
        buf_free(&plain);
    }
    args_free(&lacks);
}

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
