/* SPDX-License-Identifier: BSD-2-Clause */
/* Of limpet.h, what is the processor's. */
#ifndef LIMPET_TSC_H
#define LIMPET_TSC_H

#include <stdint.h>

/* The time-stamp counter, and the same with everything before it done and nothing after begun. */
static inline uint64_t limpet_tsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

static inline uint64_t limpet_tsc_fenced(void)
{
    uint32_t lo, hi;
    __asm__ volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}

#endif
