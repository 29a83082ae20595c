/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs, by their local APICs: Intel SDM vol. 3A, 9.4 (start) and 10.6 (IPIs). */
#include "lapic.h"
#include "base/cpus.h"
#include "cpu.h"
#include "mm/page.h"
#include <string.h>

extern uint8_t ap_numbers[256];    /* by local APIC id; 0: not wanted (smp.S) */
static uint8_t apic_ids[CPUS_MAX]; /* by number */

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
