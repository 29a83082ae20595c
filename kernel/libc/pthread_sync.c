/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX mutexes, conditions, read-write locks, barriers, spin locks, semaphores: all on futexes. */
#include "local.h"
#include "time.h"
#include <errno.h>
#include <semaphore.h>

/* The futexes' clock is monotonic; POSIX gives absolute times, mostly of CLOCK_REALTIME. */
static int to_deadline(const struct timespec *at, bool realtime, uint64_t *deadline)
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

/*
 * A mutex is one word: state (2 bits: free, held, held and wanted), type (2 bits), the owner's
 * slot (16 bits), how often a recursive one is held beyond the first (12 bits). The static
 * initializer, all ones, stands for a free one of the default type.
 */
#define STATE(w)   ((w)&3)
#define TYPE(w)    ((w) >> 2 & 3)
#define OWNER(w)   ((w) >> 4 & 0xffff)
#define COUNT(w)   ((w) >> 20)
#define COUNT_ONE  (1u << 20)
#define FREE(type) ((uint32_t)(type) << 2)
enum { HELD = 1, WANTED = 2 };

static uint32_t self_slot(void) { return local_self()->pthread->id & 0xffff; }

static bool cas(uint32_t *word, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(word, &from, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* The holder asks again: a recursive mutex counts, others say no or wait for themselves. */
static int relock(pthread_mutex_t *m, uint32_t w)
{
    if (TYPE(w) == PTHREAD_MUTEX_ERRORCHECK)
        return EDEADLK;
    if (COUNT(w) == 0xfff)
        return EAGAIN;
    /* only the state bits can change under the holder */
    while (!cas(m, w, w + COUNT_ONE))
        w = *m;
    return 0;
}

static int mutex_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline)
{
    uint32_t self = self_slot(), state = HELD;
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (w == UINT32_MAX) {
            cas(m, w, FREE(PTHREAD_MUTEX_DEFAULT));
            continue;
        }
        if (STATE(w) == 0) {
            if (cas(m, w, FREE(TYPE(w)) | state | self << 4))
                return 0;
            continue;
        }
        bool plain = TYPE(w) == PTHREAD_MUTEX_NORMAL || TYPE(w) == PTHREAD_MUTEX_DEFAULT;
        if (OWNER(w) == self && !plain && (wait || TYPE(w) == PTHREAD_MUTEX_RECURSIVE))
            return relock(m, w);
        if (!wait)
            return EBUSY;
        if (STATE(w) == HELD) {
            if (!cas(m, w, (w & ~3u) | WANTED))
                continue;
            w = (w & ~3u) | WANTED;
        }
        if (futex_wait(m, w, deadline) == -ETIMEDOUT)
            return ETIMEDOUT;
        state = WANTED; /* others may wait still */
    }
}

int pthread_mutex_lock(pthread_mutex_t *m) { return mutex_acquire(m, true, NO_DEADLINE); }

int pthread_mutex_trylock(pthread_mutex_t *m) { return mutex_acquire(m, false, 0); }

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *at)
{
    if (pthread_mutex_trylock(m) == 0)
        return 0;
    uint64_t deadline;
    int error = to_deadline(at, true, &deadline);
    return error != 0 ? error : mutex_acquire(m, true, deadline);
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
    for (;;) {
        uint32_t w = __atomic_load_n(m, __ATOMIC_RELAXED);
        if (w == UINT32_MAX || STATE(w) == 0)
            return EPERM;
        if (OWNER(w) != self_slot() && TYPE(w) != PTHREAD_MUTEX_NORMAL &&
            TYPE(w) != PTHREAD_MUTEX_DEFAULT)
            return EPERM;
        if (COUNT(w) != 0) {
            if (cas(m, w, w - COUNT_ONE))
                return 0;
        } else if (cas(m, w, FREE(TYPE(w)))) {
            if (STATE(w) == WANTED)
                futex_wake(m, 1);
            return 0;
        }
    }
}

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    *m = FREE(attr != 0 ? attr->type : PTHREAD_MUTEX_DEFAULT);
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m)
{
    return *m != UINT32_MAX && STATE(*m) != 0 ? EBUSY : 0;
}

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    *attr = (pthread_mutexattr_t){.is_initialized = 1, .type = PTHREAD_MUTEX_DEFAULT};
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
    int result = futex_wait(c, sequence, deadline);
    mutex_acquire(m, true, NO_DEADLINE);
    return result == -ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    return cond_wait(c, m, NO_DEADLINE);
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *at)
{
    uint64_t deadline;
    int error = to_deadline(at, *c & 1, &deadline);
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
        futex_wait(l, w | LINE, NO_DEADLINE);
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
            futex_wait(b, w, NO_DEADLINE);
        return 0;
    }
}

/* Spin locks: whoever cannot have it lets others run, as the holder may be among them. */
int pthread_spin_init(pthread_spinlock_t *l, int shared)
{
    (void)shared;
    *l = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *l) { return *l != 0 ? EBUSY : 0; }

int pthread_spin_trylock(pthread_spinlock_t *l) { return cas(l, 0, 1) ? 0 : EBUSY; }

int pthread_spin_lock(pthread_spinlock_t *l)
{
    while (!cas(l, 0, 1))
        sched_yield_now();
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *l)
{
    __atomic_store_n(l, 0, __ATOMIC_RELEASE);
    return 0;
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
        int result = futex_wait(&sem->value, 0, deadline);
        __atomic_sub_fetch(&sem->waiters, 1, __ATOMIC_ACQ_REL);
        if (result == -ETIMEDOUT)
            return fail(ETIMEDOUT);
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
    int error = to_deadline(at, true, &deadline);
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
