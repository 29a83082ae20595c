/* The last screen of a measurement: what a person wants to see, 60 lines of 80 columns at most.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_SCREEN_H
#define LIMPET_SCREEN_H

#include "base/buf.h"
#include "results/results.h"

#define SCREEN_COLUMNS 80
#define SCREEN_LINES   60
#define SCREEN_SPARE   4 /* of these lines, for what the caller says besides */

/*
 * Appends the classic tables in their short form, for whatever suites and platforms the result has,
 * what was skipped, and one sentence per finding: which of two platforms does a thing faster, by
 * how much, with the interval; and between which nothing can be told, after how many runs. All else
 * is in the page.
 */
void screen_format(const struct result *result, struct buf *out);

#endif
