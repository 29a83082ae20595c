/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations that CPUs remember. */
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/*
 * Translations were taken away: from now on CPUs forget them at their next tick, before they run
 * something after they were idle, or when they ask whether others have. The number of this request.
 */
uint64_t tlb_ask(void);

/* Does no CPU know them any more? wait: those that may are interrupted, and waited for, interrupts
 * on. */
bool tlb_done(uint64_t n, bool wait);

/* All at once: returns when no CPU knows the translations any more. Interrupts are on. */
void tlb_flush(void);

/* This CPU, interrupts off: forgets them, if others have asked for it. */
void tlb_flush_pending(struct cpu *cpu);

/* This CPU is about to run something, or to look whether it may. */
void tlb_leave_idle(struct cpu *cpu);

#endif
