/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX conditions. A condition is a sequence number, counted up by 2 at every signal. Bit 0 set:
 * its timed waits are against CLOCK_MONOTONIC.
 */
#include "libc/local.h"
#include "sched/interruption.h"
#include <errno.h>

#define MONOTONIC 1

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
    c->_sequence = attr != 0 && attr->_monotonic ? MONOTONIC : 0;
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *c)
{
    (void)c;
    return 0;
}

static int cond_wait(pthread_cond_t *c, pthread_mutex_t *m, uint64_t deadline)
{
    struct thread *self = thread_self();
    if (self->cancelled)
        pthread_testcancel();
    uint32_t sequence = __atomic_load_n(&c->_sequence, __ATOMIC_RELAXED);
    int error = pthread_mutex_unlock(m);
    if (error != 0)
        return error;
    int result;
    while ((result = futex_wait_interruptible(&c->_sequence, sequence, deadline)) == -EINTR) {
        thread_handled();
        if (self->cancelled && !self->cancel_disabled)
            break;
    }
    error = pthread_mutex_acquire(m, true, NO_DEADLINE);
    if (result == -EINTR)
        pthread_testcancel(); /* with the mutex, as its cleanup expects */
    return error != 0 ? error : result == -ETIMEDOUT ? ETIMEDOUT : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
    return cond_wait(c, m, NO_DEADLINE);
}

int pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *m, clockid_t clock,
                           const struct timespec *at)
{
    uint64_t deadline;
    int error = pthread_deadline(at, clock, &deadline);
    return error != 0 ? error : cond_wait(c, m, deadline);
}

int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *at)
{
    return pthread_cond_clockwait(c, m, c->_sequence & MONOTONIC ? CLOCK_MONOTONIC : CLOCK_REALTIME,
                                  at);
}

int pthread_cond_signal(pthread_cond_t *c)
{
    __atomic_add_fetch(&c->_sequence, 2, __ATOMIC_RELEASE);
    futex_wake(&c->_sequence, 1);
    return 0;
}

int pthread_cond_broadcast(pthread_cond_t *c)
{
    __atomic_add_fetch(&c->_sequence, 2, __ATOMIC_RELEASE);
    futex_wake(&c->_sequence, UINT32_MAX);
    return 0;
}

/* Attributes. */

int pthread_condattr_init(pthread_condattr_t *attr)
{
    *attr = (pthread_condattr_t){0};
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attr->_monotonic = clock == CLOCK_MONOTONIC;
    return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *attr, clockid_t *clock)
{
    *clock = attr->_monotonic ? CLOCK_MONOTONIC : CLOCK_REALTIME;
    return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    attr->_shared = (unsigned char)shared;
    return 0;
}

int pthread_condattr_getpshared(const pthread_condattr_t *attr, int *shared)
{
    *shared = attr->_shared;
    return 0;
}
