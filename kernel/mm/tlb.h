/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations that CPUs remember. */
#ifndef KERNEL_TLB_H
#define KERNEL_TLB_H

struct cpu;

/* Translations were taken away: returns when no CPU knows them any more. Interrupts are on. */
void tlb_flush(void);

/* This CPU, interrupts off: forgets them, if others have asked for it. */
void tlb_flush_pending(struct cpu *cpu);

/* This CPU is about to run something, or to look whether it may. */
void tlb_leave_idle(struct cpu *cpu);

#endif
