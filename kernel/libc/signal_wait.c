/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for signals: taken instead of handled, or until a handler has run. */
#include "libc/signals.h"
#include "base/time.h"
#include <errno.h>
#include <string.h>
#include <stdio.h>
#include <unistd.h>

/* The signal's number, or a negative error. */
static int wait_for(sigset_t set, siginfo_t *info, uint64_t deadline)
{
    struct signals *s = signals_self();
    set &= ~CANNOT_BLOCK;
    for (;;) {
        unsigned long flags = lock_take(&signal_lock);
        int number = signal_take(s, set, info);
        s->wanted = number == 0 ? set : 0;
        lock_drop(&signal_lock, flags);
        if (number != 0)
            return number;
        int result = thread_sleep_interruptible(deadline);
        flags = lock_take(&signal_lock);
        s->wanted = 0;
        number = signal_take(s, set, info);
        lock_drop(&signal_lock, flags);
        enum handled handled = result == -EINTR ? thread_handled_at_point() : HANDLED_NONE;
        if (number != 0)
            return number;
        if (result == -ETIMEDOUT)
            return -EAGAIN;
        if (handled != HANDLED_NONE)
            return -EINTR;
    }
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict time)
{
    uint64_t deadline = NO_DEADLINE;
    if (time != 0) {
        if (time->tv_nsec < 0 || time->tv_nsec >= 1000000000)
            return signal_result(EINVAL);
        uint64_t ns = 0;
        if (time->tv_sec >= 0 &&
            (__builtin_mul_overflow((uint64_t)time->tv_sec, 1000000000ull, &ns) ||
             __builtin_add_overflow(ns, (uint64_t)time->tv_nsec + time_now(), &ns)))
            ns = NO_DEADLINE - 1;
        deadline = ns;
    }
    int number = wait_for(*set, info, deadline);
    return number > 0 ? number : signal_result(-number);
}

int sigwaitinfo(const sigset_t *restrict set, siginfo_t *restrict info)
{
    return sigtimedwait(set, info, 0);
}

int sigwait(const sigset_t *restrict set, int *restrict number)
{
    int result;
    do
        result = wait_for(*set, 0, NO_DEADLINE);
    while (result == -EINTR);
    *number = result;
    return 0;
}

/* With another mask until a handler has run; what that mask alone let through is handled first. */
int sigsuspend(const sigset_t *set)
{
    struct signals *s = signals_self();
    sigset_t before = s->mask;
    s->mask = *set & ~CANNOT_BLOCK;
    enum handled handled = signal_handlers();
    while (handled == HANDLED_NONE)
        if (thread_sleep_interruptible(NO_DEADLINE) == -EINTR)
            handled = thread_handled_at_point();
    pthread_sigmask(SIG_SETMASK, &before, 0);
    return signal_result(EINTR);
}

int pause(void) { return sigsuspend(&(sigset_t){signals_self()->mask}); }

int sigpause(int number)
{
    if (!signal_is_valid(number))
        return signal_result(EINVAL);
    return sigsuspend(&(sigset_t){signals_self()->mask & ~BIT(number)});
}

int __xpg_sigpause(int number) __attribute__((alias("sigpause")));

void psiginfo(const siginfo_t *info, const char *text)
{
    if (text != 0 && *text != 0)
        fprintf(stderr, "%s: ", text);
    fprintf(stderr, "%s (code %d)\n", strsignal(info->si_signo), info->si_code);
}
