/* Published tables, to hold ours against.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_REPLAY_H
#define LIMPET_REPLAY_H

#include "results/results.h"
#include "stats/rank.h"

/* One published row, and which row of ours is its like. */
struct replay_row {
    const char *section; /* a new table begins here and is called so; NULL: the last goes on */
    const char *label;
    double theirs[RANK_MAX]; /* in the order of the columns; all 0: not published, ours stands
                                 beside the row above */
    double grain;            /* theirs is published in steps of so much; 0: exactly */
    bool more;               /* more is better */
    int digits;              /* after the point, of theirs */
    const char *suite, *name, *key; /* ours; key: "value", or a key of the row that holds a time */
    const char *unit;               /* what "value" must be in */
    double scale;                   /* ours times this is in the published unit; 0: as it is */
    long elements;                  /* ours must have worked on so many; 0: nothing to check */
    const char *unlike[RANK_MAX];   /* why a cell of theirs measures something else, or NULL */
};

/*
 * One published claim, a sentence with a bound or a figure, and the row of ours that it is held
 * against, on each of its platforms. Theirs is a range, low to high, or, alike, a figure.
 */
struct replay_claim {
    const char *section; /* a new table begins here and is called so; NULL: the last goes on */
    const char *label, *theirs;
    double low, high;
    const char *name, *unit; /* ours: "ms", "us", "MB/s", "exits" (by io and hlt); "x": a ratio, see
                              * over; "right": that it is there */
    const char *over;        /* the platform whose figure is divided by ours, or NULL */
    bool fact;               /* no matter of speed: emulated hardware tells it too */
    const char *holds;       /* said in place of "holds", or NULL */
    const char *platforms[4]; /* ends with NULL */
    const char *suite;        /* of ours; NULL: vmm */
    const char *stat;         /* of our row's samples: "p95"; NULL: the figure */
    double grain;             /* theirs is told in steps of so much; 0: exactly */
    double bytes;             /* one operation of ours moves, for "MB/s" of cycles; or 0 */
    bool more;                /* more is better */
    bool hardware;            /* emulated processors say nothing of it */
    bool where_measured;      /* platforms without our suite are left out if another has it */
    const char *none;         /* why there is no row of ours, or NULL */
    double twice[4];          /* theirs, A and A again, B and B again: their own noise; or 0 */
};

struct publication {
    const char *name, *line;           /* in the list of names */
    const char *setting;               /* the machine */
    const char *const *notes;          /* what one must know to compare, ends with NULL */
    const char *columns[RANK_MAX + 1]; /* our platforms' names, ends with NULL */
    int vcpus, mem_mib;
    const struct replay_row *rows;     /* ends with a NULL label; or NULL */
    const struct replay_claim *claims; /* likewise */
    const char *const *faults; /* what to mind of theirs, each with its evidence; ends with NULL */
};

/* Appends the claims with their verdicts. Returns how many have no figure of ours. */
unsigned claims_format(const struct replay_claim *claims, const struct result *result,
                       struct buf *out);

/* Tells which publications there are, and that there is none of a name (or NULL). Returns ST_USAGE.
 */
int replay_usage(const char *name);

/* Prints the publication of that name ("all": each) beside the last result of each file (none: of
 * what make bench and make bench-all wrote beside the tool); of a suite that two have, the first
 * counts. Returns 0, or a status with a message. */
int replay(const char *name, char *const files[], int count);

/* Of the documents that have a file of their own here. */
extern const struct replay_claim confidential_claims[], qemu_cfi_claims[], lmbench_claims[];
extern const char *const confidential_notes[], *const qemu_cfi_notes[], *const lmbench_notes[];
extern const char *const confidential_faults[], *const qemu_cfi_faults[], *const lmbench_faults[];

/* All, ends with a NULL name (data.c). */
extern const struct publication publications[];

#endif
