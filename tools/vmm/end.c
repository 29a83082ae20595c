/* SPDX-License-Identifier: BSD-2-Clause */
/* What ends the guest before its time, or is about to: signals, the time-out, whoever has had
 * enough. */
#include "vmm.h"
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

_Thread_local struct kvm_run *this_run;
volatile sig_atomic_t signaled, gdb_speaks;

/* Makes KVM_RUN return, also one that is only about to begin. */
static void on_signal(int number)
{
    if (number == SIGIO)
        gdb_speaks = 1;
    else if (number != SIGUSR1)
        signaled = number;
    if (this_run != NULL)
        this_run->immediate_exit = 1;
}

void vcpus_kick(const struct machine *m)
{
    for (unsigned i = 0; i < m->options->cpus; i++)
        if (m->options->cpus > 1 && !pthread_equal(m->cpus[i].thread, pthread_self()))
            pthread_kill(m->cpus[i].thread, SIGUSR1);
}

void machine_end(struct machine *m, int status, const char *format, ...)
{
    va_list args;
    if (atomic_exchange(&m->ended, true))
        return;
    m->status = status;
    va_start(args, format);
    vsnprintf(m->text, sizeof m->text, format, args);
    va_end(args);
    vcpus_kick(m);
}

void timer_set(double timeout_s)
{
    struct itimerval timer = {.it_value = {.tv_sec = (time_t)timeout_s}};
    timer.it_value.tv_usec = (suseconds_t)((timeout_s - (double)timer.it_value.tv_sec) * 1e6);
    if (timeout_s > 0)
        setitimer(ITIMER_REAL, &timer, NULL);
}

bool timeout_put_off(struct machine *m)
{
    if (m->waited_ms == 0 || !__sync_bool_compare_and_swap(&signaled, SIGALRM, 0))
        return false;
    timer_set(atomic_exchange(&m->waited_ms, 0) / 1e3);
    return true;
}

void signals_catch(void)
{
    static const int numbers[] = {SIGUSR1, SIGINT, SIGTERM, SIGALRM};
    struct sigaction action = {.sa_handler = on_signal};
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigprocmask(SIG_SETMASK, &action.sa_mask, NULL); /* whatever was inherited */
}

void signal_when_readable(int fd)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGIO, &action, NULL);
    fcntl(fd, F_SETOWN, getpid());
    fcntl(fd, F_SETFL, O_ASYNC);
}
