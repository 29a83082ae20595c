/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX semaphores. Value and number of waiters change at once, so that sem_post() need not look at
 * a semaphore any more that whoever it let go may have freed.
 */
#include "libc/local.h"
#include "sched/interruption.h"
#include <errno.h>
#include <semaphore.h>

#define WAITER 0x100000000ull

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
    *sem = (sem_t){value};
    return 0;
}

int sem_destroy(sem_t *sem) { return sem->_state >= WAITER ? fail(EBUSY) : 0; }

/* Takes one, and its waiter out of the count: 0 or WAITER. */
static bool take(sem_t *sem, uint64_t waiter)
{
    uint64_t state = __atomic_load_n(&sem->_state, __ATOMIC_RELAXED);
    while ((uint32_t)state != 0)
        if (__atomic_compare_exchange_n(&sem->_state, &state, state - 1 - waiter, 0,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return true;
    return false;
}

int sem_trywait(sem_t *sem) { return take(sem, 0) ? 0 : fail(EAGAIN); }

/* Of threads that are to end: whether there is something to wait for or not. */
static void end_here(void)
{
    if (thread_self()->cancelled)
        pthread_testcancel();
}

static int wait_until(sem_t *sem, uint64_t deadline)
{
    while (!take(sem, 0)) {
        __atomic_add_fetch(&sem->_state, WAITER, __ATOMIC_RELAXED);
        int result = 0;
        bool taken;
        while (!(taken = take(sem, WAITER)) && result != -ETIMEDOUT && result != -EINTR)
            result = futex_wait_interruptible((uint32_t *)&sem->_state, 0, deadline);
        if (taken)
            return 0;
        __atomic_sub_fetch(&sem->_state, WAITER, __ATOMIC_RELAXED);
        if (result == -ETIMEDOUT || thread_interruption())
            return fail(-result);
    }
    return 0;
}

int sem_wait(sem_t *sem)
{
    end_here();
    return wait_until(sem, NO_DEADLINE);
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *at)
{
    end_here();
    if (take(sem, 0))
        return 0;
    uint64_t deadline;
    int error = pthread_deadline(at, clock, &deadline);
    return error != 0 ? fail(error) : wait_until(sem, deadline);
}

int sem_timedwait(sem_t *sem, const struct timespec *at)
{
    return sem_clockwait(sem, CLOCK_REALTIME, at);
}

int sem_post(sem_t *sem)
{
    uint64_t state = __atomic_load_n(&sem->_state, __ATOMIC_RELAXED);
    do
        if ((uint32_t)state == SEM_VALUE_MAX)
            return fail(EOVERFLOW);
    while (!__atomic_compare_exchange_n(&sem->_state, &state, state + 1, 0, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED));
    if (state >= WAITER)
        futex_wake((uint32_t *)&sem->_state, 1);
    return 0;
}

int sem_getvalue(sem_t *sem, int *value)
{
    *value = (int)(uint32_t)__atomic_load_n(&sem->_state, __ATOMIC_RELAXED);
    return 0;
}
