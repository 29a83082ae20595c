/* SPDX-License-Identifier: BSD-2-Clause */
/* What benchmarks share: tables of them, their samples, rows of text and of JSON. */
#ifndef APPS_BENCH_H
#define APPS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_SAMPLES 65536 /* most that one row takes */

/*
 * A row of a table of benchmarks. One of call, take and value is set.
 *
 * call: does what is measured n times. The row's figure is the published loop: two calls to warm
 * up, one pair of unserialized time stamps around 10,000; eleven such loops, of which the median
 * counts. Its samples are single calls between fenced time stamps. ready and undo, untimed, stand
 * around each of these.
 *
 * take: times each by itself, writes at most BENCH_SAMPLES ticks and returns how many; none is an
 * error. The row's figure is their mean, or, of several loops, the median of those; with median it
 * is the median of all samples.
 *
 * value: returns the row's one figure, of which there are no samples.
 */
struct benchmark {
    const char *name;
    void (*call)(uint64_t n);
    size_t (*take)(uint32_t *samples);
    double (*value)(void);
    const char *(*none)(
        void); /* why this system has no such thing: the row is then left out and told; or NULL */
    const char *(*setup)(void); /* before each loop; returns why it cannot be measured, or NULL */
    const char *(*check)(void); /* at the end; returns why the row is not valid, or NULL */
    void (*ready)(uint64_t n);  /* makes what n calls will use up, or NULL */
    void (*undo)(uint64_t n);   /* takes back what n calls did, or NULL */
    unsigned calls;             /* in a loop; single ones are no more; 0: 10,000 */
    unsigned per_call;          /* so many of it in one call; 0: one */
    unsigned loops;             /* of take; 0: one */
    unsigned cpus;              /* it takes so many, else the row is left out; 0: one */
    int median;                 /* of take: what the figure is */
    const char *unit;           /* of take and value: what they return, "ns"; NULL: "cycles" */
    const char *note;           /* what the reader must know, or NULL */
};

/*
 * Measures a table (count rows) in order, or of it the rows that the arguments name, and prints
 * them, with --json (or LIMPET_ROWS in the environment, as `limpet bench FILE` has it) also as
 * lines of JSON: main's whole work. With --once each row's work is only done once and checked.
 * Returns its exit status: 1 when a check failed, 2 for a wrong argument.
 */
int bench_main(const char *suite, const struct benchmark *table, size_t count, int argc,
               char **argv);

/* Does nothing, in another file and on another page. */
int bench_empty_call(void);

/* A difference of time stamps, kept within a sample. */
static inline uint32_t bench_clip(uint64_t ticks)
{
    return ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
}

#ifdef __cplusplus
}
#endif

#endif
