/* SPDX-License-Identifier: BSD-2-Clause */
/* Other CPUs' translations: see tlb.h. */
#include "mm/tlb.h"
#include "base/lock.h"
#include "base/platform.h"
#include "mm/vm.h"
#include "sched/sched.h"

static uint64_t flushes; /* how often translations were taken away */

void tlb_flush_pending(struct cpu *cpu)
{
    uint64_t n = __atomic_load_n(&flushes, __ATOMIC_SEQ_CST);
    if (cpu->flushed == n)
        return;
    paging_flush();
    __atomic_store_n(&cpu->flushed, n, __ATOMIC_RELEASE);
}

/*
 * Clears the idle bit before it looks for a pending flush: tlb_done() leaves out CPUs whose bit
 * is set, and relies on this look coming after.
 */
void tlb_leave_idle(struct cpu *cpu)
{
    __atomic_fetch_and(&cpus_idle, ~(1ull << cpu->base.number), __ATOMIC_SEQ_CST);
    tlb_flush_pending(cpu);
}

uint64_t tlb_ask(void) { return __atomic_add_fetch(&flushes, 1, __ATOMIC_SEQ_CST); }

/* Idle CPUs are let sleep: they forget before they run anything. */
bool tlb_done(uint64_t n, bool wait)
{
    unsigned long flags = interrupts_save();
    tlb_flush_pending(cpu_here());
    uint64_t busy = smp_running ? cpus_online & ~__atomic_load_n(&cpus_idle, __ATOMIC_SEQ_CST) : 0;
    for (uint64_t set = busy; set != 0; set &= set - 1)
        if (__atomic_load_n(&cpus[__builtin_ctzll(set)]->flushed, __ATOMIC_ACQUIRE) >= n)
            busy &= ~(set & -set);
        else if (wait)
            platform->ipi((unsigned)__builtin_ctzll(set));
    interrupts_restore(flags);
    unsigned spins = 0;
    for (uint64_t set = wait ? busy : 0; set != 0; set &= set - 1)
        while (__atomic_load_n(&cpus[__builtin_ctzll(set)]->flushed, __ATOMIC_ACQUIRE) < n) {
            spins = spin(spins);
            if (!interrupts_on()) /* another may be waiting for us just so */
                tlb_flush_pending(cpu_here());
        }
    return wait || busy == 0;
}

void tlb_flush(void)
{
    if (smp_running)
        tlb_done(tlb_ask(), true);
}
