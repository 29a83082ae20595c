/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NAS Parallel Benchmarks: EP, IS, CG, MG, FT, BT, SP and LU, after their specification (NAS-91-002
 * and its successors), in our own words. Each does the specified work on the specified numbers and
 * holds its result against the published one. Class T, a sixth of S or less, is ours, not official;
 * its values are those of this program on a machine where all of S, W and A verified.
 */
#ifndef NPB_H
#define NPB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum npb_class { CLASS_T, CLASS_S, CLASS_W, CLASS_A, CLASSES };

/* What became of one benchmark: set by its run. */
struct npb_result {
    double seconds;      /* of its timed part */
    double mop;          /* 10^6 operations, by the published formula */
    const char *invalid; /* why its result is wrong, or could not be had; or NULL */
};

/* A benchmark. Threads are OpenMP's, as many as were set. */
struct npb {
    const char *name; /* "EP" */
    void (*run)(enum npb_class class, struct npb_result *result);
};
extern const struct npb npb_ep, npb_is, npb_cg, npb_mg, npb_ft, npb_bt, npb_sp, npb_lu;

#define NPB_SEED       314159265.0  /* of all but EP */
#define NPB_MULTIPLIER 1220703125.0 /* 5^13 */
#define NPB_NO_MEMORY  "no memory"
#define NPB_WRONG      "its result is not the published one"

/* The next of the sequence x' = a x mod 2^46, as x' / 2^46. */
double npb_random(double *x, double a);

/* The next n of it, by the usual multiplier. */
void npb_randoms(size_t n, double *x, double *out);

/* a^n mod 2^46. */
double npb_power(double a, uint64_t n);

/* Is a value within a relative error of what it must be? */
bool npb_near(double value, double expected, double error);

/* Around the timed part. */
void npb_begin(struct npb_result *result);
void npb_end(struct npb_result *result);

#endif
