/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * micro: what an operating system's single services cost, row by row as lmbench's table "OS" has
 * them, and what hermit-rs measures besides. Each file ends with its rows.
 *
 * A row adds to micro_asked what it was asked for; its check holds what happened against that.
 */
#ifndef MICRO_H
#define MICRO_H

#include "bench.h"
#include <pthread.h>
#include <sched.h>

/* Rows; each list ends with one without a name. */
extern const struct benchmark micro_calls[], micro_files[], micro_signals[], micro_pages[],
    micro_switches[], micro_threads[], micro_memory[], micro_scaling[], micro_none[];

/* All of them in the order in which they run, up to NULL. */
extern const struct benchmark *const micro_lists[];

extern uint64_t micro_asked, micro_done;
extern const char *micro_trouble; /* what went wrong on the way; NULL: nothing */

/* Most setups begin with it, or are it: nothing is asked yet. Returns NULL. */
const char *micro_begin(void);

/* Most checks end with it, or are it. */
const char *micro_end(void);

/* What a row's fd or the like was not given; a check tells it. */
static inline void micro_must(int good, const char *what)
{
    if (!good && micro_trouble == NULL)
        micro_trouble = what;
}

/* Memory may be other from here on: no call is made once for all. */
static inline void micro_barrier(void) { __asm__ volatile("" ::: "memory"); }

#define MICRO_CALLS 500 /* in a loop, of what takes some hundred instructions */
#define MICRO_FEW   50  /* of what moves or makes much */

/* The files of rows stand in this folder. */
#define MICRO_FOLDER "/tmp/micro"

#endif
