/* A measurement that counts rather than times: one run, of which every figure is exact.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_COUNT_H
#define LIMPET_COUNT_H

#include "measure/bench.h"
#include "results/norm.h"

/* Of its rows; "getpid of basic" is "basic: getpid". */
#define SUITE_COUNT NORM_COUNTED

/* Why a platform's guests cannot be counted, or NULL. */
const char *count_trouble(const struct platform *platform);

/* Counts what a bench has chosen; what cannot be counted is skipped with the reason. Returns 0 or
 * an interruption's status. */
int count_measure(struct bench *bench);

#endif
