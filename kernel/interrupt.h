/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What interrupts mean, whatever brings them: the architecture's entries and platforms' events call
 * these, with interrupts off.
 */
#ifndef KERNEL_INTERRUPT_H
#define KERNEL_INTERRUPT_H

/* The time that struct platform's timer_arm() was told has come. */
void timer_interrupt(void);

/* Another CPU has called struct platform's ipi() for this one. */
void smp_interrupt(void);

#endif
