/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations that CPUs remember. */
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

#include <stdbool.h>
#include <stdint.h>
#include "mm/vm.h"
#include "sched/sched.h"

/*
 * Translations were taken away: from now on CPUs forget them at their next tick, before they run
 * something after they were idle, or when they ask whether others have. The number of this request.
 */
uint64_t tlb_ask(void);

/* Does no CPU know them any more? wait: those that may are interrupted, and waited for. */
bool tlb_done(uint64_t n, bool wait);

/* All at once: returns when no CPU knows the translations any more. No spin lock is held. */
void tlb_flush(void);

/* This CPU, interrupts off: forgets them, if others have asked for it. */
void tlb_flush_pending(struct cpu *cpu);

/* This CPU is about to run something, or to look whether it may. */
void tlb_leave_idle(struct cpu *cpu);

/* In a page fault: a page of so many bytes has come to where there was none. */
static inline void tlb_count_fault(uint64_t bytes)
{
    struct cpu *cpu = cpu_here();
    uint64_t before = cpu->zeroed;
    cpu->faults++;
    cpu->zeroed += bytes;
    if (smp_running)
        tlb_flush_pending(cpu); /* who takes pages need not be told that others gave some back */
    if ((before ^ cpu->zeroed) > before && cpu->zeroed >= 1ull << 20) {
        /*
         * Plain QEMU's software TLB begins at 256 pages and grows only when it is flushed while
         * full. A flush at each doubling is what it takes, and nothing to a CPU
         * (docs/rows.md).
         */
        paging_flush();
    }
}

#endif
