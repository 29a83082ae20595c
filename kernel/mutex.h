/* SPDX-License-Identifier: BSD-2-Clause */
/* A sleeping lock of one word, zero when free: for what may take longer than struct lock should. */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

#include "sched.h"

struct mutex {
    uint32_t word; /* 0 free, 1 held, 2 held and somebody may wait */
};

static inline bool mutex_try(struct mutex *m)
{
    uint32_t seen = 0;
    return __atomic_compare_exchange_n(&m->word, &seen, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void mutex_lock(struct mutex *m)
{
    if (mutex_try(m))
        return;
    while (__atomic_exchange_n(&m->word, 2, __ATOMIC_ACQUIRE) != 0)
        futex_wait(&m->word, 2, NO_DEADLINE);
}

static inline void mutex_unlock(struct mutex *m)
{
    if (__atomic_exchange_n(&m->word, 0, __ATOMIC_RELEASE) == 2)
        futex_wake(&m->word, 1);
}

#endif
