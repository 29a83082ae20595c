/* Many results of the same over time, row by row, and when a row goes over to another level.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_HISTORY_H
#define LIMPET_HISTORY_H

#include "results/estimate.h"
#include "results/results.h"
#include "stats/change.h"

#define HISTORY_ERROR 0.05 /* how often a history without a change has any, all rows together */

/* One result: its rows are gone, they are points of the series. */
struct session {
    struct result *result;
    char *file;
    size_t number; /* in the order in which they were read */
};

/* A row's figure in a session. */
struct point {
    size_t session;
    struct estimate e; /* its unit is the series' */
};

/* A row of one platform of one machine, where it has a figure. What makes two rows unlike for
 * compare makes them two series. */
struct series {
    char *suite, *platform, *name, *unit;
    bool more;
    char *like; /* its machine, place and door, as text that is compared, */
    char *host; /* and its machine's name, "" where nobody told */
    struct point *points;
    size_t n;
    struct change *changes; /* at: indices of points */
    size_t change_count;
    bool several; /* there are others of the same suite, platform and name */
};

struct history {
    struct session *sessions; /* oldest first */
    size_t n;
    struct series *series; /* in the order in which they came */
    size_t series_count, judged;
    size_t sides, twice,
        undated; /* results left out: sides of comparisons; copies; without a date */
};

/* Adds a file's results, which are taken over. */
void history_add(struct history *history, struct results *results, const char *file);

/* Puts the sessions in order of time, and seeks the changes; step (or NULL) hears how far it is. */
void history_finish(struct history *history, void (*step)(size_t done, size_t all));
void history_free(struct history *history);

/* The p that a change of one series must not exceed. */
double history_level(const struct history *history);

/* What stands for a level: the median of a series' figures from change i - 1 to change i, or its
 * begin or end. */
struct estimate history_level_of(const struct series *series, size_t i);

/* How likely it is that any row of a history without a change has one as clear: the change's p
 * times the number of rows, at most 1. */
double history_chance(const struct history *history, const struct change *change);

#endif
