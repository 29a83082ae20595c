/* A table of the report, as HTML and as Markdown.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/page.h"

#include <stdlib.h>

void sheet_cell(struct sheet *s, const char *text, const char *note)
{
    s->cells = xrealloc(s->cells, (s->n + 1) * sizeof *s->cells);
    s->cells[s->n++] = (struct cell){xstrdup(text), note && note[0] ? xstrdup(note) : NULL};
}

void sheet_number(struct sheet *s, double value, const char *note)
{
    struct buf text = {0};

    number_text(&text, value);
    sheet_cell(s, text.data, note);
    buf_free(&text);
}

void sheet_estimate(struct sheet *s, const struct estimate *e, bool unit, const char *more)
{
    struct buf text = {0}, note = {0};

    estimate_text(&text, e, NUMBER_PEOPLE);
    if (unit)
        buf_printf(&text, " %s", e->unit);
    estimate_interval(&note, e, NUMBER_PEOPLE);
    if (e->n) {
        buf_str(&note, note.len ? ", n " : "n ");
        number_text(&note, (double)e->n);
    }
    if (more)
        buf_printf(&note, note.len ? ", %s" : "%s", more);
    sheet_cell(s, text.data, note.data);
    buf_free(&text);
    buf_free(&note);
}

void sheet_free(struct sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->cells[i].text);
        free(s->cells[i].note);
    }
    free(s->cells);
    *s = (struct sheet){0};
}

static void cell_html(const struct cell *c, bool head, size_t column, bool words, struct buf *out)
{
    const char *tag = head ? "th scope=\"col\"" : column ? "td" : "th scope=\"row\"";

    buf_printf(out, "<%s%s>", tag, words ? " class=\"w\"" : "");
    html_text(out, c->text);
    if (c->note) {
        buf_str(out, "<small>");
        html_text(out, c->note);
        buf_str(out, "</small>");
    }
    buf_str(out, head || !column ? "</th>" : "</td>");
}

static void row_html(const struct sheet *s, size_t row, struct buf *out)
{
    buf_str(out, "<tr>");
    for (size_t k = 0; k < s->columns; k++)
        cell_html(&s->cells[row * s->columns + k], !row, k, k < s->words, out);
    buf_str(out, "</tr>\n");
}

void sheet_html(const struct sheet *s, const char *caption, struct buf *out)
{
    size_t rows = s->columns ? s->n / s->columns : 0;

    buf_str(out, "<div class=\"box\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html_text(out, caption);
    buf_str(out, "\"><table><caption>");
    html_text(out, caption);
    buf_str(out, "</caption>\n");
    for (size_t row = 0; row < rows; row++) {
        buf_str(out, !row ? "<thead>\n" : row == 1 ? "<tbody>\n" : "");
        row_html(s, row, out);
        buf_str(out, !row ? "</thead>\n" : "");
    }
    buf_str(out, rows > 1 ? "</tbody></table></div>\n" : "</table></div>\n");
}

static void row_md(const struct sheet *s, size_t row, struct buf *out)
{
    for (size_t k = 0; k < s->columns; k++) {
        const struct cell *c = &s->cells[row * s->columns + k];

        buf_str(out, "| ");
        md_text(out, c->text);
        if (c->note) {
            buf_str(out, c->text[0] ? " (" : "(");
            md_text(out, c->note);
            buf_str(out, ")");
        }
        buf_str(out, " ");
    }
    buf_str(out, "|\n");
}

void sheet_md(const struct sheet *s, struct buf *out)
{
    size_t rows = s->columns ? s->n / s->columns : 0;

    for (size_t row = 0; row < rows; row++) {
        row_md(s, row, out);
        for (size_t k = 0; !row && k < s->columns; k++)
            buf_str(out, k < s->words ? "| --- " : "| ---: ");
        buf_str(out, row ? "" : "|\n");
    }
    buf_str(out, "\n");
}
