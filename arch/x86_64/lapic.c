/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC's one-shot timer: Intel SDM vol. 3A, 10.5.4; x2APIC: 10.12. */
#include "arch.h"
#include "cpu.h"
#include "vm.h"

/* Register offsets in the xAPIC page; as x2APIC MSRs they are 0x800 + offset / 16. */
#define LAPIC_TPR          0x080
#define LAPIC_EOI          0x0b0
#define LAPIC_SPURIOUS     0x0f0
#define LAPIC_LVT_TIMER    0x320
#define LAPIC_TIMER_START  0x380
#define LAPIC_TIMER_LEFT   0x390
#define LAPIC_TIMER_DIVIDE 0x3e0
#define SPURIOUS_ENABLE    0x100
#define DIVIDE_BY_1        0xb
#define LVT_MASKED         0x10000
#define APIC_BASE_X2       0x400
#define APIC_BASE_ENABLE   0x800

static volatile uint32_t *page; /* NULL: x2APIC, by MSR */

static void write_register(uint32_t offset, uint32_t value)
{
    if (page != 0)
        page[offset / 4] = value;
    else
        wrmsr(0x800 + offset / 16, value);
}

static uint32_t read_register(uint32_t offset)
{
    return page != 0 ? page[offset / 4] : (uint32_t)rdmsr(0x800 + offset / 16);
}

void lapic_init(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    uint64_t base = rdmsr(MSR_APIC_BASE);
    if (arch_has_x2apic()) {
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2);
    } else {
        if (!(base & APIC_BASE_ENABLE))
            wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
        page = vm_map_page(base & PTE_ADDR, VM_DEVICE);
    }
    write_register(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    write_register(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    write_register(LAPIC_LVT_TIMER, VECTOR_TIMER);
}

void lapic_timer_arm(uint64_t ticks)
{
    write_register(LAPIC_TIMER_START, ticks == 0           ? 1
                                      : ticks > UINT32_MAX ? UINT32_MAX
                                                           : (uint32_t)ticks);
}

uint32_t lapic_timer_left(void) { return read_register(LAPIC_TIMER_LEFT); }

void lapic_eoi(void) { write_register(LAPIC_EOI, 0); }
