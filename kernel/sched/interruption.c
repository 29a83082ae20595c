/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits that are broken off: see interruption.h. */
#include "sched/interruption.h"
#include "sched/end_wait.h"
#include <errno.h>

enum handled (*interruption_handlers)(void);

void thread_interrupt(struct thread *t)
{
    unsigned long flags = interrupts_save();
    __atomic_store_n(&t->interrupted, true, __ATOMIC_RELEASE);
    for (;;) {
        struct cpu *cpu = sched_lock_cpu_of(t);
        if (t->state != THREAD_BLOCKED || !t->interruptible) {
            lock_leave(&cpu->lock);
            break;
        }
        if (end_wait(cpu, t, -EINTR))
            break;
    }
    interrupts_restore(flags);
}

enum handled thread_handled(void)
{
    __atomic_store_n(&thread_self()->interrupted, false, __ATOMIC_SEQ_CST);
    return interruption_handlers != 0 ? interruption_handlers() : HANDLED_NONE;
}
