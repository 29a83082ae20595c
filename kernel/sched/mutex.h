/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A sleeping lock of one word, zero when free: for what may take longer than struct lock should.
 * Whoever waits lends its priority to the holder, so that no thread between the two keeps both from
 * running.
 */
#ifndef KERNEL_MUTEX_H
#define KERNEL_MUTEX_H

#include "sched/sched.h"

struct mutex {
    uintptr_t word; /* the holder's struct thread; bit 0: somebody may wait; 0: free */
};

/* What is left when the word is not as it should be (kernel/sched/turnstile.c). */
void mutex_wait(struct mutex *m);
void mutex_hand_over(struct mutex *m);

static inline bool mutex_try(struct mutex *m) { return cas(&m->word, 0, (uintptr_t)thread_self()); }

static inline void mutex_lock(struct mutex *m)
{
    if (!mutex_try(m))
        mutex_wait(m);
}

static inline void mutex_unlock(struct mutex *m)
{
    if (!cas(&m->word, (uintptr_t)thread_self(), 0))
        mutex_hand_over(m);
}

#endif
