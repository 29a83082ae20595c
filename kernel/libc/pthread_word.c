/* SPDX-License-Identifier: BSD-2-Clause */
/* Mutexes of one word, and what is made of them: spin locks, pthread_once(). Who waits stands at a
 * turnstile. */
#include "libc/mutex_word.h"
#include "base/time.h"
#include "sched/interruption.h"
#include "sched/turnstile.h"
#include <errno.h>

/* The holder asks again: a recursive mutex counts, others say no or wait for themselves. */
static int relock(uint32_t *m, uint32_t w)
{
    if (TYPE(w) == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (COUNT(w) == COUNT_MAX)
        return EAGAIN;
    /* only the state bits can change under the holder */
    while (!cas(m, w, w + COUNT_ONE))
        w = *m;
    return 0;
}

/* One look at it with the turnstiles locked. 0: it is ours; EAGAIN: look again; ETIMEDOUT. */
static int queue_up(uint32_t *m, uint64_t deadline, bool impatient)
{
    int error = EAGAIN;
    unsigned long flags = lock_take(&turnstile_lock);
    uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
    if (STATE(w) == 0 &&
        cas(m, w, w | (turnstile_used(m) ? WANTED : HELD) | local_self()->slot << 4)) {
        turnstile_own(m, w & INHERIT ? thread_self() : 0);
        error = 0;
    }
    if (STATE(w) == 0 || (STATE(w) == HELD && !cas(m, w, w + WANTED - HELD))) {
        lock_drop(&turnstile_lock, flags);
        return error;
    }
    struct thread *owner = w & INHERIT ? pthread_thread_of(OWNER(w)) : 0;
    struct thread *self = thread_self();
    int result = turnstile_wait(m, owner, deadline, impatient, !self->cancelled, flags);
    if (result == -EINTR) {
        thread_handled();
        if (self->cancelled)
            interruption_cancel_async();
        self->interrupted = self->cancelled; /* for the next cancellation point */
    }
    return result == -ETIMEDOUT ? ETIMEDOUT : result == 0 && self->given ? 0 : EAGAIN;
}

int word_acquire(uint32_t *m, bool wait, uint64_t deadline)
{
    uint32_t self = local_self()->slot;
    bool waited = false;
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (STATE(w) == 0 && !waited) {
            if (cas(m, w, w | HELD | self << 4))
                return 0;
            continue;
        }
        if (OWNER(w) == self && TYPE(w) != PTHREAD_MUTEX_NORMAL &&
            (wait || TYPE(w) == PTHREAD_MUTEX_RECURSIVE))
            return relock(m, w);
        if (!wait)
            return EBUSY;
        int error = queue_up(m, deadline, waited);
        if (error != EAGAIN)
            return error;
        waited = true;
    }
}

int pthread_deadline(const struct timespec *at, clockid_t clock, uint64_t *deadline)
{
    if (at->tv_nsec < 0 || at->tv_nsec >= 1000000000 ||
        (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
        return EINVAL;
    uint64_t offset = clock == CLOCK_REALTIME ? time_wall_base() : 0, ns = 0;
    if (at->tv_sec >= 0 && (__builtin_mul_overflow((uint64_t)at->tv_sec, 1000000000ull, &ns) ||
                            __builtin_add_overflow(ns, (uint64_t)at->tv_nsec, &ns)))
        ns = NO_DEADLINE - 1;
    *deadline = ns > offset ? ns - offset : 0;
    return 0;
}

static void hand_over(uint32_t *m, uint32_t w)
{
    unsigned long flags = lock_take(&turnstile_lock);
    struct thread *t = turnstile_release(m);
    w = KIND(w);
    if (t != 0 && t->given)
        w |= (turnstile_used(m) ? WANTED : HELD) | ((const struct local *)t->local)->slot << 4;
    __atomic_store_n(m, w, __ATOMIC_RELEASE);
    uint64_t tell = t != 0 ? sched_wake(t) : 0;
    lock_leave(&turnstile_lock);
    sched_tell(tell);
    interrupts_restore(flags);
    sched_give_way();
}

int word_release(uint32_t *m)
{
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (STATE(w) == 0)
            return EPERM;
        if (OWNER(w) != local_self()->slot && TYPE(w) != PTHREAD_MUTEX_NORMAL)
            return EPERM;
        if (COUNT(w) != 0) {
            if (cas(m, w, w - COUNT_ONE))
                return 0;
        } else if (STATE(w) == WANTED) {
            hand_over(m, w);
            return 0;
        } else if (cas(m, w, KIND(w))) {
            return 0;
        }
    }
}

bool word_held_once(uint32_t w) { return COUNT(w) == 0; }

bool word_is_mine(uint32_t w) { return STATE(w) != 0 && OWNER(w) == local_self()->slot; }

/* Also one that was held several times. */
void word_abandon(uint32_t *m)
{
    uint32_t w = *m;
    while (!cas(m, w, w & ~(COUNT_MAX * COUNT_ONE)))
        w = *m;
    word_release(m);
}

/*
 * Spin locks are mutexes that are tried for a while first: a holder that is not running, maybe for
 * its low priority, would never let go what others spin for.
 */
#define SPINS 100

int pthread_spin_init(pthread_spinlock_t *l, int shared)
{
    (void)shared;
    *l = FREE(PTHREAD_MUTEX_NORMAL) | INHERIT;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *l) { return STATE(*l) != 0 ? EBUSY : 0; }

int pthread_spin_trylock(pthread_spinlock_t *l)
{
    return take_free(l) ? 0 : word_acquire(l, false, 0);
}

int pthread_spin_lock(pthread_spinlock_t *l)
{
    for (int i = 0; i < SPINS && smp_running; i++) {
        if (take_free(l))
            return 0;
        cpu_relax();
    }
    return word_acquire(l, true, NO_DEADLINE);
}

int pthread_spin_unlock(pthread_spinlock_t *l) { return word_release(l); }

/* Whoever runs the routine holds the mutex. */
static void give_up(void *mutex) { word_release(mutex); }

int pthread_once(pthread_once_t *once, void (*routine)(void))
{
    if (__atomic_load_n(&once->_done, __ATOMIC_ACQUIRE) != 0)
        return 0;
    struct _pthread_cleanup_context cleanup;
    cas(&once->_mutex, 0, FREE(PTHREAD_MUTEX_NORMAL) | INHERIT);
    word_acquire(&once->_mutex, true, NO_DEADLINE);
    if (once->_done == 0) {
        _pthread_cleanup_push(&cleanup, give_up, &once->_mutex);
        routine();
        _pthread_cleanup_pop(&cleanup, 0); /* cancelled, it was never called */
        __atomic_store_n(&once->_done, 1, __ATOMIC_RELEASE);
    }
    return word_release(&once->_mutex);
}
