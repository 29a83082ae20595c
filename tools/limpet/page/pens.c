/* Three pens: a sheet as HTML, as Markdown and as CSV; and what text of others needs in each.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "page/pens.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* "n 3" and "75 %" stay in one line. */
static bool holds_together(const char *text, const char *at)
{
    bool n = at > text && at[-1] == 'n' && (at == text + 1 || at[-2] == ' ');

    return *at == ' ' && (at[1] == '%' || (n && isdigit((unsigned char)at[1])));
}

void html_text(struct buf *out, const char *text)
{
    for (const char *begin = text; *text; text++)
        switch (*text) {
        case ' ':
            buf_str(out, holds_together(begin, text) ? "&nbsp;" : " ");
            break;
        case '&':
            buf_str(out, "&amp;");
            break;
        case '<':
            buf_str(out, "&lt;");
            break;
        case '>':
            buf_str(out, "&gt;");
            break;
        case '"':
            buf_str(out, "&quot;");
            break;
        case '\'':
            buf_str(out, "&#39;");
            break;
        default:
            if ((unsigned char)*text < ' ' && *text != '\n' && *text != '\t')
                buf_str(out, "\xef\xbf\xbd"); /* a control character has no place in HTML */
            else
                buf_add(out, text, 1);
        }
}

void url_text(struct buf *out, const char *name)
{
    for (; *name; name++)
        buf_printf(out, isalnum((unsigned char)*name) || strchr("-._~", *name) ? "%c" : "%%%02X",
                   (unsigned char)*name);
}

void estimate_html(struct buf *out, const struct estimate *e)
{
    struct buf text = {0};

    estimate_interval(&text, e, NUMBER_PEOPLE);
    buf_str(&text, text.len ? ", n " : "n ");
    number_text(&text, (double)e->n);
    buf_str(out, "<small>");
    html_text(out, text.data);
    buf_str(out, "</small>");
    buf_free(&text);
}

/* Does this character of a text begin or end something in Markdown? '_' within a word does not. */
static bool md_special(const char *text, const char *at)
{
    if (*at == '_')
        return at == text || !isalnum((unsigned char)at[-1]) || !isalnum((unsigned char)at[1]);
    return strchr("\\`*[]|~", *at) != NULL;
}

void md_text(struct buf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '&' || *p == '<' || *p == '>') {
            buf_str(out, *p == '&' ? "&amp;" : *p == '<' ? "&lt;" : "&gt;");
            continue;
        }
        if ((unsigned char)*p < ' ') {
            buf_str(out, " ");
            continue;
        }
        if (md_special(text, p))
            buf_str(out, "\\");
        buf_add(out, p, 1);
    }
}

void csv_text(struct buf *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        buf_str(out, text);
        return;
    }
    buf_str(out, "\"");
    for (; *text; text++) {
        if (*text == '"')
            buf_str(out, "\"");
        buf_add(out, text, 1);
    }
    buf_str(out, "\"");
}

/* Where a column's figures are from, "lab, emulated": the facts in its heading that need no name.
 */
static void head_place(const struct sheet *s, size_t column, struct buf *out)
{
    for (size_t row = 1; row < sheet_heads(s) && column; row++)
        if (!sheet_at(s, row, 0)->note && sheet_at(s, row, column)->text[0])
            buf_printf(out, "%s%s", out->len ? ", " : "", sheet_at(s, row, column)->text);
}

/* What else stands in a heading below a column's title: the other facts of it, then its note. */
static void head_note(const struct sheet *s, size_t column, struct buf *out)
{
    const char *note = sheet_at(s, 0, column)->note;

    for (size_t row = 1; row < sheet_heads(s) && column; row++) {
        const char *name = sheet_at(s, row, 0)->note, *fact = sheet_at(s, row, column)->text;

        if (name && fact[0])
            buf_printf(out, "%s%s%s", out->len ? ", " : "", name, fact);
    }
    if (note)
        buf_printf(out, "%s%s", out->len ? ",\n" : "", note);
}

/* What stands smaller beside a cell: of a figure all that belongs to it. Why one was skipped has a
 * table of its own. */
static void note_text(const struct sheet *s, size_t row, size_t column, struct buf *out)
{
    const struct cell *c = sheet_at(s, row, column);

    if (!row) {
        head_note(s, column, out);
        return;
    }
    if (c->kind == CELL_FIGURE || c->kind == CELL_RATIO) {
        estimate_interval(out, &c->e, NUMBER_PEOPLE);
        if (c->e.n) {
            buf_str(out, out->len ? ", n " : "n ");
            number_text(out, (double)c->e.n);
        }
    }
    if (c->note && c->kind != CELL_SKIP && c->kind != CELL_LACKS)
        buf_printf(out, "%s%s", out->len ? ", " : "", c->note);
    if (c->median.known) {
        buf_str(out, out->len ? ", a mean; median " : "a mean; median ");
        estimate_text(out, &c->median, NUMBER_PEOPLE);
    }
}

static void cell_html(const struct sheet *s, size_t row, size_t column, struct buf *out)
{
    const char *tag = !row ? "th scope=\"col\"" : column ? "td" : "th scope=\"row\"";
    struct buf text = {0}, place = {0}, note = {0};

    cell_text(sheet_at(s, row, column), NUMBER_PEOPLE, &text);
    note_text(s, row, column, &note);
    if (!row)
        head_place(s, column, &place);
    buf_printf(out, "<%s%s>", tag,
               sheet_is_words(s, column)      ? " class=\"w\""
               : sheet_is_emulated(s, column) ? " class=\"e\""
                                              : "");
    html_text(out, text.data ? text.data : "");
    if (place.len || note.len)
        buf_str(out, "<small>");
    if (place.len) {
        buf_str(out, "<b>");
        html_text(out, place.data);
        buf_str(out, note.len ? "</b>\n" : "</b>");
    }
    html_text(out, note.len ? note.data : "");
    buf_str(out, place.len || note.len ? "</small>" : "");
    buf_str(out, !row || !column ? "</th>" : "</td>");
    buf_free(&text);
    buf_free(&place);
    buf_free(&note);
}

void sheet_html(const struct sheet *s, const char *caption, struct buf *out)
{
    size_t rows = sheet_rows(s), body = sheet_heads(s);
    struct args lacks = {0};

    buf_str(out, "<div class=\"box\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html_text(out, caption);
    buf_str(out, "\"><table><caption>");
    html_text(out, caption);
    buf_str(out, "</caption>\n");
    for (size_t row = 0; row < rows; row = row ? row + 1 : body) {
        buf_str(out, !row ? "<thead>\n" : row == body ? "<tbody>\n" : "");
        buf_str(out, "<tr>");
        for (size_t k = 0; k < s->columns; k++)
            cell_html(s, row, k, out);
        buf_str(out, "</tr>\n");
        buf_str(out, !row ? "</thead>\n" : "");
    }
    buf_str(out, rows > body ? "</tbody></table></div>\n" : "</table></div>\n");
    sheet_lacks(s, &lacks);
    for (size_t i = 0; i < lacks.n; i++) {
        buf_str(out, "<p><small>");
        html_text(out, lacks.v[i]);
        buf_str(out, "</small></p>\n");
    }
    args_free(&lacks);
}

static void cell_md(const struct sheet *s, size_t row, size_t column, struct buf *out)
{
    struct buf text = {0}, place = {0}, note = {0};

    cell_text(sheet_at(s, row, column), NUMBER_PEOPLE, &text);
    if (!row)
        head_place(s, column, &place);
    note_text(s, row, column, &note);
    buf_str(out, "| ");
    md_text(out, text.data ? text.data : "");
    if (place.len || note.len) {
        buf_str(out, text.len ? " (" : "(");
        md_text(out, place.len ? place.data : "");
        buf_str(out, place.len && note.len ? ", " : "");
        md_text(out, note.len ? note.data : "");
        buf_str(out, ")");
    }
    buf_str(out, " ");
    buf_free(&text);
    buf_free(&place);
    buf_free(&note);
}

void sheet_md(const struct sheet *s, struct buf *out)
{
    struct args lacks = {0};

    for (size_t row = 0; row < sheet_rows(s); row = row ? row + 1 : sheet_heads(s)) {
        for (size_t k = 0; k < s->columns; k++)
            cell_md(s, row, k, out);
        buf_str(out, "|\n");
        for (size_t k = 0; !row && k < s->columns; k++)
            buf_str(out, sheet_is_words(s, k) ? "| --- " : "| ---: ");
        buf_str(out, row ? "" : "|\n");
    }
    buf_str(out, "\n");
    sheet_lacks(s, &lacks);
    for (size_t i = 0; i < lacks.n; i++) {
        md_text(out, lacks.v[i]);
        buf_str(out, "\n\n");
    }
    args_free(&lacks);
}

/* An estimate's five fields; what it has not is empty. */
static void estimate_csv(const struct estimate *e, struct buf *out)
{
    const double interval[] = {e->low, e->high, e->coverage};

    if (e->known)
        buf_printf(out, "%.15g", e->value);
    for (size_t i = 0; i < sizeof interval / sizeof *interval; i++) {
        buf_str(out, ",");
        if (e->coverage > 0)
            buf_printf(out, "%.15g", interval[i]);
    }
    buf_printf(out, ",%zu", e->n);
}

void sheet_csv(const struct sheet *s, struct buf *out)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct cell *c = &s->cells[i];

        if (c->kind == CELL_FIGURE || c->kind == CELL_RATIO)
            estimate_csv(&c->e, out);
        else if (c->kind == CELL_NUMBER)
            buf_printf(out, "%.15g", c->number);
        else if (c->kind == CELL_WORDS)
            csv_text(out, c->text);
        buf_str(out, (i + 1) % s->columns ? "," : "\n");
    }
}
