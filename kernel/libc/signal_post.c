/* SPDX-License-Identifier: BSD-2-Clause */
/* To which thread a signal goes, and where it goes on to when that one ends or blocks it. */
#include "libc/signals.h"

/* Would a thread take it at once? It does not block it, or waits for it. */
static bool takes(struct thread *t, int number, bool waits)
{
    const struct signals *s = signals_of(t->local);
    return ((waits ? s->wanted : ~s->mask) & BIT(number)) != 0;
}

/* For the process: the running thread if it does not block it, else who waits for it, else any; of
 * several the one of the highest priority, as it may keep others from running. */
static struct thread *choose(int number)
{
    struct thread *best = takes(thread_self(), number, false) ? thread_self() : 0;
    for (int waits = 1; waits >= 0 && best == 0; waits--)
        for (uint32_t slot = 1; slot <= pthread_slots_end(); slot++) {
            struct thread *t = pthread_thread_of(slot);
            if (t != 0 && takes(t, number, waits) && (best == 0 || t->priority > best->priority))
                best = t;
        }
    return best;
}

int signal_post(struct thread *t, const siginfo_t *info, struct queued *q)
{
    const int number = info->si_signo;
    unsigned long flags = lock_take(&signal_lock);
    struct thread *who = t != 0 ? t : choose(number);
    bool unwanted = signal_is_ignored(number) && who != 0 && takes(who, number, false) &&
                    !takes(who, number, true); /* one that all block may be wanted later */
    int error = 0;
    if (!unwanted)
        error = signal_put(t != 0 ? &signals_of(t->local)->pending : &signal_pending, info, q);
    if (who == 0 && error == 0) {
        __atomic_thread_fence(__ATOMIC_SEQ_CST); /* for begin(), signal_deliver.c */
        who = choose(number);
    }
    bool tell = who != 0 && who != thread_self() && !unwanted &&
                (takes(who, number, false) || takes(who, number, true));
    lock_drop(&signal_lock, flags);
    if (tell)
        thread_interrupt(who);
    return error;
}

void signal_pass_on(void)
{
    mutex_lock(&pthread_mutex);
    unsigned long flags = lock_take(&signal_lock);
    for (sigset_t left = signal_pending.set & signals_self()->mask; left != 0; left &= left - 1) {
        struct thread *t = choose(__builtin_ctzl(left));
        if (t != 0)
            thread_interrupt(t);
    }
    lock_drop(&signal_lock, flags);
    mutex_unlock(&pthread_mutex);
}

void signal_leave(void)
{
    signals_self()->mask = ALL;
    if (signal_pending.set != 0)
        signal_pass_on();
}
