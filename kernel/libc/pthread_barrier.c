/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX barriers: how many make it open, how many have come, which time, how many are not out yet.
 */
#include "libc/local.h"
#include "sched/interruption.h"
#include <errno.h>

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr, unsigned count)
{
    (void)attr;
    if (count == 0)
        return EINVAL;
    *b = (pthread_barrier_t){._count = count};
    return 0;
}

/* Whoever is let out first may destroy it: the others have to leave it before. */
int pthread_barrier_destroy(pthread_barrier_t *b)
{
    uint32_t inside;
    if (__atomic_load_n(&b->_arrived, __ATOMIC_ACQUIRE) != 0)
        return EBUSY;
    while ((inside = __atomic_load_n(&b->_inside, __ATOMIC_ACQUIRE)) != 0)
        futex_wait_handling(&b->_inside, inside, NO_DEADLINE);
    return 0;
}

/* The last access to it, but for the address of its word. */
static void leave(pthread_barrier_t *b)
{
    if (__atomic_sub_fetch(&b->_inside, 1, __ATOMIC_ACQ_REL) == 0)
        futex_wake(&b->_inside, UINT32_MAX);
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
    __atomic_add_fetch(&b->_inside, 1, __ATOMIC_ACQ_REL);
    uint32_t turn = __atomic_load_n(&b->_turn, __ATOMIC_ACQUIRE); /* until all have come */
    if (__atomic_add_fetch(&b->_arrived, 1, __ATOMIC_ACQ_REL) == b->_count) {
        __atomic_store_n(&b->_arrived, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&b->_turn, turn + 1, __ATOMIC_RELEASE);
        futex_wake(&b->_turn, UINT32_MAX);
        leave(b);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (__atomic_load_n(&b->_turn, __ATOMIC_ACQUIRE) == turn)
        futex_wait_handling(&b->_turn, turn, NO_DEADLINE);
    leave(b);
    return 0;
}

/* Attributes. */

int pthread_barrierattr_init(pthread_barrierattr_t *attr)
{
    *attr = (pthread_barrierattr_t){0};
    return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attr)
{
    (void)attr;
    return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared)
{
    if (shared != PTHREAD_PROCESS_PRIVATE && shared != PTHREAD_PROCESS_SHARED)
        return EINVAL;
    attr->_shared = (unsigned char)shared;
    return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attr, int *shared)
{
    *shared = attr->_shared;
    return 0;
}
