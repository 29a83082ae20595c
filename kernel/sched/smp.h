/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other CPUs. They are counted and started when the app makes its second thread, and nobody
 * waits for them: each takes work as soon as it is there. Until then nothing is done for them.
 */
#ifndef KERNEL_SMP_H
#define KERNEL_SMP_H

#include <stdbool.h>
#include <stdint.h>

#define CPUS_MAX 64 /* a set of them is a uint64_t */

struct cpu;

/* Those started; NULL beyond. Number 0 is the one that booted. */
extern struct cpu *cpus[CPUS_MAX];

/* Bit n: CPU n runs threads; CPU n has nothing to do, and nobody is about to change that. */
extern uint64_t cpus_online, cpus_idle;

/* How many this machine has, started or not; more than CPUS_MAX are not counted. */
unsigned smp_count(void);

/* Starts them all, the first time. No lock is held. */
void smp_start(void);

/* Starts them all and waits for CPU n; false: there is none, or it does not come within 1 s. */
bool smp_wait_for(unsigned n);

/* Translations were taken away: returns when no CPU knows them any more. Interrupts are on. */
void smp_flush(void);

/* Interrupts CPU n, which is online, and returns when that has answered. Interrupts are on. */
void smp_ping(unsigned n);

/*
 * Before a panic's report or the app's last line: the others do nothing any more, and locks that
 * they or this CPU held hold nobody up. Interrupts are off, for good.
 */
void smp_stop_others(void);

/* A word from another CPU: interrupts are off. */
void smp_interrupt(void);

/* This CPU is about to run something, or to look whether it may. */
void smp_leave_idle(struct cpu *cpu);

/* Where a CPU other than the first begins in C: on its own stack and GDT, GS not set yet. */
_Noreturn void smp_main(struct cpu *cpu);

#endif
