/* SPDX-License-Identifier: BSD-2-Clause */
/* The TSC's frequency: what CPUID tells of it, and a counter beside it. */
#include "clock.h"
#include "arch.h"
#include "cpu.h"

/* TSC = crystal ecx × ebx / eax */
struct clock_source arch_clock_crystal(void)
{
    struct clock_source s = {0, "CPUID 0x15", 0};
    if (cpuid(0, 0).eax >= 0x15) {
        struct cpuid c = cpuid(0x15, 0);
        s.hz = c.eax != 0 ? (uint64_t)c.ecx * c.ebx / c.eax : 0;
    }
    return s;
}

/* The timing leaf that VMware began. */
struct clock_source arch_clock_hypervisor(void)
{
    struct clock_source s = {0, "CPUID 0x40000010", 0};
    if (cpuid1_ecx & CPUID1_ECX_HYPERVISOR && cpuid(0x40000000, 0).eax >= 0x40000010)
        s.hz = cpuid(0x40000010, 0).eax * 1000ull;
    return s;
}

struct clock_source arch_clock_nominal(void)
{
    struct clock_source s = {0, "CPUID 0x16", 0};
    uint32_t mhz = cpuid(0, 0).eax >= 0x16 ? cpuid(0x16, 0).eax & 0xffff : 0;
    if (mhz != 0) {
        s.hz = mhz * 1000000ull;
        s.error_ppm = 500000 / mhz;
    }
    return s;
}

/* Reads the TSC and the counter together; *spread is how long that took, in TSC ticks. */
static void read_pair(const struct counter *c, uint64_t *tsc, uint64_t *count, uint64_t *spread)
{
    *spread = UINT64_MAX;
    *tsc = *count = 0;
    for (int i = 0; i < 5; i++) { /* the least disturbed of five */
        uint64_t before = cpu_stamp(), n = c->read(), after = cpu_stamp();
        if (after - before < *spread) {
            *spread = after - before;
            *tsc = before + (after - before) / 2;
            *count = n;
        }
    }
}

uint64_t tsc_calibrate(const struct counter *c, uint32_t *error_ppm)
{
    uint64_t t0, t1, c0, c1, s0, s1, window = c->hz / 2000; /* 500 µs */
    read_pair(c, &t0, &c0, &s0);
    uint64_t began = cpu_stamp();
    while (((c->read() - c0) & c->mask) < window)
        if (cpu_stamp() - began > 1ull << 32)
            return 0; /* the counter stands still */
    read_pair(c, &t1, &c1, &s1);
    uint64_t ticks = (c1 - c0) & c->mask;
    uint64_t error = (s0 + s1) / 2 + (t1 - t0) / ticks; /* reading, and one tick of the counter */
    *error_ppm = (uint32_t)(error * 1000000 / (t1 - t0));
    return (uint64_t)((unsigned __int128)(t1 - t0) * c->hz / ticks);
}
