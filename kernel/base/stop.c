/* SPDX-License-Identifier: BSD-2-Clause */
/* Stopping the other CPUs: see stop.h. */
#include "base/stop.h"
#include "arch.h"
#include "base/cpus.h"
#include "base/lock.h"
#include "base/platform.h"

#define STOP_TICKS (1ull << 25) /* of cpu_stamp(), some 10 ms: how long others may take to stop */

uint32_t stopper;

_Noreturn void stop_here(void)
{
    __atomic_fetch_and(&cpus_online, ~(1ull << this_cpu()->number), __ATOMIC_SEQ_CST);
    for (;;)
        cpu_stop();
}

void stop_others(void)
{
    uint32_t nobody = 0, self = this_cpu()->number + 1;
    if (!smp_running && stopper == 0)
        return;
    if (!__atomic_compare_exchange_n(&stopper, &nobody, self, 0, __ATOMIC_SEQ_CST,
                                     __ATOMIC_SEQ_CST)) {
        if (nobody != self)
            stop_here();
        return;
    }
    uint64_t others = ~(1ull << this_cpu()->number), began = cpu_stamp();
    unsigned spins = 0;
    for (uint64_t set = cpus_online & others; set != 0; set &= set - 1)
        platform->ipi((unsigned)__builtin_ctzll(set));
    while (__atomic_load_n(&cpus_online, __ATOMIC_RELAXED) & others &&
           cpu_stamp() - began < STOP_TICKS)
        spins = spin(spins);
    smp_running = false;
}
