/* SPDX-License-Identifier: BSD-2-Clause */
/* RAMspeed's four loops, on integers and on doubles: compiled with -O3, for any x86-64. */
#include "memory.h"

/* So many words of doubles: what malloc gives has no type yet, and each array only ever has one. */
#define LOOP(name, type, expression)                                                               \
    void name(uint64_t *to, const uint64_t *first, const uint64_t *second, size_t n)               \
    {                                                                                              \
        type *restrict out = (void *)to;                                                           \
        const type *a = (const void *)first, *b = (const void *)second;                            \
        (void)b;                                                                                   \
        for (size_t i = 0; i < n; i++)                                                             \
            out[i] = (expression);                                                                 \
    }

LOOP(int_copy, uint64_t, a[i])
LOOP(int_scale, uint64_t, INT_FACTOR *a[i])
LOOP(int_add, uint64_t, a[i] + b[i])
LOOP(int_triad, uint64_t, a[i] + INT_FACTOR * b[i])
LOOP(float_copy, double, a[i])
LOOP(float_scale, double, FLOAT_FACTOR *a[i])
LOOP(float_add, double, a[i] + b[i])
LOOP(float_triad, double, a[i] + FLOAT_FACTOR * b[i])
