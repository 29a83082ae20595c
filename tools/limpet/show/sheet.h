/* Showing: what a result tells, as tables and sentences. The room fills each table once, as a sheet
 * of words and figures, and writes it as text for terminals; page/ has the other pens. It may use
 * measure/ for what suites and their rows are called, results/ and what is below. It computes no
 * figure: medians, intervals, ratios and shares come from results/ and stats/.
 *
 * A sheet is one table, which four pens write: as text (text.h), as HTML, Markdown and CSV
 * (page/pens.h). Who fills it formats no figure, and no pen computes one.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SHEET_H
#define LIMPET_SHEET_H

#include "base/buf.h"
#include "results/estimate.h"

#include <stdbool.h>
#include <stddef.h>

enum cell_kind {
    CELL_WORDS,
    CELL_NONE,     /* a dash */
    CELL_LACKS,    /* "none": there is no such thing here; the note says why */
    CELL_SKIP,     /* could not be measured; the note says why */
    CELL_WRONG,    /* "NO": the result is wrong; likewise */
    CELL_FIGURE,   /* an estimate with all that belongs to it */
    CELL_RATIO,    /* the same, with its interval on terminals, too */
    CELL_VALUE,    /* the parts of one, where each has a column of its own */
    CELL_INTERVAL, /* "  */
    CELL_COUNT,    /* "  */
    CELL_BESIDE,   /* another statistic of its samples */
    CELL_NUMBER,   /* that is exact */
};

struct cell {
    enum cell_kind kind;
    char *text;             /* WORDS */
    char *note;             /* said smaller, beside or below, or NULL */
    struct estimate e;      /* FIGURE, VALUE, INTERVAL, COUNT, BESIDE */
    struct estimate median; /* of a FIGURE that is a mean: of the same samples */
    double number;          /* BESIDE, NUMBER; of a RATIO how many rows it is of, or 0 */
    bool unit;              /* of a FIGURE or VALUE: said behind it */
};

/* The first rows are its heading, the first cell of each row names the row. A heading of several
 * rows tells facts of each column, under its title; the note of such a row's name is what the fact
 * is called where it is told in passing. */
struct sheet {
    const char *title; /* in text, in place of the first cell; a page has headings */
    size_t columns;
    size_t heads;                /* rows of the heading; 0 is 1 */
    unsigned long long emulated; /* columns whose figures are not hardware's (1 << column) */
    unsigned left; /* columns of words rather than numbers (1 << column); the first always is */
    struct cell *cells;
    size_t n;
};

/* Each adds a cell, which it returns until the next one is added. */
struct cell *sheet_cell(struct sheet *sheet, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct cell *sheet_words(struct sheet *sheet, const char *text); /* "" is a dash */
struct cell *sheet_none(struct sheet *sheet);
struct cell *sheet_skip(struct sheet *sheet, enum cell_kind kind,
                        const char *why); /* or WRONG, LACKS */
struct cell *sheet_number(struct sheet *sheet, double number);
struct cell *sheet_estimate(struct sheet *sheet, enum cell_kind kind, const struct estimate *e);
struct cell *sheet_beside(struct sheet *sheet, const struct estimate *e, double number);

/* A list of words as cells, up to NULL. */
void sheet_cells(struct sheet *sheet, const char *const *words);

/* Begins a sheet of so many columns with its heading. */
void sheet_begin(struct sheet *sheet, const char *const *heads, unsigned left);

/* Adds to a cell's note, behind a comma. */
void cell_note(struct cell *cell, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Takes away the columns in which no row has anything, of those from first on. */
void sheet_drop_empty(struct sheet *sheet, size_t first);

/* What a cell says: its words, its number in a style; a dash where there is none. */
void cell_text(const struct cell *cell, enum number_style style, struct buf *out);

/* Appends why cells have none, a line for each reason: "none (KVM; QEMU): why: pipe; stat". */
void sheet_lacks(const struct sheet *sheet, struct args *lines);

size_t sheet_rows(const struct sheet *sheet);
size_t sheet_heads(const struct sheet *sheet);
const struct cell *sheet_at(const struct sheet *sheet, size_t row, size_t column);
bool sheet_is_words(const struct sheet *sheet, size_t column);
bool sheet_is_emulated(const struct sheet *sheet, size_t column);
void sheet_set_emulated(struct sheet *sheet, size_t column);
void sheet_free(struct sheet *sheet);

#endif
