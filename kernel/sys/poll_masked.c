/* SPDX-License-Identifier: BSD-2-Clause */
/* ppoll and pselect: another signal mask meanwhile. What that mask alone lets through ends the
 * call, be it before the wait or in it. */
#define _GNU_SOURCE /* ppoll */
#include "sys/file.h"
#include "sys/poll.h"
#include "libc/signals.h"
#include <signal.h>

static int begin(const sigset_t *mask, sigset_t *before)
{
    struct signals *s = signals_self();
    *before = s->mask;
    if (mask == 0)
        return 0;
    s->mask = *mask & ~CANNOT_BLOCK;
    return signal_handlers() != HANDLED_NONE ? -EINTR : 0;
}

static int end(int result, const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, 0);
    return (int)file_result(result);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *t, const __sigset_t *mask)
{
    sigset_t before;
    int error = begin(mask, &before);
    return end(error != 0 ? error : poll_for(fds, n, t), &before);
}

int pselect(int n, fd_set *in, fd_set *out, fd_set *except, const struct timespec *t,
            const sigset_t *mask)
{
    sigset_t before;
    int error = begin(mask, &before);
    return end(error != 0 ? error : select_for(n, in, out, except, t), &before);
}
