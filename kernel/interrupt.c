/* SPDX-License-Identifier: BSD-2-Clause */
/* What interrupts mean: see interrupt.h. */
#include "interrupt.h"
#include "base/lock.h"
#include "base/stop.h"
#include "base/time.h"
#include "mm/tlb.h"
#include "sched/end_wait.h"
#include "sched/sched.h"
#include <errno.h>
#include <sched.h>

/* The first sleeper's time has come. */
static void wake_first(struct cpu *cpu)
{
    end_wait(cpu, cpu->sleepers, -ETIMEDOUT);
    lock_enter(&cpu->lock);
}

void timer_interrupt(void)
{
    struct cpu *cpu = cpu_here();
    tlb_flush_pending(cpu);
    lock_enter(&cpu->lock);
    bool slice_over =
        cpu->slice_armed && !cpu->kept_armed && cpu->base.thread->turn == cpu->turn_at_tick;

    cpu->armed = NO_DEADLINE;
    cpu->slice_armed = cpu->kept_armed = false;
    uint64_t tell = sched_take_kept(cpu);
    if (cpu->sleepers != 0) {
        uint64_t now = time_now();
        while (cpu->sleepers != 0 && cpu->sleepers->deadline <= now)
            wake_first(cpu);
    }
    if (has_competitor(cpu) && slice_over && cpu->base.thread->policy != SCHED_FIFO) {
        cpu->base.thread->turn = 0; /* whoever runs next, it goes behind its equals */
        cpu->base.resched = 1;
    }
    timer_update(cpu);
    lock_leave(&cpu->lock);
    sched_tell(tell);
}

void smp_interrupt(void)
{
    if (stop_wanted())
        stop_here();
    tlb_flush_pending(cpu_here());
    __atomic_store_n(&cpu_here()->pings, 0, __ATOMIC_RELEASE);
    sched_interrupt();
}
