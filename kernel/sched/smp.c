/* SPDX-License-Identifier: BSD-2-Clause */
/* The other CPUs: see smp.h. */
#include "sched/smp.h"
#include "arch.h"
#include "base/stop.h"
#include "mm/page.h"
#include "mm/vm.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "sched/stack.h"
#include "base/time.h"
#include <string.h>

#define CPU_ORDER   1 /* pages for struct cpu, the CPU's tables and its fault stack */
#define CPU_BYTES   (PAGE_SIZE << CPU_ORDER)
#define STACK_BYTES (16ull << 10) /* of the idle loop, its guard page included */

_Static_assert(sizeof(struct cpu) + CPU_AREA <= CPU_BYTES, "arch_cpu_prepare() has room for all");

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
    page_keeper_add(&stack_keeper);
    unsigned n = 1, count = smp_count();
    while (n < count && new_cpu(n)) /* as many as there is memory for */
        n++;
    if (n == 1)
        return;
    page_keeper_add(&region_keeper);
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
        spins = spin(spins);
    }
    return true;
}

void smp_main(struct cpu *cpu)
{
    arch_cpu_init(&cpu->base);
    platform->cpu_init(cpu->base.number);
    __atomic_fetch_or(&cpus_online, 1ull << cpu->base.number, __ATOMIC_SEQ_CST);
    if (stop_wanted())
        stop_here(); /* too late */
    sched_idle();
}

void smp_ping(unsigned n)
{
    unsigned spins = 0;
    __atomic_add_fetch(&cpus[n]->pings, 1, __ATOMIC_SEQ_CST);
    platform->ipi(n);
    while (__atomic_load_n(&cpus[n]->pings, __ATOMIC_ACQUIRE) != 0)
        spins = spin(spins);
}
