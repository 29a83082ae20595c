/* Two results held against each other, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COMPARISON_H
#define LIMPET_COMPARISON_H

#include "base/buf.h"
#include "results/results.h"
#include "vm/platforms.h"
#include "stats/difference.h"

enum word { WORD_SAME, WORD_WORSE, WORD_BETTER, WORD_UNSURE, WORDS };

/* A row that both sides have. */
struct judged {
    const struct row *row; /* A's; borrowed */
    struct difference d;
    size_t n;     /* runs of the side that has fewer */
    size_t parts; /* of them, of sides that were measured apart; 0: not in parts */
    enum word word;
    unsigned needed; /* of WORD_UNSURE: runs of each side that would tell; 0: no number would */
};

/* The rows of a suite on a platform. */
struct group {
    const char *suite;
    const struct platform *platform;
    char *refused; /* why they are not compared, or NULL */
    struct judged *rows;
    size_t n;
};

/* All that two results have in common; the results are borrowed. */
struct comparison {
    const struct result *a, *again,
        *b; /* again: A once more where the sides took turns, else NULL */
    struct group *groups;
    size_t n;
    unsigned count[WORDS], refused; /* rows */
};

/* force: compare rows of unlike machines too. */
struct comparison comparison_of(const struct result *a, const struct result *again,
                                const struct result *b, bool force);
void comparison_free(struct comparison *c);

/* The three results of sides that took turns: the last ones of a file, in sides (borrowed). Returns
 * false when it does not end in such. */
bool comparison_find(const struct results *results, const struct result *sides[3]);

/* The verdict on a row: "B is less, better", "cannot tell: -n 84 would". */
void judged_text(const struct judged *row, struct buf *out);

/* Its change and interval as text: "+3.2 %", "-1.0 … +7.5", "-" where there is none. */
void judged_change(const struct judged *row, struct buf *out);
void judged_interval(const struct judged *row, struct buf *out);

/* What stands for a side, to as many digits as its noise leaves: A's is the floor, B's the
 * interval.
 */
void judged_value(const struct judged *row, bool of_b, struct buf *out);

/* What is recorded of the sides, not measured, and differs: what, A's, B's, in threes. Caller
 * frees. */
void comparison_sides(const struct comparison *c, struct args *out);

/* How many runs would tell what cannot be told, as a sentence; nothing when all is told. */
void comparison_needed(const struct comparison *c, struct buf *out);

/* As limpet compare prints it: what differs, a table for each group, the sum. */
void comparison_format(const struct comparison *c, struct buf *out);

/* The exit status that belongs to it (limpet.h). */
int comparison_status(const struct comparison *c);

#endif
