/* The rows of many runs, added up.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_TALLY_H
#define LIMPET_TALLY_H

#include <jansson.h>

/* Adds a guest's rows, in the form of a result's (report.h), to those of the runs before. */
void tally_rows(json_t *tally, json_t *rows);

/* Adds one number, one run's, to a row of the suite boot or another that has a figure per run.
 * better: "less" or "more". Returns the row (borrowed). */
json_t *tally_figure(json_t *tally, const char *suite, const char *name, const char *unit,
                     const char *better, double value);

/* Sets every row's value (the median of its runs) with its interval, and the statistics of its
 * samples. All that a view shows of a row is computed here. */
void tally_finish(json_t *tally);

/* Computes a row's figures again, as of a file that another version may have written. Where its
 * samples were left out, its statistics stand but for what so many samples cannot tell. */
void tally_refresh(json_t *row);

/* Adds a later part's runs to a finished row of the same name, which then tells its parts. */
void tally_join(json_t *row, json_t *more);

#endif
