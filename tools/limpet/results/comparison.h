/* Two sides held against each other, row by row.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COMPARISON_H
#define LIMPET_COMPARISON_H

#include "base/buf.h"
#include "results/results.h"
#include "vm/platforms.h"
#include "stats/difference.h"

#define WITHIN      0.05 /* counts as the same, by default */
#define WITHIN_TAIL 0.25 /* of tails, which no 20 runs tell better */

/* What is asked of the verdicts. */
struct judging {
    double within;    /* a share that counts as the same; 0: as the result says, or the default */
    const char *rows; /* these alone, by commas; NULL: as the result says, or all */
    bool force;       /* rows of unlike machines too */
};

/* The results of one side: of sides that took turns one, else a file each. */
struct side {
    const struct result *const *v;
    size_t n;
};

/* A row that both sides have. */
struct judged {
    const struct row *row; /* A's first; borrowed */
    unsigned tail;         /* this percentile of each run rather than the run's own figure; or 0 */
    struct difference d;
    double within;   /* counts as the same */
    double wanted;   /* half an interval with which there would be a verdict (difference.h) */
    double adjusted; /* d.p by Holm among all rows judged; 1 where there is none */
    enum verdict word;
    unsigned needed; /* of VERDICT_UNSURE: rounds, or units of each side; 0: no number would */
    bool turns;      /* it is of rounds */
    double round_s;  /* how long a round takes; 0: unknown */
};

/* The rows of a suite on a platform. */
struct group {
    const char *suite;
    const struct platform *platform;
    char *refused; /* why they are not compared, or NULL */
    struct judged *rows;
    size_t n;
};

/* All that the sides have in common; the results are borrowed. */
struct comparison {
    struct side a, b;
    const struct result *again; /* A once more where the sides took turns, else NULL */
    struct judging judging;
    struct group *groups;
    size_t n;
    size_t judged;                     /* rows with a test: the family of Holm's */
    size_t few;                        /* the least rounds or units of any row */
    unsigned count[VERDICTS], refused; /* rows */
};

/* again: NULL of sides that were measured at different times. Where the results tell how they were
 * judged, what judging leaves open is that. */
struct comparison comparison_of(struct side a, const struct result *again, struct side b,
                                const struct judging *judging);
void comparison_free(struct comparison *c);

/* The three results of sides that took turns: the last ones of a file, in sides (borrowed). Returns
 * false when it does not end in such. */
bool comparison_find(const struct results *results, const struct result *sides[3]);

/* A name of judging's rows that the comparison does not have (caller frees), or NULL. */
char *comparison_unknown(const struct comparison *c);

/* Has every row that is judged, of a suite on a platform or of all (NULL), an interval as narrow as
 * a verdict needs? It looks at widths only. budget: rounds beyond which a row is not waited for. */
bool comparison_is_told(const struct comparison *c, const char *suite,
                        const struct platform *platform, unsigned budget);

/* "getpid", or "getpid, p99". */
void judged_name(const struct judged *row, struct buf *out);

/* The verdict on a row: "WORSE", "cannot tell, some 84 rounds would". */
void judged_text(const struct judged *row, struct buf *out);

/* Is there an interval of its change? */
bool judged_has_interval(const struct judged *row);

/* Its change, interval and half of that as text: "+3.2 %", "-1.0 … +7.5", "4.2 %"; "-" where there
 * is none. */
void judged_change(const struct judged *row, struct buf *out);
void judged_interval(const struct judged *row, struct buf *out);
void judged_noise(const struct judged *row, struct buf *out);

/* What stands for a side, to as many digits as its noise leaves. */
void judged_value(const struct judged *row, bool of_b, struct buf *out);

/* What is recorded of the sides, not measured, and differs: what, A's, B's, in threes. Caller
 * frees. */
void comparison_sides(const struct comparison *c, struct args *out);

/* The comparison in a sentence that one can quote, and what one must know to believe it: how it was
 * judged, how many rounds would tell the rest. */
void comparison_sentence(const struct comparison *c, struct buf *out);
void comparison_basis(const struct comparison *c, struct buf *out);

/* As limpet compare prints it: what differs, a table for each group, the sentences. */
void comparison_format(const struct comparison *c, struct buf *out);

/* All of it in JSON, for programs (docs/results.md); caller frees. */
char *comparison_json(const struct comparison *c);

/* The exit status that belongs to it (tools/status.h). fail_above: only an interval wholly beyond
 * that share is worse; unsure_ok: what cannot be told is no failure. */
int comparison_status(const struct comparison *c, double fail_above, bool unsure_ok);

#endif
