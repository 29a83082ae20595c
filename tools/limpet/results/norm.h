/* A result's rows as ratios to those of one of its platforms.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_NORM_H
#define LIMPET_NORM_H

#include "results/estimate.h"
#include "results/results.h"

/*
 * How many times as much a row costs on a platform as on the one that is normalized to: above 1 it
 * is worse there, also where more is better (2 then is half the rate). With the interval of two
 * medians (estimate_ratio()), which knows of these runs only: another session, or another boot of a
 * lab, may differ by more. Unknown where a side has a run whose figure is not above 0, as a
 * difference may be.
 */
struct estimate norm_ratio(const struct result *result, const char *suite, const char *name,
                           const char *platform, const char *norm);

/* What stands in a row's suite where instructions were counted; its name is "npb: EP.T". */
#define NORM_COUNTED "count"
#define NORM_WHOLE   "door to exit" /* ends the name of a whole run */

/* The rows of a suite that are normalized, each once: those of some platform that were timed, but
 * for the stages of a boot, whose sum is one of them, and for "NAME time", which is row NAME again;
 * or those that were counted, but for whole runs. Caller frees. */
void norm_names(const struct result *result, const char *suite, bool counted, struct args *names);

/*
 * The geometric mean of these rows' ratios, each of the same weight; n is how many of them there
 * are. What the rows of one run have in common their ratios have, too: the interval is that of the
 * ratio of two medians, of each run's own geometric mean. Unknown without rows, and of suites
 * that have none.
 */
struct estimate norm_mean(const struct result *result, const char *suite, const struct args *names,
                          const char *platform, const char *norm);

/* Not of boot and qemu-cfi, whose rows hold each other. */
bool norm_has_mean(const char *suite);

/* All of it as JSON; caller frees. */
char *norm_json(const struct result *result, const char *norm);

#endif
