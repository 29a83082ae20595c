/* Rows in order, and those of many runs added up.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ROWS_H
#define LIMPET_ROWS_H

#include "results/row.h"

/* They own their rows. Zero-initialize. */
struct rows {
    struct row **v;
    size_t n;
};

/* Takes over the row. Returns it. */
struct row *rows_append(struct rows *rows, struct row *row);
void rows_remove(struct rows *rows, size_t i);
void rows_free(struct rows *rows);

/* The first row of that name, or NULL. */
struct row *rows_find(const struct rows *rows, const char *name);

/* The i-th row, or NULL behind the last. */
const struct row *rows_at(const struct rows *rows, size_t i);

/* Adds one run's rows, as the guest told them, to those of the runs before. */
void rows_add(struct rows *rows, const struct rows *run);

/* Adds one number, one run's, to a row of the suite boot or another that has a figure per run.
 * better: "less" or "more". Returns the row (borrowed). */
struct row *rows_figure(struct rows *rows, const char *suite, const char *name, const char *unit,
                        const char *better, double value);

/* Sets every row's value (the median of its runs) with its interval, and the statistics of its
 * samples. All that a view shows of a row is computed here. */
void rows_finish(struct rows *rows);

/* Computes a row's figures again, as of a file that another version may have written. Where its
 * samples were left out, its statistics stand but for what so many samples cannot tell. */
void rows_refresh(struct row *row);

/* Adds a later part's runs to a finished row of the same name, which then tells its parts. */
void rows_join(struct row *row, const struct row *more);

#endif
