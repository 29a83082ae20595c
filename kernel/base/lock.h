/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short critical sections: a spin lock, taken with interrupts off. Before other CPUs run, disabling
 * interrupts is the whole lock.
 *
 * Locks are taken in this order, never against it: who waits for files, a futex's bucket or the
 * turnstiles', a CPU's, the spare stacks', an arena's, a page cache's, memory's. The console's may
 * be taken under any.
 */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "arch.h"

struct lock {
    uint32_t word; /* 0 free, 1 held */
};

#ifdef LIMPET_HOST /* host-built unit tests run on one thread */
#ifndef smp_running
#define smp_running 0
#endif
static inline void lock_spin(struct lock *l) { (void)l; }
#else
extern bool smp_running; /* more than one CPU runs; at the end one again (stop_others()) */

/* Waits for the word. */
void lock_spin(struct lock *l);
#endif

/* Compare and swap: puts to in the place of from, if that is there. Acquires and releases. */
#define cas(word, from, to)                                                                        \
    ({                                                                                             \
        __typeof__(*(word)) expected = (from);                                                     \
        __atomic_compare_exchange_n(word, &expected, to, 0, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);   \
    })

/* A turn of a loop that waits for another CPU; takes and returns how many there were. */
unsigned spin(unsigned spins);

static inline bool lock_try(struct lock *l)
{
    return __builtin_expect(!smp_running, 1) ||
           __atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE) == 0;
}

/* With interrupts off already. */
static inline void lock_enter(struct lock *l)
{
    if (!lock_try(l))
        lock_spin(l);
}

static inline void lock_leave(struct lock *l) { __atomic_store_n(&l->word, 0, __ATOMIC_RELEASE); }

/* Returns what lock_drop() needs to restore the interrupt flag. */
static inline unsigned long lock_take(struct lock *l)
{
    unsigned long flags = interrupts_save();
    lock_enter(l);
    return flags;
}

static inline void lock_drop(struct lock *l, unsigned long flags)
{
    lock_leave(l);
    interrupts_restore(flags);
}

#endif
