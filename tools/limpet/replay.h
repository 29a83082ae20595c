/* Published tables, to hold ours against.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_REPLAY_H
#define LIMPET_REPLAY_H

#include "shape.h"

/* One published row, and which row of ours is its like. */
struct replay_row {
    const char *section; /* a new table begins here and is called so; NULL: the last goes on */
    const char *label;
    double theirs[SHAPE_MAX]; /* in the order of the columns; all 0: not published, ours stands
                                 beside the row above */
    double grain;             /* theirs is published in steps of so much; 0: exactly */
    bool more;                /* more is better */
    int digits, their_digits; /* after the point */
    const char *suite, *name, *key; /* ours; key: "value", or a key of the row that holds a time */
    const char *unit;               /* what "value" must be in */
    double scale;                   /* ours times this is in the published unit; 0: as it is */
    long elements;                  /* ours must have worked on so many; 0: nothing to check */
    const char *unlike[SHAPE_MAX];  /* why a cell of theirs measures something else, or NULL */
};

struct publication {
    const char *name, *line;            /* in the list of names */
    const char *setting;                /* the machine */
    const char *const *notes;           /* what one must know to compare, ends with NULL */
    const char *columns[SHAPE_MAX + 1]; /* our platforms' names, ends with NULL */
    int vcpus, mem_mib;
    const struct replay_row *rows; /* ends with a NULL label */
};

/* All, ends with a NULL name (replay_data.c). */
extern const struct publication publications[];

#endif
