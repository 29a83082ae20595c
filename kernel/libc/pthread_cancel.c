/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cancellation: a mark in struct thread, and an interruption of the call that the thread waits in.
 * It ends by its own act: in a wait of a cancellation point, once that has brought its own state
 * in order; in pthread_testcancel(); or, asynchronously, at the end of an interrupt.
 */
#include "libc/local.h"
#include "libc/signals.h"
#include "sched/interruption.h"
#include <errno.h>

static bool pending(const struct thread *t)
{
    return __atomic_load_n(&t->cancelled, __ATOMIC_ACQUIRE) && !t->cancel_disabled;
}

void pthread_testcancel(void)
{
    if (pending(thread_self()))
        pthread_exit(PTHREAD_CANCELED);
}

static void at_interrupt(void)
{
    if (thread_self()->cancel_async)
        pthread_testcancel();
}

int pthread_cancel(pthread_t id)
{
    mutex_lock(&pthread_mutex);
    struct thread *t = pthread_living(id);
    bool known = pthread_find(id) != 0; /* one that has ended may be cancelled as well */
    if (t != 0) {
        interruption_cancel = pthread_testcancel;
        interruption_cancel_async = at_interrupt;
        __atomic_store_n(&t->cancelled, true, __ATOMIC_RELEASE);
        if (t != thread_self())
            thread_interrupt(t);
    }
    mutex_unlock(&pthread_mutex);
    if (t == thread_self())
        at_interrupt();
    sched_give_way();
    return known ? 0 : ESRCH;
}

/* What was put off is due at the next wait, or now. */
static __attribute__((noinline)) void enabled(struct thread *t)
{
    t->interrupted = true;
    at_interrupt();
}

/* newlib asks for this around each use of a stream. */
int pthread_setcancelstate(int state, int *old)
{
    struct thread *t = thread_self();
    if ((unsigned)state > PTHREAD_CANCEL_DISABLE)
        return EINVAL;
    if (old != 0)
        *old = t->cancel_disabled;
    t->cancel_disabled = (bool)state;
    if (t->cancelled && state == PTHREAD_CANCEL_ENABLE)
        enabled(t);
    return 0;
}

int pthread_setcanceltype(int type, int *old)
{
    struct thread *t = thread_self();
    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (old != 0)
        *old = t->cancel_async ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
    if (type == PTHREAD_CANCEL_ASYNCHRONOUS)
        signal_install(); /* interrupts look after the thread that they came upon */
    t->cancel_async = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    at_interrupt();
    return 0;
}
