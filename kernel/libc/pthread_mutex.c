/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX mutexes, and what is made of them: spin locks, pthread_once(). Who waits stands at a
 * turnstile. */
#include "libc/local.h"
#include "base/time.h"
#include "sched/interruption.h"
#include "sched/turnstile.h"
#include <errno.h>

/*
 * A mutex is one word: state (2 bits), type (2 bits), the owner's slot (16 bits), how often a
 * recursive one is held beyond the first (11 bits), whether the owner inherits its waiters'
 * priority (1 bit). The static initializer, all ones, stands for a free one of the default type.
 */
#define STATE(w)   ((w)&3)
#define TYPE(w)    ((w) >> 2 & 3)
#define OWNER(w)   ((w) >> 4 & 0xffff)
#define COUNT(w)   ((w) >> 20 & COUNT_MAX)
#define COUNT_MAX  0x7ffu
#define COUNT_ONE  (1u << 20)
#define INHERIT    0x80000000u
#define KIND(w)    ((w) & (INHERIT | 3u << 2)) /* also the word of a free mutex */
#define FREE(type) ((uint32_t)(type) << 2)

/* WANTED is held, too. A mutex is let go as if nobody waited, so that it may be taken at once; the
 * thread that is woken then sees to the others. */
enum { HELD = 1, WANTED = 2 };

/* The holder asks again: a recursive mutex counts, others say no or wait for themselves. */
static int relock(pthread_mutex_t *m, uint32_t w)
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
static int queue_up(pthread_mutex_t *m, uint64_t deadline, bool impatient)
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
    int result = turnstile_wait(m, owner, deadline, impatient, true, flags);
    if (result == -EINTR)
        thread_handled();
    return result == -ETIMEDOUT ? ETIMEDOUT : result == 0 && thread_self()->given ? 0 : EAGAIN;
}

int pthread_mutex_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline)
{
    uint32_t self = local_self()->slot;
    bool waited = false;
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (w == UINT32_MAX) {
            cas(m, w, FREE(PTHREAD_MUTEX_DEFAULT));
            continue;
        }
        if (STATE(w) == 0 && !waited) {
            if (cas(m, w, w | HELD | self << 4))
                return 0;
            continue;
        }
        bool plain = TYPE(w) == PTHREAD_MUTEX_NORMAL || TYPE(w) == PTHREAD_MUTEX_DEFAULT;
        if (OWNER(w) == self && !plain && (wait || TYPE(w) == PTHREAD_MUTEX_RECURSIVE))
            return relock(m, w);
        if (!wait)
            return EBUSY;
        int error = queue_up(m, deadline, waited);
        if (error != EAGAIN)
            return error;
        waited = true;
    }
}

/* Takes one that is free, of whatever type, as most are. */
static bool take_free(pthread_mutex_t *m)
{
    uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
    return STATE(w) == 0 && cas(m, w, w | HELD | local_self()->slot << 4);
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
    return take_free(m) ? 0 : pthread_mutex_acquire(m, true, NO_DEADLINE);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
    return take_free(m) ? 0 : pthread_mutex_acquire(m, false, 0);
}

int pthread_deadline(const struct timespec *at, bool realtime, uint64_t *deadline)
{
    if (at->tv_nsec < 0 || at->tv_nsec >= 1000000000)
        return EINVAL;
    uint64_t offset = realtime ? time_wall_base() : 0, ns = 0;
    if (at->tv_sec >= 0 && (__builtin_mul_overflow((uint64_t)at->tv_sec, 1000000000ull, &ns) ||
                            __builtin_add_overflow(ns, (uint64_t)at->tv_nsec, &ns)))
        ns = NO_DEADLINE - 1;
    *deadline = ns > offset ? ns - offset : 0;
    return 0;
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *at)
{
    if (pthread_mutex_trylock(m) == 0)
        return 0;
    uint64_t deadline;
    int error = pthread_deadline(at, true, &deadline);
    return error != 0 ? error : pthread_mutex_acquire(m, true, deadline);
}

static void hand_over(pthread_mutex_t *m, uint32_t w)
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

/* What is not as pthread_mutex_unlock() expects it. */
static __attribute__((noinline)) int unlock_other(pthread_mutex_t *m)
{
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (w == UINT32_MAX || STATE(w) == 0)
            return EPERM;
        if (OWNER(w) != local_self()->slot && TYPE(w) != PTHREAD_MUTEX_NORMAL &&
            TYPE(w) != PTHREAD_MUTEX_DEFAULT)
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

int pthread_mutex_unlock(pthread_mutex_t *m)
{
    uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
    if ((w & ~KIND(UINT32_MAX)) == (HELD | local_self()->slot << 4) && cas(m, w, KIND(w)))
        return 0; /* the caller's, once, and nobody waits */
    return unlock_other(m);
}

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    *m = FREE(attr != 0 ? attr->type : PTHREAD_MUTEX_DEFAULT);
    if (attr != 0 && attr->protocol == PTHREAD_PRIO_INHERIT)
        *m |= INHERIT;
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
    return *m != UINT32_MAX && STATE(*m) != 0 ? EBUSY : 0;
}

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    *attr = (pthread_mutexattr_t){
        .is_initialized = 1, .type = PTHREAD_MUTEX_DEFAULT, .protocol = PTHREAD_PRIO_NONE};
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
    attr->is_initialized = 0;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
    if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_DEFAULT)
        return EINVAL;
    attr->type = type;
    return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type)
{
    *type = attr->type;
    return 0;
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
    if (protocol == PTHREAD_PRIO_PROTECT)
        return ENOTSUP;
    if (protocol != PTHREAD_PRIO_NONE && protocol != PTHREAD_PRIO_INHERIT)
        return EINVAL;
    attr->protocol = protocol;
    return 0;
}

int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol)
{
    *protocol = attr->protocol;
    return 0;
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

int pthread_spin_destroy(pthread_spinlock_t *l) { return pthread_mutex_destroy(l); }

int pthread_spin_trylock(pthread_spinlock_t *l) { return pthread_mutex_trylock(l); }

int pthread_spin_lock(pthread_spinlock_t *l)
{
    for (int i = 0; i < SPINS && smp_running; i++) {
        if (pthread_mutex_trylock(l) == 0)
            return 0;
        cpu_relax();
    }
    return pthread_mutex_lock(l);
}

int pthread_spin_unlock(pthread_spinlock_t *l) { return pthread_mutex_unlock(l); }

/* is_initialized: 1 not done (PTHREAD_ONCE_INIT), DONE; init_executed: a mutex, 0 at the beginning.
 */
int pthread_once(pthread_once_t *once, void (*routine)(void))
{
    enum { DONE = 2 };
    if (__atomic_load_n(&once->is_initialized, __ATOMIC_ACQUIRE) == DONE)
        return 0;
    pthread_mutex_t *m = (pthread_mutex_t *)&once->init_executed;
    cas(m, 0, FREE(PTHREAD_MUTEX_NORMAL) | INHERIT);
    pthread_mutex_lock(m);
    if (once->is_initialized != DONE) {
        routine();
        __atomic_store_n(&once->is_initialized, DONE, __ATOMIC_RELEASE);
    }
    return pthread_mutex_unlock(m);
}
