/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals, the parts to each other.
 *
 * Who sends one puts it down as pending, for a thread or for the process, and interrupts a thread
 * that does not block it (sched/interruption.h). The thread itself then takes it and calls the
 * handler, in one of three places, and only there:
 *
 * - in a call of its own: raise(), the unblocking of a mask, a wait that was broken off; no mutex
 *   of the kernel is held there;
 * - at the end of an interrupt that hit the app's own text. Kernel, newlib and app share one
 * address space: where the interrupted instruction is the kernel's or newlib's, or the thread has a
 * lock of newlib's (it may be in an app's memcpy, called by newlib), nothing is delivered. Then
 * this CPU looks again LOOK_AGAIN_NS later, and when a thread that was interrupted is switched to:
 * so a handler never runs in the middle of malloc(), and may call what POSIX allows it, and more;
 * - behind an exception (SIGSEGV and the like), wherever it was but where interrupts were off, as
 *   they are while a spin lock is held. In the kernel's or newlib's text the thread may then have
 *   one of their mutexes: a handler that leaves by siglongjmp() leaves that taken.
 *
 * The frame of the handler is the interrupt's own, on the thread's stack below the red zone, or a
 * copy of it on the alternate stack: so there is no system call to return by.
 *
 * One spin lock is over all of it, taken before a CPU's. Nothing is sent from an interrupt: timers
 * have a thread for that. What an app does not use is not in its image: handlers are reached by
 * pointers that the first sigaction() sets.
 */
#ifndef LIBC_SIGNALS_H
#define LIBC_SIGNALS_H

#include "base/lock.h"
#include "libc/local.h"
#include "sched/interruption.h"
#include <signal.h>

#define QUEUED_MAX   128 /* SIGQUEUE_MAX */
#define BIT(number)  (1ul << (number))
#define ALL          (~1ul)
#define CANNOT_BLOCK (BIT(SIGKILL) | BIT(SIGSTOP))

/* A signal on its way, with what it tells. */
struct queued {
    struct queued *next;
    siginfo_t info;
    bool listed; /* it is pending */
    bool own;    /* a timer's, not the pool's */
};

extern struct lock signal_lock; /* over all below */
extern struct sigaction signal_actions[NSIG];
extern struct pending signal_pending; /* the process's */

/* The running thread's; another's only with the lock held, and while it lives. */
struct signals *signals_of(struct local *local);
static inline struct signals *signals_self(void) { return signals_of(local_self()); }

bool signal_is_valid(int number);   /* 1 … NSIG - 1 */
bool signal_is_ignored(int number); /* by its action, or by default */

/* The lowest of a set that is pending for the thread, or for the process, taken out; 0: none. */
int signal_take(struct signals *s, sigset_t set, siginfo_t *info);

/* Down as pending; q: instead of one of the pool. 0, EAGAIN: the queue is full. */
int signal_put(struct pending *p, const siginfo_t *info, struct queued *q);

/* Puts it down for t, or, NULL, for the process, and sees to it that who may handles it; q: instead
 * of one of the pool. 0, EAGAIN: the queue is full. pthread_mutex is held if t is not the running
 * thread. */
int signal_post(struct thread *t, const siginfo_t *info, struct queued *q);

/* The same with the mutex: for the process; for a pthread. Then the running thread handles what is
 * its own. */
int signal_send(const siginfo_t *info, struct queued *q);

/* The running thread blocks more than it did, or ends: what waits for it and is the process's goes
 * to others that do not block it. The second blocks all. */
void signal_pass_on(void);
void signal_leave(void);

/* A struct sigevent: can it be had; tells by it, with that si_code; its thread alone. */
bool signal_event_is_valid(const struct sigevent *event);
void signal_tell(const struct sigevent *event, int code);
void signal_start_thread(const struct sigevent *event);

/* Handles what the running thread does not block, now. */
enum handled signal_handlers(void);
_Noreturn void signal_end_by(int number);

/* From the first action on, exceptions and interrupts lead here. */
void signal_install(void);

struct trap_frame;
/* Calls handlers while the running thread has some that it does not block; frame, fpu: what was
 * interrupted; NULL: a call. */
enum handled signal_deliver(struct trap_frame *frame, void *fpu, void *caller);

/* Fails with errno: -1; or returns 0. */
int signal_result(int error);

#endif
