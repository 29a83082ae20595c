/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals: the state of all, and what is pending, queued and taken. */
#include "libc/signals.h"
#include "base/panic.h"
#include <errno.h>

struct lock signal_lock;
struct sigaction signal_actions[NSIG];
struct pending signal_pending;

int signal_result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

bool signal_is_valid(int number) { return number > 0 && number < NSIG; }

bool signal_is_ignored(int number)
{
    const _sig_func_ptr handler = signal_actions[number].sa_handler;
    const sigset_t by_default = BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT) |
                                BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU) | BIT(SIGSTOP);
    return handler == SIG_IGN || (handler == SIG_DFL && (by_default & BIT(number)) != 0);
}

struct signals *signals_of(struct local *local)
{
    if (!local->signals_joined) {
        local->signals = (struct signals){.mask = 0};
        local->signals_joined = true;
    }
    return &local->signals;
}

_Noreturn void signal_end_by(int number)
{
    static const struct {
        int number;
        const char *name;
    } names[] = {
        {SIGHUP, "SIGHUP"},   {SIGINT, "SIGINT"},   {SIGQUIT, "SIGQUIT"}, {SIGILL, "SIGILL"},
        {SIGTRAP, "SIGTRAP"}, {SIGABRT, "abort"},   {SIGFPE, "SIGFPE"},   {SIGKILL, "SIGKILL"},
        {SIGBUS, "SIGBUS"},   {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},   {SIGPIPE, "SIGPIPE"},
        {SIGALRM, "SIGALRM"}, {SIGTERM, "SIGTERM"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
    };
    const char *name = "no name";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].number == number)
            name = names[i].name;
    panic("The app was ended by signal %d (%s).", number, name);
}

static struct queued pool[QUEUED_MAX];
static struct queued *unused; /* linked by next */
static unsigned used;         /* of the pool, ever */

static struct queued *get(void)
{
    struct queued *q = unused;
    if (q != 0)
        unused = q->next;
    else if (used < QUEUED_MAX)
        q = &pool[used++];
    return q;
}

int signal_take(struct signals *s, sigset_t set, siginfo_t *info)
{
    struct pending *p = s->pending.set & set ? &s->pending : &signal_pending;
    if (p == &s->pending && signal_pending.set & set &&
        __builtin_ctzl(signal_pending.set & set) < __builtin_ctzl(p->set & set))
        p = &signal_pending;
    if (!(p->set & set))
        return 0;
    int number = __builtin_ctzl(p->set & set);
    struct queued **at = &p->first, *q;
    while (*at != 0 && (*at)->info.si_signo != number)
        at = &(*at)->next;
    q = *at;
    if (info != 0) {
        if (q != 0)
            *info = q->info;
        else /* there was no room for what it tells */
            *info = (siginfo_t){.si_signo = number, .si_code = SI_USER, .si_pid = 1};
    }
    if (q != 0) {
        *at = q->next;
        q->listed = false;
        if (!q->own) {
            q->next = unused;
            unused = q;
        }
        for (q = *at; q != 0 && q->info.si_signo != number; q = q->next)
            ;
    }
    if (q == 0)
        p->set &= ~BIT(number);
    return number;
}

int signal_put(struct pending *p, const siginfo_t *info, struct queued *q)
{
    const int number = info->si_signo;
    if (number < SIGRTMIN && p->set & BIT(number))
        return 0; /* one of these is enough */
    if (q == 0)
        q = get();
    if (q == 0 && info->si_code == SI_QUEUE)
        return EAGAIN;
    p->set |= BIT(number);
    if (q == 0)
        return 0;
    q->info = *info;
    q->next = 0;
    q->listed = true;
    struct queued **at = &p->first;
    while (*at != 0)
        at = &(*at)->next;
    *at = q;
    return 0;
}
