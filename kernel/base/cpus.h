/* SPDX-License-Identifier: BSD-2-Clause */
/* Which CPUs there are. */
#ifndef KERNEL_CPUS_H
#define KERNEL_CPUS_H

#include <stdint.h>

#define CPUS_MAX 64 /* a set of them is a uint64_t */

struct cpu;

/* Those started; NULL beyond. Number 0 is the one that booted. */
extern struct cpu *cpus[CPUS_MAX];

/* Bit n: CPU n runs threads; CPU n has nothing to do, and nobody is about to change that. */
extern uint64_t cpus_online, cpus_idle;

#endif
