/* The time.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CLOCK_H
#define LIMPET_CLOCK_H

#include <time.h>

/* CLOCK_MONOTONIC in seconds. */
static inline double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#endif
