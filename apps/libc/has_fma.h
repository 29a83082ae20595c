/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the processor multiply and add in one instruction (FMA3)? For fma.c, and for what newlib is
 * made of (fused.c). */
#ifndef APPS_LIBC_HAS_FMA_H
#define APPS_LIBC_HAS_FMA_H

#include <stdbool.h>
#include <stdint.h>

extern uint32_t cpuid1_ecx; /* arch/x86_64/cpu.h */

static inline bool has_fma(void)
{
    const uint32_t all = 1u << 12 | 1u << 26 | 1u << 28; /* SDM vol. 2A, CPUID: FMA, XSAVE, AVX */
    return (cpuid1_ecx & all) == all;
}

#endif
