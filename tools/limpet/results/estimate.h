/* A row's figures as every view shows them: with their interval, n, unit and digits.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ESTIMATE_H
#define LIMPET_ESTIMATE_H

#include "base/buf.h"
#include "results/row.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A median, of n figures. What it is computed from is in one place, rows.c, when a row is measured
 * and again when it is read from a file; a view asks here and prints.
 */
struct estimate {
    bool known; /* false: the row has no such figure, and the rest is 0 */
    double value;
    double low, high; /* its interval */
    double coverage;  /* how often such an interval holds it; 0: there is no interval */
    size_t n;
    const char *unit; /* as people write it: "µs"; borrowed from the row */
    bool noise;       /* it is negative, as no time is; or, a difference, may be */
};

/* A row's figure to quote: the median of its runs. row: may be NULL, which has none. */
struct estimate estimate_value(const struct row *row);

/* The median of all its samples. */
struct estimate estimate_median(const struct row *row);

/* More less less_of, which cannot be negative. Its interval is that of two figures that have
 * nothing to do with each other (Zou and Donner, Statistics in Medicine 27, 2008). */
struct estimate estimate_difference(const struct estimate *more, const struct estimate *less);

/* A row's figure to quote; of one that tells no runs, the median of its samples. */
struct estimate estimate_figure(const struct row *row);

/* How many times less (more: more) x is than y, with its interval: above 1, x is the better. The
 * interval is that of two medians that have nothing to do with each other, on the logarithms (Zou
 * and Donner, Statistics in Medicine 27, 2008). Unknown where one is not above 0. Pure. */
struct estimate estimate_ratio(const struct estimate *x, const struct estimate *y, bool more);

/* Is the ratio told: has it an interval of 95 % that does not hold 1? Pure. */
bool estimate_told(const struct estimate *ratio);

/* The i-th of a row's samples, of a histogram's values, and how often it came. Returns false behind
 * the last. */
bool estimate_sample(const struct row *row, size_t i, double *value, double *count);

/* Another statistic of a row's samples: "min", "max", "mean", "p95", "p99", "p999". Returns false
 * when there is none: of a percentile, also where the samples are too few to tell it. */
bool estimate_stat(const struct row *row, const char *key, double *value);

/* For people: commas and a true minus sign; plain: for a terminal, where programs may read it. */
enum number_style { NUMBER_PEOPLE, NUMBER_PLAIN };

/*
 * Appends the value, and " noise" where it is that. Its digits follow its error, half the interval:
 * of that two are told where it begins with 100 to 354, else one (Particle Data Group, "Review of
 * Particle Physics", Introduction, 5.3): 30786.07 ± 8875 is 31,000, 1.23456 ± 0.02 is 1.235. Of a
 * value above its error two digits are shown at least, and no more than four where some of them
 * stand behind the point. Without an interval: three.
 */
void estimate_text(struct buf *out, const struct estimate *e, enum number_style style);

/* Appends "22,000–40,000", and what it covers where that is less than 95 %: " at 75 %". Nothing
 * when there is no interval. */
void estimate_interval(struct buf *out, const struct estimate *e, enum number_style style);

/* Appends something that was observed beside the value, as a least sample: to the same digit, but
 * not rounded beyond the point. */
void estimate_beside(struct buf *out, const struct estimate *e, double value,
                     enum number_style style);

/* A number for people: three significant digits at least, thousands separated by commas. */
void number_text(struct buf *out, double value);

/* The same with so many decimals: 10,694.598. */
void decimal_text(struct buf *out, double value, int decimals);

/* A share: "12.3 %", or "0.0017 %". */
void share_text(struct buf *out, double share);

#endif
