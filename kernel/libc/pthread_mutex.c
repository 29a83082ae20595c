/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX mutexes: which are words, or more (pthread_mutex_other.c). */
#include "libc/mutex_word.h"
#include <errno.h>

int pthread_mutex_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline)
{
    return STATE(m->_word) == OTHER ? other_acquire(m, wait, deadline)
                                    : word_acquire(&m->_word, wait, deadline);
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
    return take_free(&m->_word) ? 0 : pthread_mutex_acquire(m, true, NO_DEADLINE);
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
    return take_free(&m->_word) ? 0 : pthread_mutex_acquire(m, false, 0);
}

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t clock, const struct timespec *at)
{
    int error = pthread_mutex_trylock(m);
    if (error != EBUSY)
        return error;
    uint64_t deadline;
    error = pthread_deadline(at, clock, &deadline);
    return error != 0 ? error : pthread_mutex_acquire(m, true, deadline);
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *at)
{
    return pthread_mutex_clocklock(m, CLOCK_REALTIME, at);
}

/* What is not as pthread_mutex_unlock() expects it. */
static __attribute__((noinline)) int unlock_other(pthread_mutex_t *m)
{
    return STATE(m->_word) == OTHER ? other_release(m) : word_release(&m->_word);
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
    uint32_t w = __atomic_load_n(&m->_word, __ATOMIC_RELAXED);
    if ((w & ~KIND(UINT32_MAX)) == (HELD | local_self()->slot << 4) && cas(&m->_word, w, KIND(w)))
        return 0; /* the caller's, once, and nobody waits */
    return unlock_other(m);
}

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *attr)
{
    *m = (pthread_mutex_t){0};
    if (attr == 0)
        return 0;
    m->_word = FREE(attr->_type);
    if (attr->_protocol == PTHREAD_PRIO_INHERIT)
        m->_word |= INHERIT;
    if (attr->_robust == PTHREAD_MUTEX_STALLED && attr->_protocol != PTHREAD_PRIO_PROTECT)
        return 0;
    m->_inner = m->_word;
    m->_word = OTHER;
    m->_robust = attr->_robust == PTHREAD_MUTEX_ROBUST;
    m->_protect = attr->_protocol == PTHREAD_PRIO_PROTECT;
    m->_ceiling = attr->_ceiling;
    return 0;
}

/* Its holder may destroy a robust one, as in glibc. */
int pthread_mutex_destroy(pthread_mutex_t *m)
{
    if (STATE(m->_word) == OTHER && m->_robust && word_is_mine(m->_inner))
        while (other_release(m) == 0)
            ;
    return STATE(STATE(m->_word) == OTHER ? m->_inner : m->_word) != 0 ? EBUSY : 0;
}
