/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX conditions, read-write locks, barriers, semaphores: all on futexes. */
#include "libc/local.h"
#include "sched/interruption.h"
#include <errno.h>
#include <semaphore.h>

/*
 * A condition is a sequence number, counted up by 2 at every signal. Bit 0 set (as in the static
 * initializer): its timed waits are against CLOCK_REALTIME.
 */

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
    *c = attr == 0 || attr->clock != (clock_t)CLOCK_MONOTONIC;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
    (void)c;
    return 0;
}

int pthread_condattr_init(pthread_condattr_t *attr)
{
    *attr = (pthread_condattr_t){.is_initialized = 1, .clock = (clock_t)CLOCK_REALTIME};
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
    attr->is_initialized = 0;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attr->clock = (clock_t)clock;
    return 0;
}

static int cond_wait(pthread_cond_t *c, pthread_mutex_t *m, uint64_t deadline)
{
    uint32_t sequence = __atomic_load_n(c, __ATOMIC_RELAXED);
    int error = pthread_mutex_unlock(m);
    if (error != 0)
        return error;
    int result = futex_wait_handling(c, sequence, deadline);
    pthread_mutex_acquire(m, true, NO_DEADLINE);
    return result == -ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    return cond_wait(c, m, NO_DEADLINE);
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *at)
{
    uint64_t deadline;
    int error = pthread_deadline(at, *c & 1, &deadline);
    return error != 0 ? error : cond_wait(c, m, deadline);
}

int pthread_cond_signal(pthread_cond_t *c)
{
    __atomic_add_fetch(c, 2, __ATOMIC_RELEASE);
    futex_wake(c, 1);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
    __atomic_add_fetch(c, 2, __ATOMIC_RELEASE);
    futex_wake(c, UINT32_MAX);
    return 0;
}

/* A read-write lock: readers in the low bits, or WRITER; LINE when somebody may wait. */
#define WRITER 0x40000000u
#define LINE   0x80000000u

static int rwlock_acquire(pthread_rwlock_t *l, bool write, bool wait)
{
    for (;;) {
        uint32_t w = __atomic_load_n(l, __ATOMIC_RELAXED);
        if (w == UINT32_MAX) { /* the static initializer */
            cas(l, w, 0);
            continue;
        }
        uint32_t held = w & ~LINE;
        if (write ? held == 0 : held < WRITER - 1 && !(w & LINE && held != 0)) {
            if (cas(l, w, write ? w | WRITER : w + 1))
                return 0;
            continue;
        }
        if (!wait)
            return EBUSY;
        if (!(w & LINE) && !cas(l, w, w | LINE))
            continue;
        futex_wait_handling(l, w | LINE, NO_DEADLINE);
    }
}

int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *attr)
{
    (void)attr;
    *l = 0;
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *l)
{
    return *l != UINT32_MAX && (*l & ~LINE) != 0 ? EBUSY : 0;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *l) { return rwlock_acquire(l, false, true); }

int pthread_rwlock_tryrdlock(pthread_rwlock_t *l) { return rwlock_acquire(l, false, false); }

int pthread_rwlock_wrlock(pthread_rwlock_t *l) { return rwlock_acquire(l, true, true); }

int pthread_rwlock_trywrlock(pthread_rwlock_t *l) { return rwlock_acquire(l, true, false); }

int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
    for (;;) {
        uint32_t w = __atomic_load_n(l, __ATOMIC_RELAXED), held = w & ~LINE;
        if (w == UINT32_MAX || held == 0)
            return EPERM;
        uint32_t left = held == WRITER ? 0 : held - 1;
        if (!cas(l, w, left != 0 ? left | (w & LINE) : 0))
            continue;
        if (left == 0 && w & LINE)
            futex_wake(l, UINT32_MAX); /* all try again; those that must, line up anew */
        return 0;
    }
}

/* A barrier: how many make it open (10 bits), how many have come (10), which time (12). */
int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned count)
{
    (void)attr;
    if (count == 0 || count > 1023)
        return EINVAL;
    *b = count;
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b) { return (*b >> 10 & 1023) != 0 ? EBUSY : 0; }

int pthread_barrier_wait(pthread_barrier_t *b)
{
    for (;;) {
        uint32_t w = __atomic_load_n(b, __ATOMIC_ACQUIRE), count = w & 1023;
        uint32_t arrived = (w >> 10 & 1023) + 1, turn = w >> 20;
        if (arrived == count) {
            if (!cas(b, w, count | (turn + 1) << 20))
                continue;
            futex_wake(b, UINT32_MAX);
            return PTHREAD_BARRIER_SERIAL_THREAD;
        }
        if (!cas(b, w, w + (1u << 10)))
            continue;
        while ((w = __atomic_load_n(b, __ATOMIC_ACQUIRE)) >> 20 == turn)
            futex_wait_handling(b, w, NO_DEADLINE);
        return 0;
    }
}

/* Semaphores. */

static int fail(int error)
{
    errno = error;
    return -1;
}

int sem_init(sem_t *sem, int shared, unsigned value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX)
        return fail(EINVAL);
    *sem = (sem_t){value, 0};
    return 0;
}

int sem_destroy(sem_t *sem) { return sem->waiters != 0 ? fail(EBUSY) : 0; }

int sem_trywait(sem_t *sem)
{
    uint32_t value = __atomic_load_n(&sem->value, __ATOMIC_RELAXED);
    while (value != 0)
        if (__atomic_compare_exchange_n(&sem->value, &value, value - 1, 0, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED))
            return 0;
    return fail(EAGAIN);
}

static int sem_wait_until(sem_t *sem, uint64_t deadline)
{
    int saved = errno;
    while (sem_trywait(sem) != 0) {
        __atomic_add_fetch(&sem->waiters, 1, __ATOMIC_ACQ_REL);
        int result = futex_wait_interruptible(&sem->value, 0, deadline);
        __atomic_sub_fetch(&sem->waiters, 1, __ATOMIC_ACQ_REL);
        if (result == -ETIMEDOUT)
            return fail(ETIMEDOUT);
        if (result == -EINTR && thread_interruption())
            return fail(EINTR);
    }
    errno = saved;
    return 0;
}

int sem_wait(sem_t *sem) { return sem_wait_until(sem, NO_DEADLINE); }

int sem_timedwait(sem_t *sem, const struct timespec *at)
{
    if (sem_trywait(sem) == 0)
        return 0;
    uint64_t deadline;
    int error = pthread_deadline(at, true, &deadline);
    return error != 0 ? fail(error) : sem_wait_until(sem, deadline);
}

int sem_post(sem_t *sem)
{
    if (__atomic_load_n(&sem->value, __ATOMIC_RELAXED) == SEM_VALUE_MAX)
        return fail(EOVERFLOW);
    __atomic_add_fetch(&sem->value, 1, __ATOMIC_RELEASE);
    if (__atomic_load_n(&sem->waiters, __ATOMIC_ACQUIRE) != 0)
        futex_wake(&sem->value, 1);
    return 0;
}

int sem_getvalue(sem_t *sem, int *value)
{
    *value = (int)__atomic_load_n(&sem->value, __ATOMIC_RELAXED);
    return 0;
}
