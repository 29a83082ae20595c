/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other CPUs. They are counted and started when the app makes its second thread, and nobody
 * waits for them: each takes work as soon as it is there. Until then nothing is done for them.
 */
#ifndef KERNEL_SMP_H
#define KERNEL_SMP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/cpus.h"

/* How many this machine has, started or not; more than CPUS_MAX are not counted. */
unsigned smp_count(void);

/* Starts them all, the first time. No lock is held. */
void smp_start(void);

/* Starts them all and waits for CPU n; false: there is none, or it does not come within 1 s. */
bool smp_wait_for(unsigned n);

/* Interrupts CPU n, which is online, and returns when that has answered. Interrupts are on. */
void smp_ping(unsigned n);

/* Where a CPU other than the first begins in C: on its own stack and GDT, GS not set yet. */
_Noreturn void smp_main(struct cpu *cpu);

#endif
