/* Several processes at once, each with guests of its own.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/parallel.h"
#include "base/cleanup.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns whether it ended with status 0. */
static bool await(pid_t pid)
{
    int status = 1;

    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        if (interrupted)
            kill(pid, SIGTERM);
    cleanup_child_gone(pid);
    return !status;
}

bool parallel(int n, int (*work)(int number, void *context), void *context)
{
    pid_t pids[PARALLEL_MAX], parent = getpid();
    bool good = true;
    int started = 0;

    for (; started < n && good; started++) {
        pid_t pid = fork();

        if (pid == 0) /* it dies with us */
            _exit(prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent ? 1
                                                                          : work(started, context));
        pids[started] = pid;
        good = pid > 0;
        if (good)
            cleanup_child(pid, false);
    }
    for (int i = 0; i < started; i++)
        good &= pids[i] > 0 && await(pids[i]);
    return good && !interrupted;
}
