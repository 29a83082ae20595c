/* SPDX-License-Identifier: BSD-2-Clause */
/* What benchmarks share: samples, their order statistics, rows of text and of JSON. */
#ifndef APPS_BENCH_H
#define APPS_BENCH_H

#include <stddef.h>
#include <stdint.h>

#define BENCH_SAMPLES 65536 /* most that one row takes */
#define BENCH_PRINTED 1024  /* most that a JSON row lists: then every so-manieth, in order */

struct bench_row {
    const char *bench, *name, *unit;
    double value;     /* the figure that stands for the row: the mean of its loop */
    uint64_t calls;   /* that the mean is over */
    const char *note; /* "" or what the reader must know */
    size_t n;         /* samples, one call each */
    uint32_t *samples;
};

/* Prints the row: as a line of text, and as a line of JSON after it when json is set. */
void bench_print(const struct bench_row *row, int json);

/* The head of the table of text rows. */
void bench_print_head(void);

/* The q-quantile (0 … 1) of n sorted samples, by nearest rank. */
uint32_t bench_quantile(const uint32_t *sorted, size_t n, double q);

/* Does nothing. */
int bench_empty_call(void);

/* A difference of time stamps, kept within a sample. */
static inline uint32_t bench_clip(uint64_t ticks)
{
    return ticks > UINT32_MAX ? UINT32_MAX : (uint32_t)ticks;
}

#endif
