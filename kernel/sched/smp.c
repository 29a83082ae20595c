/* SPDX-License-Identifier: BSD-2-Clause */
/* The other CPUs: see smp.h. */
#include "sched/smp.h"
#include "arch.h"
#include "cpu.h"
#include "mm/page.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "base/time.h"
#include "mm/vm.h"
#include <string.h>

#define CPU_ORDER   1 /* pages for struct cpu, the CPU's tables and its fault stack */
#define CPU_BYTES   (PAGE_SIZE << CPU_ORDER)
#define STACK_BYTES (16ull << 10) /* of the idle loop, its guard page included */
#define SPINS       1000          /* before the hypervisor is told that we only wait */
#define STOP_TICKS  (1ull << 25)  /* of the TSC, some 10 ms: how long others may take to stop */

_Static_assert(CPUS_MAX <= 64, "a set of them is a uint64_t");
_Static_assert(sizeof(struct cpu) + CPU_TABLES + FAULT_STACK + ENTRY_STACK <= CPU_BYTES,
               "arch_cpu_prepare() has room for all");

bool smp_running;
struct cpu *cpus[CPUS_MAX];
uint64_t cpus_online = 1, cpus_idle;

static uint64_t flushes; /* how often translations were taken away */
static uint32_t stopper; /* the number + 1 of the CPU that ends the machine */

static void spin(unsigned *spins)
{
    __builtin_ia32_pause();
    if (++*spins % SPINS == 0 && platform->relax != 0)
        platform->relax();
}

void lock_spin(struct lock *l)
{
    unsigned spins = 0;
    while (__atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE) != 0)
        while (__atomic_load_n(&l->word, __ATOMIC_RELAXED) != 0)
            spin(&spins);
}

unsigned smp_count(void)
{
    static unsigned count;
    if (count == 0)
        count = platform->cpus();
    return count;
}

static bool new_cpu(unsigned number)
{
    uint64_t pa = page_alloc(CPU_ORDER), bytes = CPU_BYTES;
    if (pa == 0)
        return false;
    struct cpu *cpu = phys_to_virt(pa);
    memset(cpu, 0, bytes);
    cpu->base.self = &cpu->base;
    cpu->base.number = number;
    cpu->base.stack = sched_new_stack(cpu, STACK_BYTES);
    if (cpu->base.stack == 0) {
        page_free(pa, CPU_ORDER);
        return false;
    }
    arch_cpu_prepare(&cpu->base, cpu + 1, (uint64_t)cpu + bytes);
    sched_init(cpu);
    return true;
}

void smp_start(void)
{
    static uint32_t started;
    if (__atomic_exchange_n(&started, 1, __ATOMIC_RELAXED) != 0)
        return;
    unsigned n = 1, count = smp_count();
    while (n < count && new_cpu(n)) /* as many as there is memory for */
        n++;
    if (n == 1)
        return;
    smp_running = true;
    platform->cpus_start(n);
}

bool smp_wait_for(unsigned n)
{
    uint64_t began = time_now();
    unsigned spins = 0;
    smp_start();
    if (n >= CPUS_MAX || cpus[n] == 0)
        return false;
    while (!(__atomic_load_n(&cpus_online, __ATOMIC_ACQUIRE) & 1ull << n)) {
        if (time_now() - began > 1000000000)
            return false;
        spin(&spins);
    }
    return true;
}

static _Noreturn void stop_here(void)
{
    __atomic_fetch_and(&cpus_online, ~(1ull << this_cpu()->number), __ATOMIC_SEQ_CST);
    for (;;)
        cpu_stop();
}

void smp_main(struct cpu *cpu)
{
    arch_cpu_init(&cpu->base);
    platform->cpu_init(cpu->base.number);
    __atomic_fetch_or(&cpus_online, 1ull << cpu->base.number, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&stopper, __ATOMIC_SEQ_CST) != 0)
        stop_here(); /* too late */
    sched_idle();
}

static void flush_pending(struct cpu *cpu)
{
    uint64_t n = __atomic_load_n(&flushes, __ATOMIC_SEQ_CST);
    if (cpu->flushed == n)
        return;
    paging_flush();
    __atomic_store_n(&cpu->flushed, n, __ATOMIC_RELEASE);
}

/* First the bit, then the look: who saw the bit set relies on the look coming later. */
void smp_leave_idle(struct cpu *cpu)
{
    __atomic_fetch_and(&cpus_idle, ~(1ull << cpu->base.number), __ATOMIC_SEQ_CST);
    flush_pending(cpu);
}

/* Idle CPUs are let sleep: they forget before they run anything. */
void smp_flush(void)
{
    if (!smp_running)
        return;
    unsigned long flags = interrupts_save();
    uint64_t n = __atomic_add_fetch(&flushes, 1, __ATOMIC_SEQ_CST);
    flush_pending(cpu_here());
    uint64_t busy = cpus_online & ~(1ull << this_cpu()->number) &
                    ~__atomic_load_n(&cpus_idle, __ATOMIC_SEQ_CST);
    for (uint64_t set = busy; set != 0; set &= set - 1)
        platform->ipi((unsigned)__builtin_ctzll(set));
    interrupts_restore(flags);
    unsigned spins = 0;
    for (uint64_t set = busy; set != 0; set &= set - 1)
        while (__atomic_load_n(&cpus[__builtin_ctzll(set)]->flushed, __ATOMIC_ACQUIRE) < n)
            spin(&spins);
}

void smp_ping(unsigned n)
{
    unsigned spins = 0;
    __atomic_add_fetch(&cpus[n]->pings, 1, __ATOMIC_SEQ_CST);
    platform->ipi(n);
    while (__atomic_load_n(&cpus[n]->pings, __ATOMIC_ACQUIRE) != 0)
        spin(&spins);
}

void smp_stop_others(void)
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
    uint64_t others = ~(1ull << this_cpu()->number), began = rdtsc();
    unsigned spins = 0;
    for (uint64_t set = cpus_online & others; set != 0; set &= set - 1)
        platform->ipi((unsigned)__builtin_ctzll(set));
    while (__atomic_load_n(&cpus_online, __ATOMIC_RELAXED) & others && rdtsc() - began < STOP_TICKS)
        spin(&spins);
    smp_running = false;
}

void smp_interrupt(void)
{
    uint32_t ends = __atomic_load_n(&stopper, __ATOMIC_RELAXED);
    if (ends != 0 && ends != this_cpu()->number + 1)
        stop_here();
    flush_pending(cpu_here());
    __atomic_store_n(&cpu_here()->pings, 0, __ATOMIC_RELEASE);
    sched_interrupt();
}
