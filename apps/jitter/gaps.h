/* SPDX-License-Identifier: BSD-2-Clause */
/* Gaps between two readings of the TSC in a row, of 1 µs and more: somebody else had the CPU. */
#ifndef JITTER_GAPS_H
#define JITTER_GAPS_H

#include <stddef.h>
#include <stdint.h>

#define GAPS_MOST  16384 /* that are kept; all are counted */
#define GAPS_SIZES 5     /* of 1 µs and more, 10 µs, 100 µs, 1 ms, 10 ms */
#define GAPS_PARTS 50    /* of the time line */

struct gaps {
    uint64_t begin, end; /* by the TSC */
    uint64_t least;      /* ticks: what is shorter is none */
    uint64_t watched;    /* ticks, all parts of a measurement together */
    uint64_t readings;
    uint64_t count, taken, longest; /* of gaps; ticks */
    uint64_t of[GAPS_SIZES];        /* how many of that size and more */
    uint64_t part[GAPS_PARTS];      /* ticks taken in each part from begin to end */
    int backwards;                  /* the TSC was seen to run so */
    size_t n;
    struct gap {
        uint64_t at, ticks;
    } kept[GAPS_MOST];
};

/* begin: now; it will take so many ticks, with all that is not watched. */
void gaps_begin(struct gaps *g, uint64_t ticks);

/* Watches for so many ticks from now on. */
void gaps_watch(struct gaps *g, uint64_t ticks);

/* Was the clock really read all the time? Why not, or NULL. */
const char *gaps_wrong(const struct gaps *g);

/* A character for each part: '.' nothing was taken, ':' less than 0.1 %, '-' than 1 %, '=' than
 * 10 %, '#' more. */
void gaps_line(const struct gaps *g, char text[GAPS_PARTS + 1]);
#endif
