/* What a guest reports in its JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_GUEST_LINES_H
#define LIMPET_GUEST_LINES_H

#include "base/buf.h"
#include "base/facts.h"
#include "results/rows.h"

#include <stdbool.h>

/* The boot ledger's stamps. */
struct ledger {
    bool known;
    double tsc_hz;
    long long stub, door,
        main; /* the guest's TSC at its first instructions and at main(); stub 0: none */
    struct ledger_stage {
        char *name;
        double us; /* from its forerunner to it */
    } * stages;
    size_t n;
};

struct tick {
    double tsc;  /* the guest's */
    double host; /* the host's clock on arrival, seconds */
};

struct guest_lines {
    struct rows rows;     /* without their platform */
    struct facts *facts;  /* clock, ruler, valid, info (a list): a run's record takes them over */
    struct ledger ledger; /* the last */
    struct tick *ticks;
    size_t tick_count;
    unsigned bad; /* lines that looked like a report but could not be read */
    bool keeps;   /* what else the guest says, is kept, so far: */
    struct buf said;
#define GUEST_LINES_SAID (16u << 20) /* bytes at most; of more only how many */
    size_t said_bytes;
};

void guest_lines_init(struct guest_lines *g);
void guest_lines_free(struct guest_lines *g);

/* Takes one console line; other text is ignored, or kept. Pure but for memory. Usable as a console
 * listener.
 */
void guest_lines_take(void *guest_lines, const char *line, size_t n);

/* Ticks in microseconds. */
double ledger_us(const struct ledger *ledger, long long ticks);

#endif
