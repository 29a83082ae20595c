/* A sheet: one table of words and figures.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "show/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct cell *add(struct sheet *s, struct cell cell)
{
    s->cells = xrealloc(s->cells, (s->n + 1) * sizeof *s->cells);
    s->cells[s->n] = cell;
    return &s->cells[s->n++];
}

struct cell *sheet_cell(struct sheet *s, const char *fmt, ...)
{
    va_list ap;
    char *text;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    return add(s, (struct cell){.kind = CELL_WORDS, .text = text});
}

void sheet_cells(struct sheet *s, const char *const *words)
{
    for (; *words; words++)
        sheet_cell(s, "%s", *words);
}

void sheet_begin(struct sheet *s, const char *const *heads, unsigned left)
{
    while (heads[s->columns])
        s->columns++;
    s->left = left;
    sheet_cells(s, heads);
}

struct cell *sheet_words(struct sheet *s, const char *text)
{
    return text[0] ? sheet_cell(s, "%s", text) : sheet_none(s);
}

struct cell *sheet_none(struct sheet *s) { return add(s, (struct cell){.kind = CELL_NONE}); }

struct cell *sheet_skip(struct sheet *s, enum cell_kind kind, const char *why)
{
    return add(s, (struct cell){.kind = kind, .note = xstrdup(why)});
}

struct cell *sheet_number(struct sheet *s, double number)
{
    return add(s, (struct cell){.kind = CELL_NUMBER, .number = number});
}

struct cell *sheet_estimate(struct sheet *s, enum cell_kind kind, const struct estimate *e)
{
    bool empty = kind != CELL_COUNT && (!e->known || (kind == CELL_INTERVAL && !(e->coverage > 0)));

    return add(s, (struct cell){.kind = empty ? CELL_NONE : kind, .e = *e});
}

struct cell *sheet_beside(struct sheet *s, const struct estimate *e, double number)
{
    return add(s, (struct cell){.kind = CELL_BESIDE, .e = *e, .number = number});
}

void cell_note(struct cell *c, const char *fmt, ...)
{
    va_list ap;
    char *text, *both;

    va_start(ap, fmt);
    text = xvasprintf(fmt, ap);
    va_end(ap);
    both = c->note ? xasprintf("%s, %s", c->note, text) : xstrdup(text);
    free(text);
    free(c->note);
    c->note = both[0] ? both : NULL;
    if (!c->note)
        free(both);
}

/* In a row, the columns that have none for a reason: "host; QEMU"; nothing when there are none. */
static void lack_places(const struct sheet *s, size_t row, const char *why, struct buf *out)
{
    for (size_t k = 1; k < s->columns; k++) {
        const struct cell *c = sheet_at(s, row, k);

        if (c->kind == CELL_LACKS && !strcmp(c->note, why))
            buf_printf(out, "%s%s", out->len ? "; " : "", sheet_at(s, 0, k)->text);
    }
}

/* Does a row lack at these places for that reason? */
static bool lacks_there(const struct sheet *s, size_t row, const char *why, const char *places)
{
    struct buf own = {0};
    bool same;

    buf_str(&own, "");
    lack_places(s, row, why, &own);
    same = !strcmp(own.data, places);
    buf_free(&own);
    return same;
}

/* All rows that lack as this cell does; nothing where an earlier one was such. */
static void add_lack(const struct sheet *s, size_t row, const char *why, struct args *lines)
{
    struct buf places = {0}, rows = {0};
    bool first = true;

    lack_places(s, row, why, &places);
    for (size_t i = sheet_heads(s); i < sheet_rows(s) && first; i++) {
        const char *label = sheet_at(s, i, 0)->text;

        if (!lacks_there(s, i, why, places.data))
            continue;
        first = i >= row;
        buf_printf(&rows, "%s%s", rows.len ? "; " : "", label + strspn(label, " "));
    }
    if (first)
        args_addf(lines, "none (%s): %s: %s", places.data, why, rows.data);
    buf_free(&places);
    buf_free(&rows);
}

void sheet_lacks(const struct sheet *s, struct args *lines)
{
    for (size_t row = sheet_heads(s); row < sheet_rows(s); row++)
        for (size_t k = 1; k < s->columns; k++) {
            const struct cell *c = sheet_at(s, row, k);
            bool first = c->kind == CELL_LACKS;

            for (size_t i = 1; i < k && first; i++)
                first = sheet_at(s, row, i)->kind != CELL_LACKS ||
                        strcmp(sheet_at(s, row, i)->note, c->note) != 0;
            if (first)
                add_lack(s, row, c->note, lines);
        }
}

size_t sheet_rows(const struct sheet *s) { return s->columns ? s->n / s->columns : 0; }
size_t sheet_heads(const struct sheet *s) { return s->heads ? s->heads : 1; }
bool sheet_is_words(const struct sheet *s, size_t k) { return !k || s->left >> k & 1; }

bool sheet_is_emulated(const struct sheet *s, size_t k) { return k < 64 && s->emulated >> k & 1; }

void sheet_set_emulated(struct sheet *s, size_t k)
{
    if (k < 64)
        s->emulated |= 1ull << k;
}

const struct cell *sheet_at(const struct sheet *s, size_t row, size_t column)
{
    return &s->cells[row * s->columns + column];
}

static void cell_free(struct cell *c)
{
    free(c->text);
    free(c->note);
}

void sheet_drop_empty(struct sheet *s, size_t first)
{
    for (size_t k = s->columns; k-- > first;) {
        bool empty = true;
        size_t n = 0;

        for (size_t row = sheet_heads(s); row < sheet_rows(s); row++)
            empty &= sheet_at(s, row, k)->kind == CELL_NONE;
        if (!empty)
            continue;
        for (size_t i = 0; i < s->n; i++)
            if (i % s->columns == k)
                cell_free(&s->cells[i]);
            else
                s->cells[n++] = s->cells[i];
        s->n = n;
        s->columns--;
    }
}

static void number(double number, enum number_style style, struct buf *out)
{
    if (style == NUMBER_PEOPLE)
        number_text(out, number);
    else
        buf_printf(out, "%.15g", number);
}

void cell_text(const struct cell *c, enum number_style style, struct buf *out)
{
    switch (c->kind) {
    case CELL_WORDS:
        buf_str(out, c->text);
        break;
    case CELL_NONE:
        buf_str(out, style == NUMBER_PEOPLE ? "–" : "-");
        break;
    case CELL_LACKS:
        buf_str(out, "none");
        break;
    case CELL_SKIP:
        buf_str(out, "SKIP");
        break;
    case CELL_WRONG:
        buf_str(out, "NO");
        break;
    case CELL_FIGURE:
    case CELL_RATIO:
    case CELL_VALUE:
        estimate_text(out, &c->e, style);
        if (c->kind == CELL_RATIO && style == NUMBER_PLAIN && c->e.coverage > 0) {
            buf_str(out, "  ");
            estimate_interval(out, &c->e, style);
        }
        if (c->kind == CELL_RATIO && style == NUMBER_PLAIN && c->number > 0)
            buf_printf(out, " (n %.0f)", c->number);
        if (c->unit)
            buf_printf(out, " %s", c->e.unit);
        break;
    case CELL_INTERVAL:
        estimate_interval(out, &c->e, style);
        break;
    case CELL_COUNT:
        number((double)c->e.n, style, out);
        break;
    case CELL_BESIDE:
        estimate_beside(out, &c->e, c->number, style);
        break;
    case CELL_NUMBER:
        number(c->number, style, out);
        break;
    }
}

void sheet_free(struct sheet *s)
{
    for (size_t i = 0; i < s->n; i++)
        cell_free(&s->cells[i]);
    free(s->cells);
    *s = (struct sheet){0};
}
