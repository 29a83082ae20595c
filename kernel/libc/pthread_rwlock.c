/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX read-write locks. The state's low half is the number of readers, or WRITER; and LINE when
 * somebody may wait. Readers wait for that word, writers for the high half, which counts releases:
 * so a reader can ask whether a writer waits whose priority is not below its own, and goes before
 * it otherwise. Both halves change at once, and nothing of the lock is touched after its release:
 * whoever has it then may free it.
 */
#include "libc/local.h"
#include "sched/interruption.h"
#include <errno.h>

#define WRITER  0x40000000u
#define LINE    0x80000000u
#define HOLDERS (LINE - 1)
#define TURN    0x100000000ull

static uint32_t *readers(pthread_rwlock_t *l) { return (uint32_t *)&l->_state; }

static uint32_t *writers(pthread_rwlock_t *l) { return (uint32_t *)&l->_state + 1; }

static bool may_read(pthread_rwlock_t *l, uint32_t w)
{
    if ((w & HOLDERS) >= WRITER - 1)
        return false;
    return !(w & LINE) || l->_readers_first || futex_best(writers(l)) < thread_self()->priority;
}

static int acquire(pthread_rwlock_t *l, bool write, bool wait, uint64_t deadline)
{
    for (;;) {
        uint64_t state = __atomic_load_n(&l->_state, __ATOMIC_ACQUIRE);
        uint32_t w = (uint32_t)state;
        if (write ? (w & HOLDERS) == 0 : may_read(l, w)) {
            if (!cas(&l->_state, state, write ? state | WRITER : state + 1))
                continue;
            if (write)
                l->_writer = local_self()->slot;
            return 0;
        }
        if (!wait)
            return EBUSY;
        if (w & WRITER && l->_writer == local_self()->slot)
            return EDEADLK;
        if (!(w & LINE) && !cas(&l->_state, state, state | LINE))
            continue;
        int result = write ? futex_wait_handling(writers(l), (uint32_t)(state >> 32), deadline)
                           : futex_wait_handling(readers(l), w | LINE, deadline);
        if (result == -ETIMEDOUT)
            return ETIMEDOUT;
    }
}

int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *attr)
{
    bool readers_first = attr != 0 && attr->_kind != PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
    *l = (pthread_rwlock_t){._readers_first = readers_first};
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *l) { return (l->_state & HOLDERS) != 0 ? EBUSY : 0; }

int pthread_rwlock_rdlock(pthread_rwlock_t *l) { return acquire(l, false, true, NO_DEADLINE); }

int pthread_rwlock_tryrdlock(pthread_rwlock_t *l) { return acquire(l, false, false, 0); }

int pthread_rwlock_wrlock(pthread_rwlock_t *l) { return acquire(l, true, true, NO_DEADLINE); }

int pthread_rwlock_trywrlock(pthread_rwlock_t *l) { return acquire(l, true, false, 0); }

static int acquire_by(pthread_rwlock_t *l, bool write, clockid_t clock, const struct timespec *at)
{
    uint64_t deadline;
    if (acquire(l, write, false, 0) == 0)
        return 0;
    int error = pthread_deadline(at, clock, &deadline);
    return error != 0 ? error : acquire(l, write, true, deadline);
}

int pthread_rwlock_clockrdlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *at)
{
    return acquire_by(l, false, clock, at);
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t *l, clockid_t clock, const struct timespec *at)
{
    return acquire_by(l, true, clock, at);
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *l, const struct timespec *at)
{
    return acquire_by(l, false, CLOCK_REALTIME, at);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *l, const struct timespec *at)
{
    return acquire_by(l, true, CLOCK_REALTIME, at);
}

int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
    uint64_t state = __atomic_load_n(&l->_state, __ATOMIC_RELAXED), left;
    if ((state & HOLDERS) == 0 || (state & WRITER && l->_writer != local_self()->slot))
        return EPERM;
    if (state & WRITER)
        l->_writer = 0;
    do {
        uint64_t holders = state & WRITER ? 0 : (state & HOLDERS) - 1;
        left = holders != 0 ? state - 1 : (state & ~(TURN - 1)) + TURN;
    } while (!__atomic_compare_exchange_n(&l->_state, &state, left, 0, __ATOMIC_ACQ_REL,
                                          __ATOMIC_RELAXED));
    if (left & HOLDERS || !(state & LINE))
        return 0;
    /* All try again, writers before readers of their priority; those that must line up anew. */
    unsigned woken = futex_wake_later(writers(l), UINT32_MAX);
    if (futex_wake_later(readers(l), UINT32_MAX) + woken != 0)
        sched_give_way();
    return 0;
}

/* Attributes. */

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr)
{
    *attr = (pthread_rwlockattr_t){._kind = PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP};
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    attr->_shared = (unsigned char)shared;
    return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attr, int *shared)
{
    *shared = attr->_shared;
    return 0;
}

int pthread_rwlockattr_setkind_np(pthread_rwlockattr_t *attr, int kind)
{
    if (kind < PTHREAD_RWLOCK_PREFER_READER_NP ||
        kind > PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP)
        return EINVAL;
    attr->_kind = (unsigned char)kind;
    return 0;
}

int pthread_rwlockattr_getkind_np(const pthread_rwlockattr_t *attr, int *kind)
{
    *kind = attr->_kind;
    return 0;
}
