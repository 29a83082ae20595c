/* SPDX-License-Identifier: BSD-2-Clause */
/* Waits that are broken off: see interruption.h. */
#include "sched/interruption.h"
#include "sched/end_wait.h"
#include <errno.h>

enum handled (*interruption_handlers)(void);
void (*interruption_cancel)(void), (*interruption_cancel_async)(void);
void (*interruption_begins)(void), (*interruption_leaves)(void);

/* t, whose CPU is locked, is looked at at the end of the next interrupt, which may have to be sent,
 * and when it is switched to. */
static uint64_t look_at(struct cpu *cpu, struct thread *t)
{
    t->thread_pointer |= THREAD_LOOK;
    if (t->state != THREAD_RUNNING)
        return 0;
    __atomic_store_n(&cpu->base.look, 1, __ATOMIC_RELEASE);
    return cpu != cpu_here() ? 1ull << cpu->base.number : 0;
}

void thread_look_later(void)
{
    struct cpu *cpu = cpu_here();
    lock_enter(&cpu->lock);
    look_at(cpu, cpu->base.thread);
    sched_look_soon(cpu);
    lock_leave(&cpu->lock);
}

void thread_looks(void)
{
    struct cpu *cpu = cpu_here();
    struct thread *t = cpu->base.thread;
    lock_enter(&cpu->lock);
    t->thread_pointer &= ~THREAD_LOOK;
    cpu->look_ns = 0;
    lock_leave(&cpu->lock);
    __atomic_store_n(&t->interrupted, false, __ATOMIC_SEQ_CST);
}

void thread_interrupt(struct thread *t)
{
    unsigned long flags = interrupts_save();
    __atomic_store_n(&t->interrupted, true, __ATOMIC_RELEASE);
    for (;;) {
        struct cpu *cpu = sched_lock_cpu_of(t);
        if (t->state != THREAD_BLOCKED || !t->interruptible) {
            uint64_t tell = look_at(cpu, t);
            lock_leave(&cpu->lock);
            sched_tell(tell);
            break;
        }
        if (end_wait(cpu, t, -EINTR))
            break;
    }
    interrupts_restore(flags);
}

enum handled thread_handled(void)
{
    unsigned long flags = interrupts_save();
    thread_looks();
    interrupts_restore(flags);
    return interruption_handlers != 0 ? interruption_handlers() : HANDLED_NONE;
}

enum handled thread_handled_at_point(void)
{
    enum handled handled = thread_handled();
    if (thread_self()->cancelled)
        interruption_cancel();
    return handled;
}

int futex_wait_handling(uint32_t *address, uint32_t expected, uint64_t deadline)
{
    int result;
    while ((result = futex_wait_interruptible(address, expected, deadline)) == -EINTR) {
        thread_handled();
        if (thread_self()->cancelled) {
            interruption_cancel_async();
            result = futex_wait(address, expected, deadline);
            thread_self()->interrupted = true;
            break;
        }
    }
    return result;
}
