/* Guests at once, each with a pattern in its memory: what one of them tells.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ISOLATION_H
#define LIMPET_ISOLATION_H

#include "measure/suite.h"

#include <stdbool.h>
#include <stddef.h>

/* The rows of n guests: what they read back, and for how long all of them held theirs. */
#define ISOLATION      "isolation, %d at once"
#define ISOLATION_HELD ISOLATION ", all held"

/* One guest, in seconds of the host's clock. */
struct hold {
    double started, ended; /* its whole life */
    double from, to;       /* it held its pattern */
    double bytes;          /* that it read back meanwhile */
    char why[160];         /* what went wrong, or "" */
};

/* Takes from the lines of the guest of this number what it held, and from when to when. Sets why
 * where it is not as it must be. */
void hold_read(struct hold *hold, const struct guest_lines *lines, unsigned number);

/* For how long all of them held theirs at the same time; not above 0: they did not. Pure. */
double hold_overlap(const struct hold *holds, size_t n);

/* The app isolation of the suite vmm: where guests at once are asked for, one alone and all of them
 * in turn. */
void isolation_run(const struct suite *suite, const struct suite_app *app, struct target *target,
                   unsigned rounds);

#endif
