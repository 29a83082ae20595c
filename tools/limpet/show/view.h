/* What the tables and the page ask a result.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_VIEW_H
#define LIMPET_VIEW_H

#include "base/buf.h"
#include "results/estimate.h"
#include "results/results.h"
#include "vm/platforms.h"

#include <stdbool.h>

#define VIEW_COLUMNS PLATFORMS_MAX

/* A platform as it is shown. */
struct column {
    const char *name, *title;
    int colour; /* number of its colour in the page's style, VIEW_COLOURS of them */
};
#define VIEW_COLOURS 8

/* A result and the platforms that it knows, in the tables' order. All is borrowed from the result.
 */
struct comparison;
struct across;
struct view {
    const struct result *result;
    const char *file;
    const char *link; /* the file's name, where it lies beside the page; else NULL */
    const struct comparison *comparison; /* whose side A this is, or NULL */
    const char *norm;                    /* the platform that ratios are to, or NULL */
    const struct across *across;         /* of the first of several files: all of them, or NULL */
    struct column columns[VIEW_COLUMNS];
    int count;
};

void view_init(struct view *view, const struct result *result, const char *file);

/* The platforms with rows, runs or skips of a suite. Returns how many were written to out. */
int view_columns(const struct view *view, const char *suite, struct column out[VIEW_COLUMNS]);

/* The names of a suite's rows, each once, in the order of the result. Caller frees. */
void view_names(const struct view *view, const char *suite, struct args *names);

/* The first row of a suite and name, on whichever platform, or NULL. */
const struct row *view_row(const struct view *view, const char *suite, const char *name);

/* What of the suite basic was asked for alone, or "". */
const char *view_only(const struct view *view);

/* Appends what a result is called: its file, side and label. */
void view_called(const struct view *view, struct buf *out);

/* The date of a result, "2026-11-21" (10 characters of it), or "". */
const char *view_date(const struct view *view);

/* Appends what must not be missed of where a run was: ", lab, emulated". */
void view_place(const struct facts *run, struct buf *out);

/* The title of the platform that a row, run or skip is about. */
const char *view_title(const struct view *view, const char *platform);

bool row_two_modes(const struct row *row);

/* A row's unit as people write it: "µs" for "us". */
const char *row_unit(const struct row *row);

#endif
