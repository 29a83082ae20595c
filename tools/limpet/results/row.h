/* A row: one figure with all its samples, as a guest tells it, a file keeps it and a view shows it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ROW_H
#define LIMPET_ROW_H

#include "results/counts.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>

struct numbers {
    double *v;
    size_t n;
};

/* VM exits while a row was measured, the most frequent reason first. */
struct exit_counts {
    bool known;
    double total;
    double calls; /* of the counting run, where they were not as many as the row's; else 0 */
    struct exit_reason {
        char *name;
        double count;
    } * reasons;
    size_t n;
};

#define ROW_NO_RUN   ((size_t)-1)
#define ROW_TAIL     99 /* of 1,000 calls and more, so that ten lie beyond */
#define ROW_TAIL_FEW 95 /* of 200 */

/* A number that is not there is NAN, a list empty. Texts are never NULL but those that say so. */
struct row {
    char *suite, *platform, *name, *unit;
    char *sample_unit;          /* NULL: that of value */
    char *note, *invalid, *isa; /* NULL: none. invalid: the guest's own check failed */
    bool more;                  /* is better */
    bool median;                /* each run's figure is its samples' median, not mean or loops */

    double value;           /* the figure to quote: the median of runs */
    double ci[2], coverage; /* its interval; coverage 0: there is none */
    struct numbers runs;    /* the figure of each repetition, in order of time */
    struct numbers parts;   /* of runs measured in parts, how many each part gave */
    struct numbers least;   /* the least loop of each repetition that is of loops of its own */
    struct numbers tails;   /* a percentile of each repetition, of its own calls: */
    unsigned tail;          /* ROW_TAIL, of fewer calls ROW_TAIL_FEW; 0: there is none */

    struct value *samples; /* all, in order of time; of a histogram ascending, each value once */
    size_t sample_count;
    bool histogram;
    struct stats stats; /* of the samples; may outlive them in an older file */

    struct exit_counts exits;
    char *no_exits; /* why they were not counted, or NULL */

    struct counts counts; /* of a run that was counted rather than timed (measure/count.h) */

    double calls;                    /* per loop, or samples taken; counted: all of them */
    double per_call;                 /* so many of it are in one of them */
    bool spans;                      /* begin and end are known: */
    long long begin, end;            /* the guest's TSC before and after */
    unsigned stage;                  /* of a boot's time line, from 1; 0: none */
    double bytes, elements, threads; /* STREAM's: a pass moves, an array has, do the work */
    double min_s, avg_s, max_s;      /* STREAM's passes: of each run, and of several the medians */
    size_t run;                      /* index of its run in the result, or ROW_NO_RUN */
    const char *wrong;               /* what could not be read of it, or NULL; static */
};

/* Its texts, by their keys in a file: what copies, frees, reads or writes them goes by this list.
 */
#define ROW_TEXTS 9
extern const struct row_text {
    const char *key;
    size_t offset;
} row_texts[ROW_TEXTS];
char **row_text(struct row *row, size_t i);

struct row *row_new(const char *suite, const char *name, const char *unit);
struct row *row_copy(const struct row *row);
void row_free(struct row *row);

/* Replaces one of a row's texts. */
void row_set_text(char **text, const char *by);

void numbers_add(struct numbers *numbers, double number);
void row_add_sample(struct row *row, double value, size_t count);
void exit_counts_add(struct exit_counts *exits, const char *reason, double count);
void exit_counts_free(struct exit_counts *exits);

/* Room for one more behind a list's n elements; the list may move. */
void *list_grown(void *list, size_t n, size_t size);

#endif
