/* SPDX-License-Identifier: BSD-2-Clause */
/* A wait ends by something else than what was waited for: by time, or because it is broken off. */
#ifndef KERNEL_END_WAIT_H
#define KERNEL_END_WAIT_H

#include "sched/sched.h"
#include "sched/turnstile.h"

/*
 * t is blocked, and its CPU locked, which it is not any more afterwards: wakes it with this
 * outcome. Lock order is a futex's bucket or the turnstiles, then the CPU; we hold the CPU, so we
 * only try the other. False: that failed, as the other's holder may be waiting for the CPU's, and
 * t is to be looked at anew.
 */
static inline bool end_wait(struct cpu *cpu, struct thread *t, int8_t outcome)
{
    struct thread *owner = 0;
    bool futex = t->wait_address != 0;
    struct lock *outer = futex ? futex_lock(t) : t->lock_address != 0 ? &turnstile_lock : 0;
    if (outer != 0 && !lock_try(outer)) {
        lock_leave(&cpu->lock);
        cpu_relax();
        return false;
    }
    t->outcome = outcome;
    if (futex)
        futex_leave(t);
    else if (outer != 0)
        owner = turnstile_give_up(t);
    uint64_t tell = sched_wake_from(cpu, t);
    turnstile_reckon(owner);
    if (outer != 0)
        lock_leave(outer);
    sched_tell(tell);
    return true;
}

#endif
