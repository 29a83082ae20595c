/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of a storm share: its end, what was wrong, time, random numbers. */
#ifndef GUEST_STORM_H
#define GUEST_STORM_H

#include "check.h"
#include <pthread.h>
#include <stdint.h>
#include <time.h>

static volatile int stop;
static const char *volatile wrong; /* the first that was seen */
static uint64_t seed = 1;

/* Ends the thread that calls it, and soon all others. */
#define MUST(x)                                                                                    \
    do {                                                                                           \
        if (!(x)) {                                                                                \
            if (wrong == NULL)                                                                     \
                wrong = __FILE__ ":" STR(__LINE__) ": " #x;                                        \
            stop = 1;                                                                              \
            return NULL;                                                                           \
        }                                                                                          \
    } while (0)

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct timespec in_us(uint64_t us) /* of CLOCK_REALTIME */
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += (long)us * 1000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

static __thread uint64_t state;

static uint64_t random_below(uint64_t n)
{
    if (state == 0)
        state = (seed * 0x9e3779b97f4a7c15) ^ (uint64_t)pthread_self() << 17 ^ 1;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (state * 0x2545f4914f6cdd1d >> 11) % n;
}

#endif
