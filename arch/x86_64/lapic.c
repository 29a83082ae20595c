/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC: its one-shot timer (Intel SDM vol. 3A, 10.5.4), IPIs (10.6), x2APIC (10.12). */
#include "lapic.h"
#include "arch.h"
#include "cpu.h"
#include "base/lock.h"
#include "mm/vm.h"

/* Register offsets in the xAPIC page; as x2APIC MSRs they are 0x800 + offset / 16. */
#define LAPIC_TPR          0x080
#define LAPIC_EOI          0x0b0
#define LAPIC_SPURIOUS     0x0f0
#define LAPIC_ICR          0x300
#define LAPIC_ICR_HIGH     0x310 /* xAPIC only: the destination; x2APIC's ICR has 64 bits */
#define LAPIC_LVT_TIMER    0x320
#define LAPIC_TIMER_START  0x380
#define LAPIC_TIMER_LEFT   0x390
#define LAPIC_TIMER_DIVIDE 0x3e0
#define SPURIOUS_ENABLE    0x100
#define DIVIDE_BY_1        0xb
#define LVT_MASKED         0x10000
#define ICR_INIT           0x4500 /* with level assert */
#define ICR_STARTUP        0x4600
#define ICR_ALL_BUT_SELF   0xc0000
#define APIC_BASE_X2       0x400
#define APIC_BASE_ENABLE   0x800

static volatile uint32_t *page; /* NULL: x2APIC, by MSR */
static bool on;

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

bool lapic_is_on(void) { return on; }

void lapic_enable(void)
{
    on = true;
    uint64_t base = rdmsr(MSR_APIC_BASE);
    if (arch_has_x2apic()) {
        wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE | APIC_BASE_X2);
    } else {
        if (!(base & APIC_BASE_ENABLE))
            wrmsr(MSR_APIC_BASE, base | APIC_BASE_ENABLE);
        if (page == 0)
            page = vm_map_page(base & PTE_ADDR, VM_DEVICE);
    }
    write_register(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    write_register(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
    write_register(LAPIC_LVT_TIMER, VECTOR_TIMER);
}

void lapic_init(void)
{
    static bool done;
    if (!done)
        lapic_enable();
    done = true;
}

/* An xAPIC may still be sending the last one (10.6.1); those of hypervisors send at once. */
static void write_icr(uint32_t apic_id, uint32_t what)
{
    if (page != 0) {
        write_register(LAPIC_ICR_HIGH, apic_id << 24);
        write_register(LAPIC_ICR, what);
    } else { /* this write does not wait for the stores before it (10.12.3) */
        __asm__ volatile("mfence; lfence" : : : "memory");
        wrmsr(0x800 + LAPIC_ICR / 16, (uint64_t)apic_id << 32 | what);
    }
}

/* Interrupts off: a handler that sends an IPI must not run between an xAPIC's two writes. */
void lapic_send(uint32_t apic_id, uint8_t vector)
{
    unsigned long flags = interrupts_save();
    write_icr(apic_id, vector);
    interrupts_restore(flags);
}

/* The waits of 10.6.7 are for a CPU's own reset, which a virtual one does not need. */
void lapic_wake_others(uint32_t real_mode_page)
{
    write_icr(0, ICR_ALL_BUT_SELF | ICR_INIT);
    write_icr(0, ICR_ALL_BUT_SELF | ICR_STARTUP | real_mode_page >> 12);
}

void lapic_timer_arm(uint64_t ticks)
{
    write_register(LAPIC_TIMER_START, ticks == 0           ? 1
                                      : ticks > UINT32_MAX ? UINT32_MAX
                                                           : (uint32_t)ticks);
}

uint32_t lapic_timer_left(void) { return read_register(LAPIC_TIMER_LEFT); }

void lapic_eoi(void) { write_register(LAPIC_EOI, 0); }
