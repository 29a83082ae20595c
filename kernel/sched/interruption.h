/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waits that may be broken off, for a signal or a cancellation: by another thread, on whatever CPU,
 * or by an interrupt.
 *
 * Who breaks off first puts down what the thread is to find (a pending signal, a request to end),
 * then calls thread_interrupt(). That is remembered until the thread takes note of it: it ends the
 * wait that the thread is in, if that is interruptible, else the next such wait before it begins.
 * None is lost that comes just before a thread blocks: the mark is set before the lock of the
 * thread's CPU is taken, and a waiter looks at the mark with that lock held until it is blocked.
 *
 * A call that waits uses futex_wait_interruptible(), thread_sleep_interruptible() or
 * turnstile_wait(), holding no mutex of the kernel that a handler may want. At -EINTR it brings its
 * own state in order (the lock it had to let go, the count of waiters), and calls
 * thread_interruption():
 *
 *     while (...) {
 *         int result = futex_wait_interruptible(&word, seen, deadline);
 *         if (result == -EINTR && thread_interruption())
 *             return EINTR;
 *     }
 *
 * which takes the mark away and lets the signals' handlers run, here and now. True: one of them
 * ends the call with EINTR. False: nothing came of it, or all handlers have SA_RESTART, or the
 * signal is blocked or ignored: the call waits on, until the same deadline. A call that POSIX does
 * not let fail with EINTR (pthread_cond_wait, pthread_mutex_lock, pthread_join, barriers) waits on
 * in either case, as by futex_wait_handling(); one that SA_RESTART does not restart (nanosleep,
 * select, sigsuspend) asks thread_handled(), which tells whether any handler has run at all.
 *
 * A cancellation point does the same: whoever cancels marks the thread as cancelled, then calls
 * thread_interrupt(); the thread, back from thread_interruption(), looks at its own mark
 * (pthread_testcancel()), which ends it unless cancellation is disabled: then it waits on. It must
 * look again before it waits, too, since an earlier wait may have taken the interruption.
 *
 * A handler may leave by siglongjmp(): what a call has put in order before is all that is done.
 */
#ifndef KERNEL_INTERRUPTION_H
#define KERNEL_INTERRUPTION_H

#include "sched/sched.h"
#include <errno.h>

/* How a call that waited goes on after its interruption. */
enum handled {
    HANDLED_NONE,    /* no handler has run */
    HANDLED_RESTART, /* all that ran have SA_RESTART */
    HANDLED_EINTR    /* one has not */
};

/* Lets the running thread's handlers run; NULL until the first of all is installed. */
extern enum handled (*interruption_handlers)(void);

/* End the running thread if it was cancelled and may be: where it waits in a cancellation point;
 * anywhere. NULL until somebody cancels. */
extern void (*interruption_cancel)(void), (*interruption_cancel_async)(void);

/* The running thread begins: a signal for the process that nobody took may be its. It ends: signals
 * that wait for it and may be others' go to them. NULL until the first handler is installed. */
extern void (*interruption_begins)(void), (*interruption_leaves)(void);

/* Where an interrupt ends when the running thread is to look: see thread_look_later(). */
extern void (*interruption_entry)(void);

/* So long until a thread that could not take note of it is looked at again, twice as long each
 * time: or a machine on which an interrupt takes that long would do nothing else. */
#define LOOK_AGAIN_NS      20000u
#define LOOK_AGAIN_NS_MOST 1000000u

/* At the end of an interrupt, interrupts off: the running thread, which was interrupted, cannot
 * take note of it here. It is looked at again: soon, and when it is switched to. */
void thread_look_later(void);

/* The running thread takes note of it now: its handlers are to run next. Interrupts are off. */
void thread_looks(void);

/* Breaks off t's wait, or its next; t is looked at, and its CPU told, if it does not wait. t does
 * not end meanwhile. From interrupts, too; elsewhere who may have to give way then does so by
 * sched_give_way(). */
void thread_interrupt(struct thread *t);

/* The running thread takes note of what it was interrupted for. */
enum handled thread_handled(void);

/* The same in a cancellation point, which may end the thread. */
enum handled thread_handled_at_point(void);

/* Likewise; true: the call that it is in ends with EINTR. */
static inline bool thread_interruption(void) { return thread_handled_at_point() == HANDLED_EINTR; }

/* As futex_wait_interruptible(), for a call that lets handlers run and waits on. It is no
 * cancellation point: what has cancelled the thread breaks off the next wait. */
int futex_wait_handling(uint32_t *address, uint32_t expected, uint64_t deadline);

#endif
