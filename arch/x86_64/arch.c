/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU: what it can do, its own state, its clock. Each question is asked when it first matters.
 */
#include "arch.h"
#include "cpu.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "base/time.h"
#include <string.h>

/* CPUID bits: Intel SDM vol. 2A, CPUID. */
#define CPUID1_ECX_X2APIC     (1u << 21)
#define CPUID1_ECX_XSAVE      (1u << 26)
#define CPUID1_ECX_HYPERVISOR (1u << 31)
#define CPUID1_ECX_RDRAND     (1u << 30)
#define CPUID81_EDX_PDPE1GB   (1u << 26)
#define FPU_BYTES_FEW         4096
#define XCR0_WANTED           0xe7u /* x87, SSE, AVX, AVX-512: SDM vol. 1, 13.3 */

uint32_t cpuid1_ecx, cpuid81_edx; /* as the door found them (long.inc) */

/* What no attacker can guess nor a string contain: RDRAND, and the TSC where there is none. */
static void choose_stack_guard(void)
{
    extern uintptr_t __stack_chk_guard;
    uint64_t random =
        time_tsc_at_entry * 0x9e3779b97f4a7c15; /* a look at it now may be a VM exit */
    if (cpuid1_ecx & CPUID1_ECX_RDRAND)
        random ^= rdrand();
    __stack_chk_guard = random & ~0xffull;
}

void arch_cpu_init(struct cpu_base *cpu)
{
    cpu->self = cpu;
    wrmsr(MSR_GS_BASE, (uint64_t)cpu);
    if (cpu->number == 0) /* its callers never return */
        choose_stack_guard();
    if (cpuid1_ecx & CPUID1_ECX_XSAVE) {
        struct cpuid x = cpuid(0xd, 0);
        write_cr4(CR4_AT_START | CR4_OSXSAVE); /* reading it may be a VM exit */
        xsetbv0(x.eax & XCR0_WANTED);
        /* ecx is for all the CPU has, ebx for what is enabled: asked for when that matters */
        cpu->fpu_bytes = x.ecx <= FPU_BYTES_FEW ? x.ecx : cpuid(0xd, 0).ebx;
    }
}

bool arch_has_1g_pages(void) { return cpuid81_edx & CPUID81_EDX_PDPE1GB; }

bool arch_has_x2apic(void) { return cpuid1_ecx & CPUID1_ECX_X2APIC; }

void arch_hypervisor(char signature[13])
{
    memset(signature, 0, 13);
    if (!(cpuid1_ecx & CPUID1_ECX_HYPERVISOR))
        return;
    struct cpuid c = cpuid(0x40000000, 0);
    memcpy(signature, &c.ebx, 4);
    memcpy(signature + 4, &c.ecx, 4);
    memcpy(signature + 8, &c.edx, 4);
}

uint64_t arch_new_stack(uint64_t sp)
{
    extern char thread_start[];
    uint64_t *stack = (uint64_t *)sp;
    *--stack = 0; /* ends a backtrace, and keeps calls at a multiple of 16 */
    *--stack = 0;
    *--stack = (uint64_t)thread_start;
    for (int i = 0; i < 6; i++)
        *--stack = 0; /* rbp rbx r12 … r15 */
    *--stack = FPU_CONTROL;
    return (uint64_t)stack;
}

void arch_set_thread_pointer(uint64_t fs_base) { wrmsr(MSR_FS_BASE, fs_base); }

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
        uint64_t before = rdtsc(), n = c->read(), after = rdtsc();
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
    uint64_t began = rdtsc();
    while (((c->read() - c0) & c->mask) < window)
        if (rdtsc() - began > 1ull << 32)
            return 0; /* the counter stands still */
    read_pair(c, &t1, &c1, &s1);
    uint64_t ticks = (c1 - c0) & c->mask;
    uint64_t error = (s0 + s1) / 2 + (t1 - t0) / ticks; /* reading, and one tick of the counter */
    *error_ppm = (uint32_t)(error * 1000000 / (t1 - t0));
    return (uint64_t)((unsigned __int128)(t1 - t0) * c->hz / ticks);
}
