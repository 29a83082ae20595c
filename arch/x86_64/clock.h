/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks that tell the TSC's frequency, for platforms. */
#ifndef ARCH_CLOCK_H
#define ARCH_CLOCK_H

#include "base/platform.h"

/* What CPUID tells: leaf 0x15, exact; 0x40000010, the hypervisor's; 0x16, rounded to MHz. */
clock_source_fn arch_clock_crystal, arch_clock_hypervisor, arch_clock_nominal;

/* The TSC's frequency against a counter that was read n times in at most 500 µs. */
struct counter {
    uint64_t (*read)(void); /* counts up */
    uint64_t hz, mask;      /* frequency; value bits */
};
uint64_t tsc_calibrate(const struct counter *counter, uint32_t *error_ppm);

#endif
