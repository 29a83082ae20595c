/* SPDX-License-Identifier: BSD-2-Clause */
/* What there is once several CPUs run: which they are, and waiting for another one. */
#include "base/lock.h"
#include "arch.h"
#include "base/cpus.h"
#include "base/platform.h"

#define SPINS 1000 /* before the hypervisor is told that we only wait */

_Static_assert(CPUS_MAX <= 64, "a set of them is a uint64_t");

struct cpu *cpus[CPUS_MAX];
uint64_t cpus_online = 1, cpus_idle;
bool smp_running;

unsigned spin(unsigned spins)
{
    cpu_relax();
    if (++spins % SPINS == 0 && platform->relax != 0)
        platform->relax();
    return spins;
}

void lock_spin(struct lock *l)
{
    unsigned spins = 0;
    do
        while (__atomic_load_n(&l->word, __ATOMIC_RELAXED) != 0)
            spins = spin(spins);
    while (!lock_try(l));
}
