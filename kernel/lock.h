/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short critical sections: interrupts off on this CPU, which on one CPU is the whole lock. When
 * further CPUs start, struct lock gets its word here and no caller changes.
 */
#ifndef KERNEL_LOCK_H
#define KERNEL_LOCK_H

struct lock {
    char unused;
};

#ifdef LIMPET_HOST /* host-built unit tests run on one thread */
static inline unsigned long lock_take(struct lock *l)
{
    (void)l;
    return 0;
}

static inline void lock_drop(struct lock *l, unsigned long flags)
{
    (void)l;
    (void)flags;
}
#else
/* Returns what lock_drop() needs to restore the interrupt flag. */
static inline unsigned long lock_take(struct lock *l)
{
    unsigned long flags;
    (void)l;
    __asm__ volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void lock_drop(struct lock *l, unsigned long flags)
{
    (void)l;
    if (flags & 0x200) /* RFLAGS.IF */
        __asm__ volatile("sti" : : : "memory");
    else
        __asm__ volatile("" : : : "memory");
}
#endif
#endif
