/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU time: counted at every switch from one thread to the next, in images that may ask for it
 * (limpet_switch()); the others have nothing of this. A CPU counts what ran on it, a thread what it
 * ran, both in ticks of the TSC, and under the CPU's lock.
 */
#include "arch.h"
#include "base/time.h"
#include "libc/local.h"
#include "mm/page.h"
#include "mm/vm.h"
#include <errno.h>
#include <stddef.h>
#include <sys/_cpu_time.h>
#include <time.h>

static struct account {
    uint64_t since; /* the TSC when it switched last */
    uint64_t busy;  /* ticks that it was not idle, up to then */
    uint64_t waits, preemptions;
} accounts[CPUS_MAX];

_Static_assert(offsetof(struct thread, sp) == 0, "save points at the thread");

/* Interrupts are off, the CPU's lock is held; what boot took counts as idle. */
void limpet_switch_counted(uint64_t *save, uint64_t next, bool idle)
{
    struct account *a = &accounts[cpu_here()->base.number];
    struct thread *t = (struct thread *)save;
    uint64_t now = cpu_stamp(), ticks = now - a->since;
    bool waits = t->state == THREAD_BLOCKED || t->state == THREAD_DEAD;
    a->since = now;
    if (!idle) {
        t->ran += ticks;
        t->waited += waits;
        t->was_preempted += !waits;
        a->busy += ticks;
        a->waits += waits;
        a->preemptions += !waits;
    }
    arch_switch(save, next, idle);
}

/* How long the running thread of a CPU, which is locked, has been running. */
static uint64_t ticks_since_switch(const struct cpu *cpu)
{
    uint64_t now = cpu_stamp(), since = accounts[cpu->base.number].since;
    return now > since ? now - since : 0; /* another CPU's TSC may be ahead */
}

static uint64_t ticks_of_process(void)
{
    uint64_t ticks = 0;
    for (unsigned i = 0; i < CPUS_MAX && cpus[i] != 0; i++) {
        struct cpu *cpu = cpus[i];
        unsigned long flags = lock_take(&cpu->lock);
        ticks += accounts[i].busy;
        if (cpu->base.thread != &cpu->idle)
            ticks += ticks_since_switch(cpu);
        lock_drop(&cpu->lock, flags);
    }
    return ticks;
}

/* t does not end meanwhile. */
static uint64_t ticks_of(const struct thread *t)
{
    unsigned long flags = interrupts_save();
    struct cpu *cpu = sched_lock_cpu_of(t);
    uint64_t ticks = t->ran + (t->state == THREAD_RUNNING ? ticks_since_switch(cpu) : 0);
    lock_drop(&cpu->lock, flags);
    return ticks;
}

int __cpu_time(clockid_t clock, uint64_t *ns)
{
    uint64_t ticks = 0;
    int error = 0;
    if (clock == CLOCK_PROCESS_CPUTIME_ID) {
        ticks = ticks_of_process();
    } else if (clock == CLOCK_THREAD_CPUTIME_ID) {
        ticks = ticks_of(thread_self());
    } else if (clock == __CPU_CLOCK_OF(clock)) {
        mutex_lock(&pthread_mutex);
        const struct thread *t = pthread_living((pthread_t)clock);
        if (t != 0)
            ticks = ticks_of(t);
        mutex_unlock(&pthread_mutex);
        error = t != 0 ? 0 : ESRCH;
    } else {
        error = EINVAL;
    }
    time_now(); /* or the scale is not known */
    *ns = time_of_ticks(ticks);
    return error;
}

struct __usage __usage(bool all)
{
    struct page_stats pages = page_get_stats();
    struct __usage usage = {(pages.total - pages.low_water) * PAGE_SIZE, region_faults(),
                            thread_self()->waited, thread_self()->was_preempted};
    if (all) {
        usage.waits = usage.preemptions = 0;
        for (unsigned i = 0; i < CPUS_MAX; i++) {
            usage.waits += accounts[i].waits;
            usage.preemptions += accounts[i].preemptions;
        }
    }
    return usage;
}
