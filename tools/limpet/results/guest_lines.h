/* What a guest reports in its JSON lines.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_REPORT_H
#define LIMPET_REPORT_H

#include <jansson.h>
#include <stdbool.h>

struct report {
    json_t *rows; /* array, in the form of a result's rows, without their platform */
    json_t
        *facts; /* object: clock, ruler, valid, info (an array): a run's record takes them over */
    json_t *ledger; /* the last ledger, or NULL */
    json_t *ticks;  /* [the guest's TSC, the host's clock in seconds on arrival] each, or NULL */
    unsigned bad;   /* lines that looked like a report but could not be read */
};

void report_init(struct report *r);
void report_free(struct report *r);

/* Takes one console line; other text is ignored. Pure but for memory. Usable as a console listener.
 */
void report_line(void *report, const char *line, size_t n);

/* The boot ledger's stamps. */
struct ledger {
    double tsc_hz;
    long long door, main; /* the guest's TSC at the first stage and at main() */
    json_t *stages;       /* object: microseconds from each stage's forerunner to it */
};

/* Reads the ledger; stages is the caller's and is filled. Returns false when there is no usable
 * ledger. */
bool report_ledger(const struct report *r, struct ledger *ledger);

/* Ticks in microseconds. */
double ledger_us(const struct ledger *ledger, long long ticks);

#endif
