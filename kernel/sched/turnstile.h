/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turnstiles: where threads wait for a lock that another one holds. They lend that one their
 * priority, along a chain of such locks if need be, until it lets the lock go.
 *
 * The lock's word is its owner's business. It is changed with the turnstiles locked, except by who
 * takes a lock that is free and not waited for, or lets go one that nobody waits for.
 */
#ifndef KERNEL_TURNSTILE_H
#define KERNEL_TURNSTILE_H

#include "base/lock.h"
#include "sched/sched.h"

extern struct lock turnstile_lock; /* taken before a CPU's; one for all: it is held shortly */

/*
 * With the turnstiles locked, whose flags are given; returns with them unlocked. Waits for the lock
 * whose word stands at address, at most until deadline (ns), lending the running thread's priority
 * to owner (NULL: to nobody). Returns 0, -ETIMEDOUT or, when it is interruptible, -EINTR
 * (interruption.h); the thread's given tells whether it owns the lock now. If not, it tries again,
 * impatient: then it is the first of its priority, and will be given the lock.
 */
int turnstile_wait(const void *address, struct thread *owner, uint64_t deadline, bool impatient,
                   bool interruptible, unsigned long flags);

/* Does somebody wait there? */
bool turnstile_used(const void *address);

/* What the waiters lend is now owner's (NULL: nobody's). */
void turnstile_own(const void *address, struct thread *owner);

/*
 * The lock is let go. The best waiter is taken out, to be woken by the caller (sched_wake()) once
 * the word is right, which depends on its given; NULL: nobody waits.
 */
struct thread *turnstile_release(const void *address);

/* Of who ends a wait: takes t out, whose CPU is locked and who wakes now. Returns whose priority is
 * to be reckoned anew once that CPU is not locked any more, or NULL. */
struct thread *turnstile_give_up(struct thread *t);
void turnstile_reckon(struct thread *t);

/* The running thread's ceilings: bit p - 1: it runs with priority p at least. */
void turnstile_hold_ceilings(uint32_t ceilings);

/* t ends, and whatever it holds stays as it is: nobody lends it anything any more. */
void turnstile_forget(struct thread *t);

#endif
