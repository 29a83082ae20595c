/* A lab that stays open for many jobs. The tools that want one put their jobs' folders into its
 * own, in LAB_QUEUE; a script inside takes one after the other, each at /job as though it were
 * alone. SPDX-License-Identifier: BSD-2-Clause */
#include "lab/open.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "host/place.h"
#include "tools/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLL_US  20000
#define OPEN_S   86400.0           /* whoever has it open can interrupt */
#define VARIABLE "LIMPET_LAB_OPEN" /* place()->lab_open: LAB:FOLDER */

/* What the lab runs: a job's script with its folder at /job, until the file "close" comes. */
static const char server[] =
    "mkdir " LAB_QUEUE " && echo >opened || exit 1\n"
    "while [ ! -e close ]; do\n"
    "    for job in " LAB_QUEUE "/*; do\n"
    "        [ -e $job/cmd ] && [ ! -e $job/status ] || continue\n"
    "        unshare -m sh -c 'mount --bind \"$1\" /job && cd /job && sh cmd >console 2>&1\n"
    "            echo $? >status.new && mv status.new status' - /job/$job </dev/null\n"
    "    done\n"
    "    usleep 20000\n"
    "done\n";

/* Runs the command while the lab is open; its status. */
static int run_command(const char *lab, const char *dir, char *const words[])
{
    char *value = xasprintf("%s:%s", lab, dir);
    int status = 0;
    pid_t pid;

    setenv(VARIABLE, value, 1);
    pid = fork();
    if (!pid) {
        execvp(words[0], words);
        warn("%s: %s", words[0], strerror(errno));
        _exit(127);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    free(value);
    if (pid < 0)
        return ST_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void put_close(const char *dir)
{
    char *path = xasprintf("%s/close", dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    free(path);
}

int lab_open(const char *lab, char *const words[])
{
    struct console_listener listener = {0};
    const char *already = lab_opened(lab);
    struct lab_job job;
    int status, wait_status = 0;
    char *dir;
    pid_t pid;

    if (already)
        return run_command(lab, already, words);
    status = lab_begin(&job, lab);
    if (status)
        return status;
    dir = xasprintf("%s/job", job.dir);
    job.shell = server;
    job.timeout_s = OPEN_S;
    pid = fork();
    if (!pid) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        _exit(lab_run(&job, &listener));
    }
    while (pid > 0 && !interrupted && !lab_has(dir, "opened") &&
           !waitpid(pid, &wait_status, WNOHANG))
        usleep(POLL_US);
    if (lab_has(dir, "opened"))
        status = run_command(lab, dir, words);
    else
        status = ST_LAB;
    put_close(dir);
    while (pid > 0 && waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    free(dir);
    lab_end(&job);
    return status;
}
