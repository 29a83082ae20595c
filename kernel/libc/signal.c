/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signals: those that the program sends itself. Handlers are the process's, as POSIX says, and stay
 * until they are changed. A signal is handled by the thread that sends it, at once.
 */
#include "libc/local.h"
#include "sched/mutex.h"
#include "base/panic.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static _sig_func_ptr handlers[NSIG]; /* NULL is SIG_DFL */

_sig_func_ptr signal(int number, _sig_func_ptr handler)
{
    if (number <= 0 || number >= NSIG || number == SIGKILL || number == SIGSTOP) {
        errno = EINVAL;
        return SIG_ERR;
    }
    return __atomic_exchange_n(&handlers[number], handler, __ATOMIC_ACQ_REL);
}

static bool is_ignored(int number, _sig_func_ptr handler)
{
    return handler == SIG_IGN || (handler == SIG_DFL && (number == SIGCHLD || number == SIGURG ||
                                                         number == SIGWINCH || number == SIGCONT));
}

static _Noreturn void end_by(int number)
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

/* 0, or EINVAL, or ENOTSUP for what only another thread could do. */
static int deliver(int number, bool here)
{
    if (number < 0 || number >= NSIG)
        return EINVAL;
    _sig_func_ptr handler = __atomic_load_n(&handlers[number], __ATOMIC_ACQUIRE);
    if (number == 0 || is_ignored(number, handler))
        return 0;
    if (handler == SIG_DFL)
        end_by(number);
    if (!here)
        return ENOTSUP;
    handler(number);
    return 0;
}

static int result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

int raise(int number) { return result(deliver(number, true)); }

/* There is one process, of number 1, and it is its own group. */
int kill(pid_t pid, int number)
{
    return result(pid >= -1 && pid <= 1 ? deliver(number, true) : ESRCH);
}

int pthread_kill(pthread_t id, int number)
{
    int error = pthread_exists(id) ? 0 : ESRCH;
    return error != 0 ? error : deliver(number, pthread_equal(id, pthread_self()));
}

/* Also when a handler returns: C11, 7.22.4.1. */
void abort(void)
{
    raise(SIGABRT);
    end_by(SIGABRT);
}
