/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short critical sections: interrupts off on this CPU and, once others run, a word that one of them
 * at a time has. Before that the interrupt flag is the whole lock, and costs no more.
 *
 * Locks are taken in this order, never against it: a futex's bucket or the turnstiles', a CPU's,
 * the spare stacks', page tables', a page cache's, memory's. The console's may be taken under any.
 */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

#include <stdbool.h>
#include <stdint.h>

struct lock {
    uint32_t word; /* 0 free, 1 held */
};

#ifdef LIMPET_HOST /* host-built unit tests run on one thread */
#ifndef smp_running
#define smp_running 0
#endif
static inline unsigned long interrupts_save(void) { return 0; }
static inline void interrupts_restore(unsigned long flags) { (void)flags; }
static inline bool interrupts_on(void) { return true; }
static inline void lock_spin(struct lock *l) { (void)l; }
#else
extern bool smp_running; /* more than one CPU runs; at the end one again (smp_stop_others()) */

/* Interrupts off; returns what interrupts_restore() needs. */
static inline unsigned long interrupts_save(void)
{
    unsigned long flags;
    __asm__ volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void interrupts_restore(unsigned long flags)
{
    if (flags & 0x200) /* RFLAGS.IF */
        __asm__ volatile("sti" : : : "memory");
    else
        __asm__ volatile("" : : : "memory");
}

static inline bool interrupts_on(void)
{
    unsigned long flags;
    __asm__ volatile("pushf; pop %0" : "=r"(flags));
    return flags & 0x200; /* RFLAGS.IF */
}

/* Waits for the word (kernel/sched/smp.c). */
void lock_spin(struct lock *l);
#endif

/* With interrupts off already. */
static inline void lock_enter(struct lock *l)
{
    if (__builtin_expect(smp_running, 0))
        lock_spin(l);
}

static inline bool lock_try(struct lock *l)
{
    return !smp_running || __atomic_exchange_n(&l->word, 1, __ATOMIC_ACQUIRE) == 0;
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
