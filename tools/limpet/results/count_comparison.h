/* Two sides' counts held against each other. They are exact: a difference of 1 is one.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COUNT_COMPARISON_H
#define LIMPET_COUNT_COMPARISON_H

#include "base/buf.h"
#include "results/results.h"

enum count_word { COUNTED_SAME, COUNTED_WORSE, COUNTED_BETTER, COUNTED_UNLIKE, COUNT_WORDS };

/* A row that both sides have. */
struct count_judged {
    const struct row *a, *b; /* borrowed */
    enum count_word word;    /* UNLIKE: of another number of calls, not judged */
    double most;             /* the greatest growth of a count, a share of A's */
};

struct count_comparison {
    const struct result *a, *b; /* borrowed */
    struct count_judged *rows;
    size_t n;
    unsigned count[COUNT_WORDS];
    struct args alone; /* in words: what only one side has, what was not counted */
};

/* within: a share up to which another count is the same (0: none is); rows: these alone, by commas,
 * with or without their suite ("to memory" or "boot: to memory"), or NULL. */
struct count_comparison count_comparison_of(const struct result *a, const struct result *b,
                                            double within, const char *rows);
void count_comparison_free(struct count_comparison *c);

/* A function whose instructions differ. */
struct function_change {
    const char *name; /* borrowed; "": no function */
    double a, b;
};

/* Those of a row, the greatest difference first. Returns how many; out is the caller's to free. */
size_t count_changes(const struct count_judged *row, struct function_change **out);

/* The exit status (tools/status.h): 3 where a row is worse, and with fail_above by more than that
 * share; 4 where none is, but one is unlike; 5 without any row. */
int count_comparison_status(const struct count_comparison *c, double fail_above);

/* As limpet compare --count prints it, and in JSON (docs/results.md; caller frees). */
void count_comparison_format(const struct count_comparison *c, struct buf *out);
char *count_comparison_json(const struct count_comparison *c);

/* The comparison in a sentence that one can quote. */
void count_comparison_sentence(const struct count_comparison *c, struct buf *out);

#endif
