/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mutexes of which more is known than a word holds: robust ones, which tell when their holder has
 * ended, and those with a priority ceiling, whose holder runs with at least that priority. What is
 * waited for is the word inside; all else is changed by who holds that.
 */
#include "libc/local.h"
#include "sched/turnstile.h"
#include <errno.h>
#include <string.h>

enum { ALIVE, ABANDONED, LOST }; /* _dead: LOST: for good, as nobody made it consistent */

static void hold_ceiling(unsigned ceiling, int by)
{
    struct local *local = local_self();
    uint32_t before = thread_self()->ceilings, bit = 1u << (ceiling - 1);
    if (before == 0)
        memset(local->ceilings, 0, sizeof local->ceilings);
    local->ceilings[ceiling] = (uint16_t)(local->ceilings[ceiling] + by);
    uint32_t set = local->ceilings[ceiling] != 0 ? before | bit : before & ~bit;
    if (set != before)
        turnstile_hold_ceilings(set);
}

static void link_robust(pthread_mutex_t *m)
{
    struct local *local = local_self();
    m->_next = local->robust;
    m->_link = &local->robust;
    if (m->_next != 0)
        m->_next->_link = &m->_next;
    local->robust = m;
}

static void unlink_robust(pthread_mutex_t *m)
{
    *m->_link = m->_next;
    if (m->_next != 0)
        m->_next->_link = m->_link;
}

int other_acquire(pthread_mutex_t *m, bool wait, uint64_t deadline)
{
    if (m->_protect && thread_self()->own_priority > m->_ceiling)
        return EINVAL;
    int error = word_acquire(&m->_inner, wait, deadline);
    if (error != 0 || !word_held_once(m->_inner))
        return error;
    if (m->_dead == LOST) {
        word_release(&m->_inner);
        return ENOTRECOVERABLE;
    }
    if (m->_protect)
        hold_ceiling(m->_ceiling, 1);
    if (m->_robust)
        link_robust(m);
    return m->_dead == ABANDONED ? EOWNERDEAD : 0;
}

int other_release(pthread_mutex_t *m)
{
    if (!word_is_mine(m->_inner))
        return EPERM;
    if (!word_held_once(m->_inner))
        return word_release(&m->_inner);
    bool protect = m->_protect;
    unsigned ceiling = m->_ceiling;
    if (m->_robust) {
        unlink_robust(m);
        if (m->_dead == ABANDONED)
            m->_dead = LOST;
    }
    int error = word_release(&m->_inner); /* and others may have destroyed it since */
    if (protect)
        hold_ceiling(ceiling, -1);
    return error;
}

int pthread_mutex_consistent(pthread_mutex_t *m)
{
    if (!m->_robust || m->_dead != ABANDONED || !word_is_mine(m->_inner))
        return EINVAL;
    m->_dead = ALIVE;
    return 0;
}

void pthread_abandon_mutexes(struct local *local)
{
    pthread_mutex_t *m;
    while ((m = local->robust) != 0) {
        unlink_robust(m);
        m->_dead = ABANDONED;
        word_abandon(&m->_inner);
    }
}

int pthread_mutex_getprioceiling(const pthread_mutex_t *m, int *ceiling)
{
    if (!m->_protect)
        return EINVAL;
    *ceiling = m->_ceiling;
    return 0;
}

/* The holder keeps the ceiling that it began with. */
int pthread_mutex_setprioceiling(pthread_mutex_t *m, int ceiling, int *old)
{
    if (!m->_protect || ceiling < PRIORITY_LEAST || ceiling > PRIORITY_MOST)
        return EINVAL;
    bool mine = word_is_mine(m->_inner);
    int error = word_acquire(&m->_inner, true, NO_DEADLINE);
    if (error != 0)
        return error;
    if (old != 0)
        *old = m->_ceiling;
    if (mine) {
        hold_ceiling((unsigned)ceiling, 1);
        hold_ceiling(m->_ceiling, -1);
    }
    m->_ceiling = (unsigned char)ceiling;
    return word_release(&m->_inner);
}

/* Attributes. */

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
    *attr = (pthread_mutexattr_t){._ceiling = PRIORITY_MOST};
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attr)
{
    (void)attr;
    return 0;
}

static int set(unsigned char *to, int value, int most)
{
    if (value < 0 || value > most)
        return EINVAL;
    *to = (unsigned char)value;
    return 0;
}

static int get(unsigned char from, int *value)
{
    *value = from;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
    return set(&attr->_type, type, PTHREAD_MUTEX_ERRORCHECK);
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *attr, int *type)
{
    return get(attr->_type, type);
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
    return set(&attr->_protocol, protocol, PTHREAD_PRIO_PROTECT);
}

int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *attr, int *protocol)
{
    return get(attr->_protocol, protocol);
}

int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attr, int ceiling)
{
    return ceiling < PRIORITY_LEAST ? EINVAL : set(&attr->_ceiling, ceiling, PRIORITY_MOST);
}

int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t *attr, int *ceiling)
{
    return get(attr->_ceiling, ceiling);
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
    return set(&attr->_robust, robust, PTHREAD_MUTEX_ROBUST);
}

int pthread_mutexattr_getrobust(const pthread_mutexattr_t *attr, int *robust)
{
    return get(attr->_robust, robust);
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared)
{
    return set(&attr->_shared, shared, PTHREAD_PROCESS_SHARED);
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *attr, int *shared)
{
    return get(attr->_shared, shared);
}
