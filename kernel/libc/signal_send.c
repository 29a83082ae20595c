/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals sent: to the process, to a thread. */
#include "libc/signals.h"
#include "base/time.h"
#include <errno.h>
#include <unistd.h>

#define BEGIN_NS 50000 /* how often a new thread is looked at, whether it has begun */

/* What has come for the running thread. */
static void handle(void)
{
    const struct signals *s = signals_self();
    if ((s->pending.set | signal_pending.set) & ~s->mask)
        signal_handlers();
}

int signal_send(const siginfo_t *info, struct queued *q)
{
    mutex_lock(&pthread_mutex);
    int error = signal_post(0, info, q);
    mutex_unlock(&pthread_mutex);
    return error;
}

static int send_process(pid_t pid, const siginfo_t *info)
{
    if (info->si_signo < 0 || info->si_signo >= NSIG)
        return EINVAL;
    if (pid < -1 || pid > 1)
        return ESRCH;
    if (info->si_signo == 0)
        return 0;
    int error = signal_send(info, 0);
    sched_give_way();
    handle();
    return error;
}

static int send_thread(pthread_t id, const siginfo_t *info)
{
    int number = info->si_signo, error = 0;
    if (number < 0 || number >= NSIG)
        return EINVAL;
    mutex_lock(&pthread_mutex);
    const struct pthread *p;
    while ((p = pthread_find(id)) != 0 && !__atomic_load_n(&p->begun, __ATOMIC_ACQUIRE)) {
        mutex_unlock(&pthread_mutex); /* it has yet to run for the first time */
        thread_sleep_until(time_now() + BEGIN_NS);
        mutex_lock(&pthread_mutex);
    }
    if (p == 0)
        error = ESRCH;
    else if (number != 0 && p->done == 0 && p->thread != 0)
        error = signal_post(p->thread, info, 0);
    mutex_unlock(&pthread_mutex);
    sched_give_way();
    handle();
    return error;
}

static siginfo_t info_of(int number, int code, union sigval value)
{
    return (siginfo_t){.si_signo = number, .si_code = code, .si_pid = 1, .si_value = value};
}

static const union sigval none = {.sival_ptr = 0};

int kill(pid_t pid, int number)
{
    const siginfo_t info = info_of(number, SI_USER, none);
    return signal_result(send_process(pid, &info));
}

/* There is one process, of number 1, and it is its own group. */
int killpg(pid_t group, int number)
{
    return group < 0 ? signal_result(EINVAL) : kill(group, number);
}

int sigqueue(pid_t pid, int number, const union sigval value)
{
    const siginfo_t info = info_of(number, SI_QUEUE, value);
    return signal_result(pid <= 0 ? ESRCH : send_process(pid, &info));
}

int pthread_kill(pthread_t id, int number)
{
    const siginfo_t info = info_of(number, SI_TKILL, none);
    return send_thread(id, &info);
}

int pthread_sigqueue(pthread_t id, int number, const union sigval value)
{
    const siginfo_t info = info_of(number, SI_QUEUE, value);
    return send_thread(id, &info);
}

/* A plain handler of a signal that is not blocked needs nothing put down. False: it is not so. */
static bool raise_plain(int number)
{
    struct signals *s = signals_self();
    unsigned long flags = lock_take(&signal_lock);
    const struct sigaction *action = &signal_actions[number];
    const _sig_func_ptr handler = action->sa_handler;
    const sigset_t mask = s->mask;
    bool plain = handler != SIG_DFL && handler != SIG_IGN && !(mask & BIT(number)) &&
                 !(action->sa_flags & (SA_SIGINFO | SA_ONSTACK | SA_RESETHAND)) &&
                 ((s->pending.set | signal_pending.set) & ~mask) == 0;
    if (plain)
        s->mask |= action->sa_mask | (action->sa_flags & SA_NODEFER ? 0 : BIT(number));
    lock_drop(&signal_lock, flags);
    if (!plain)
        return false;
    handler(number);
    s->mask = mask;
    handle();
    return true;
}

int raise(int number)
{
    if (!signal_is_valid(number))
        return number == 0 ? 0 : signal_result(EINVAL);
    if (raise_plain(number))
        return 0;
    const siginfo_t info = info_of(number, SI_TKILL, none);
    int error = signal_post(thread_self(), &info, 0);
    handle();
    return signal_result(error);
}
