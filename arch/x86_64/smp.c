/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs, by their local APICs: Intel SDM vol. 3A, 9.4 (start) and 10.6 (IPIs). */
#include "sched/smp.h"
#include "arch.h"
#include "cpu.h"
#include "mm/page.h"
#include <string.h>

uint8_t ap_numbers[256];           /* by local APIC id; 0: not wanted. smp.S reads it */
static uint8_t apic_ids[CPUS_MAX]; /* by number */

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
    tss->ist1 = cpu->fault_stack = end - ENTRY_STACK;
    tss->ist2 = end;
    tss->io_map = sizeof *tss;
}

unsigned lapic_cpus(const uint8_t *ids, unsigned n)
{
    uint8_t self = (uint8_t)(cpuid(1, 0).ebx >> 24);
    unsigned count = 1;
    apic_ids[0] = self;
    for (unsigned i = 0; i < n && count < CPUS_MAX; i++)
        if (ids[i] != self) {
            ap_numbers[ids[i]] = (uint8_t)count;
            apic_ids[count++] = ids[i];
        }
    return count;
}

void lapic_start_cpus(unsigned count)
{
    extern const char ap_trampoline[], ap_trampoline_end[];
    for (unsigned i = count; i < CPUS_MAX; i++) /* those that there was no memory for */
        if (apic_ids[i] != 0)
            ap_numbers[apic_ids[i]] = 0;
    memcpy(phys_to_virt(AP_PAGE), ap_trampoline,
           (uint64_t)ap_trampoline_end - (uint64_t)ap_trampoline);
    lapic_init();
    lapic_wake_others(AP_PAGE);
}

void lapic_cpu_init(unsigned number)
{
    (void)number;
    lapic_enable();
}

void lapic_ipi(unsigned number) { lapic_send(apic_ids[number], VECTOR_IPI); }
