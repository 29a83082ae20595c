/* Results of several files side by side: a column for each host, version, label or file.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ACROSS_H
#define LIMPET_ACROSS_H

#include "results/estimate.h"
#include "results/results.h"
#include "show/sheet.h"
#include "show/view.h"
#include "vm/platforms.h"

/* A column and the results in it, which are borrowed. */
struct across_column {
    char *title;
    const struct result **v;
    size_t n;
};

struct across {
    const struct result **all; /* in the order given */
    size_t count;
    char *by;                /* what the columns are by: "host and version" */
    struct across_column *v; /* in the order in which they came */
    size_t n;
};

/*
 * by: "label", "host", "version" or "file"; NULL: a label where all have one and they are not all
 * the same, else host and version, whichever differs, else the file. Results of which that is the
 * same share a column; files never do. Sides of comparisons are left out; fewer than two results
 * leave no column.
 */
struct across across_of(const struct view *views, size_t count, const char *by);
void across_free(struct across *across);

/*
 * A row's figure in a column: of one result the result's own. Of several, each of which was started
 * anew, it is the median of their figures, with that one's interval, and n is how many they are.
 */
struct estimate across_figure(const struct across_column *column, const char *suite,
                              const char *name, const char *platform);

/* What the results are and where they differ: a line for each fact, a column for each of theirs. */
void fill_across_differences(const struct across *across, struct sheet *sheet);

/* The rows of a suite on a platform that several columns have, or one of several; intervals: each
 * figure's has a column beside it, for pens that show none. */
void fill_across(const struct across *across, const char *suite, const struct platform *platform,
                 bool intervals, struct sheet *sheet);

/* Calls back for each suite on a platform, in the tables' order, that any result has. */
void across_each(const struct across *across,
                 void (*call)(const struct across *across, const char *suite,
                              const struct platform *platform, void *context),
                 void *context);

/* How the columns came about, in a sentence or two. */
void across_basis(const struct across *across, struct buf *out);

/* All of it as text. */
void across_format(const struct across *across, struct buf *out);

#endif
