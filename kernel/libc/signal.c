/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: actions, sets, masks, alternate stacks. */
#include "libc/signals.h"
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>

/* What is pending of a signal that is ignored from now on is gone. */
static void drop(int number)
{
    struct pending *all[] = {&signal_pending, &signals_self()->pending};
    struct signals alone = {.mask = 0};
    for (int i = 0; i < 2; i++) {
        alone.pending = *all[i];
        while (alone.pending.set & BIT(number))
            signal_take(&alone, BIT(number), 0);
        *all[i] = alone.pending;
    }
}

int sigaction(int number, const struct sigaction *restrict action, struct sigaction *restrict old)
{
    if (!signal_is_valid(number) ||
        (action != 0 && BIT(number) & CANNOT_BLOCK && action->sa_handler != SIG_DFL))
        return signal_result(EINVAL);
    unsigned long flags = lock_take(&signal_lock);
    struct sigaction before = signal_actions[number];
    if (action != 0) {
        signal_actions[number] = *action;
        signal_actions[number].sa_mask &= ~CANNOT_BLOCK;
        if (signal_is_ignored(number))
            drop(number);
    }
    lock_drop(&signal_lock, flags);
    if (old != 0)
        *old = before;
    signal_install();
    return 0;
}

_sig_func_ptr signal(int number, _sig_func_ptr handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, old = {0};
    if (handler == SIG_ERR) {
        errno = EINVAL;
        return SIG_ERR;
    }
    return sigaction(number, &action, &old) == 0 ? old.sa_handler : SIG_ERR;
}

int siginterrupt(int number, int interrupts)
{
    struct sigaction action = {0};
    if (sigaction(number, 0, &action) != 0)
        return -1;
    action.sa_flags = interrupts ? action.sa_flags & ~SA_RESTART : action.sa_flags | SA_RESTART;
    return sigaction(number, &action, 0);
}

/* Sets. */

int sigemptyset(sigset_t *set)
{
    *set = 0;
    return 0;
}

int sigfillset(sigset_t *set)
{
    *set = ALL;
    return 0;
}

int sigaddset(sigset_t *set, int number)
{
    if (!signal_is_valid(number))
        return signal_result(EINVAL);
    *set |= BIT(number);
    return 0;
}

int sigdelset(sigset_t *set, int number)
{
    if (!signal_is_valid(number))
        return signal_result(EINVAL);
    *set &= ~BIT(number);
    return 0;
}

int sigismember(const sigset_t *set, int number)
{
    if (!signal_is_valid(number))
        return signal_result(EINVAL);
    return (*set & BIT(number)) != 0;
}

/* Masks. */

int pthread_sigmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    unsigned long flags = lock_take(&signal_lock);
    struct signals *s = signals_self();
    sigset_t before = s->mask, given = set != 0 ? *set & ~CANNOT_BLOCK : 0;
    int error = 0;
    if (set == 0)
        ;
    else if (how == SIG_BLOCK)
        s->mask |= given;
    else if (how == SIG_UNBLOCK)
        s->mask &= ~given;
    else if (how == SIG_SETMASK)
        s->mask = given;
    else
        error = EINVAL;
    bool look = ((s->pending.set | signal_pending.set) & ~s->mask) != 0;
    bool pass_on = (signal_pending.set & s->mask & ~before) != 0;
    lock_drop(&signal_lock, flags);
    if (pass_on)
        signal_pass_on();
    if (old != 0)
        *old = before;
    if (look)
        signal_handlers();
    return error;
}

int sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
    return signal_result(pthread_sigmask(how, set, old));
}

int sigpending(sigset_t *set)
{
    unsigned long flags = lock_take(&signal_lock);
    const struct signals *s = signals_self();
    *set = (signal_pending.set | s->pending.set) & s->mask;
    lock_drop(&signal_lock, flags);
    return 0;
}

int sigaltstack(const stack_t *restrict stack, stack_t *restrict old)
{
    struct signals *s = signals_self();
    uint64_t here = (uint64_t)__builtin_frame_address(0);
    stack_t before = s->alternate;
    if (here - (uint64_t)before.ss_sp < before.ss_size)
        before.ss_flags = SS_ONSTACK;
    else if (before.ss_size == 0)
        before.ss_flags = SS_DISABLE;
    if (stack != 0) {
        if (before.ss_flags == SS_ONSTACK)
            return signal_result(EPERM);
        if (stack->ss_flags & ~SS_DISABLE)
            return signal_result(EINVAL);
        if (!(stack->ss_flags & SS_DISABLE) && stack->ss_size < MINSIGSTKSZ)
            return signal_result(ENOMEM);
        s->alternate = *stack;
        if (stack->ss_flags & SS_DISABLE)
            s->alternate = (stack_t){.ss_size = 0};
    }
    if (old != 0)
        *old = before;
    return 0;
}

/* XSI's older ones. */

static int change(int how, int number)
{
    return signal_is_valid(number) ? sigprocmask(how, &(sigset_t){BIT(number)}, 0)
                                   : signal_result(EINVAL);
}

int sighold(int number) { return change(SIG_BLOCK, number); }

int sigrelse(int number) { return change(SIG_UNBLOCK, number); }

int sigignore(int number) { return signal(number, SIG_IGN) == SIG_ERR ? -1 : 0; }

_sig_func_ptr sigset(int number, _sig_func_ptr handler)
{
    sigset_t before = 0;
    struct sigaction old = {0};
    if (handler == SIG_ERR || !signal_is_valid(number)) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sigaction(number, 0, &old);
    if (handler != SIG_HOLD && signal(number, handler) == SIG_ERR)
        return SIG_ERR;
    if (handler == SIG_HOLD && BIT(number) & CANNOT_BLOCK)
        return signal_result(EINVAL) == 0 ? 0 : SIG_ERR;
    sigprocmask(handler == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, &(sigset_t){BIT(number)}, &before);
    return before & BIT(number) ? SIG_HOLD : old.sa_handler;
}

/* Also when a handler returns: C11, 7.22.4.1. */
void abort(void)
{
    sigrelse(SIGABRT);
    raise(SIGABRT);
    signal_end_by(SIGABRT);
}

_Noreturn void siglongjmp(sigjmp_buf environment, int value)
{
    if (environment[0].__masked)
        pthread_sigmask(SIG_SETMASK, &environment[0].__mask, 0);
    longjmp(environment[0].__environment, value);
}
