/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU: what it can do, its own state. Each question is asked when it first matters. */
#include "arch.h"
#include "cpu.h"
#include "base/time.h"
#include <string.h>

/* CPUID bits: Intel SDM vol. 2A, CPUID. */
#define CPUID1_ECX_X2APIC   (1u << 21)
#define CPUID1_ECX_XSAVE    (1u << 26)
#define CPUID1_ECX_RDRAND   (1u << 30)
#define CPUID81_EDX_PDPE1GB (1u << 26)
#define FPU_BYTES_FEW       4096
#define XCR0_WANTED         0xe7u /* x87, SSE, AVX, AVX-512: SDM vol. 1, 13.3 */

uint32_t cpuid1_ecx, cpuid81_edx;

/* What no attacker can guess nor a string contain: RDRAND, and the TSC where there is none. */
static void choose_stack_guard(void)
{
    extern uintptr_t __stack_chk_guard;
    uint64_t random =
        time_tsc_at_entry * 0x9e3779b97f4a7c15; /* a look at it now may be a VM exit */
    if (cpuid1_ecx & CPUID1_ECX_RDRAND)
        random ^= cpu_entropy();
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

_Static_assert(CPU_AREA >=
                   15 + 6 * 8 + sizeof(struct tss) + FAULT_STACK + ENTRY_STACK + PAGE_FAULT_STACK,
               "there is room for all");

void arch_cpu_prepare(struct cpu_base *cpu, void *area, uint64_t end)
{
    extern uint64_t __gdt[6];
    uint64_t *gdt = (uint64_t *)(((uint64_t)area + 15) & ~15ull);
    struct tss *tss = (struct tss *)(gdt + 6);
    uint64_t at = (uint64_t)tss;

    memcpy(gdt, __gdt, sizeof __gdt);
    /* as image.lds.S: limit, available 64-bit TSS; its address in four pieces */
    gdt[SEL_TSS / 8] =
        (sizeof *tss - 1) | (at & 0xffffff) << 16 | 0x89ull << 40 | (at >> 24 & 0xff) << 56;
    gdt[SEL_TSS / 8 + 1] = at >> 32;
    cpu->gdt = (uint64_t)gdt;
    cpu->gdt_limit = sizeof __gdt - 1;
    tss->ist1 = cpu->fault_stack = end - PAGE_FAULT_STACK - ENTRY_STACK;
    tss->ist2 = end - PAGE_FAULT_STACK;
    tss->ist3 = end;
    tss->io_map = sizeof *tss;
}

bool arch_has_1g_pages(void) { return cpuid81_edx & CPUID81_EDX_PDPE1GB; }

bool arch_has_entropy(void) { return cpuid1_ecx & CPUID1_ECX_RDRAND; }

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

/* msr.S: false where the CPU has no such MSR. */
bool read_msr_guarded(uint32_t msr, uint64_t *value);

struct confidential arch_confidential(void)
{
    const struct confidential_cpu cpu = {cpuid, read_msr_guarded};
    return confidential_detect(&cpu);
}

uint64_t arch_new_stack(uint64_t sp, void (*entry)(void))
{
    extern char thread_start[];
    uint64_t *stack = (uint64_t *)sp;
    *--stack = 0; /* ends a backtrace, and keeps calls at a multiple of 16 */
    *--stack = 0;
    *--stack = (uint64_t)thread_start;
    *--stack = 0;               /* rbp */
    *--stack = (uint64_t)entry; /* rbx */
    *--stack = 0;               /* r12 … r15 */
    *--stack = 0;
    *--stack = 0;
    *--stack = 0;
    *--stack = FPU_CONTROL;
    return (uint64_t)stack;
}

void arch_set_thread_pointer(uint64_t fs_base) { wrmsr(MSR_FS_BASE, fs_base); }
