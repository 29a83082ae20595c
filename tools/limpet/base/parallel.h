/* Several processes at once, each with guests of its own.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PARALLEL_H
#define LIMPET_PARALLEL_H

#include <stdbool.h>

#define PARALLEL_MAX 16

/* Does work(number, context) for the numbers from 0 in n processes at once, which end with its
 * value as status; each has only what it makes itself to clean up. Returns whether all ended with
 * 0. n: at most PARALLEL_MAX. */
bool parallel(int n, int (*work)(int number, void *context), void *context);

#endif
