/* A job for a lab that is open: see open.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "lab/open.h"
#include "base/cleanup.h"
#include "base/msg.h"
#include "host/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLL_US 20000
#define COPY    65536

const char *lab_opened(const char *lab)
{
    const char *open = place()->lab_open;
    size_t n = strlen(lab);

    return open && !strncmp(open, lab, n) && open[n] == ':' ? open + n + 1 : NULL;
}

bool lab_has(const char *dir, const char *name)
{
    char *path = xasprintf("%s/%s", dir, name);
    bool there = !access(path, F_OK);

    free(path);
    return there;
}

/* Everything that the command inside will read. */
static int keep_input(const struct lab_job *job)
{
    char *path = xasprintf("%s/job/stdin", job->dir), data[COPY];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), failed = fd < 0;
    ssize_t n = 0;

    free(path);
    while (!failed && !interrupted && (n = read(job->stdin_fd, data, sizeof data)) != 0)
        if (n > 0)
            failed = write(fd, data, (size_t)n) != n;
        else if (errno != EINTR)
            failed = 1;
    if (fd >= 0)
        close(fd);
    return failed ? -1 : 0;
}

/* Takes in what the console's file has grown by. */
static void take(int fd, struct console *console)
{
    char data[COPY];
    ssize_t n;

    while (fd >= 0 && (n = read(fd, data, sizeof data)) > 0)
        console_feed(console, data, (size_t)n);
}

const char *lab_open_run(const struct lab_job *job, struct console *console)
{
    const char *opened = lab_opened(job->lab), *trouble = NULL;
    char *mine = xasprintf("%s/job", job->dir);
    char *there = xasprintf("%s/" LAB_QUEUE "/%d", opened, (int)getpid());
    char *text = xasprintf("%s/console", there);
    bool ended = false;
    int fd = -1;

    if (job->stdin_fd >= 0 && keep_input(job))
        trouble = "its standard input cannot be kept";
    else if (rename(mine, there))
        trouble = errno == EXDEV ? "it is open in another file system than our $TMPDIR"
                                 : "the lab that was open is not any more";
    while (!trouble && !ended && !interrupted) {
        usleep(POLL_US);
        ended = lab_has(there, "status");
        if (fd < 0)
            fd = open(text, O_RDONLY | O_CLOEXEC);
        take(fd, console);
        if (!lab_has(opened, "opened"))
            trouble = "the lab that was open ended";
    }
    console_finish(console);
    if (fd >= 0)
        close(fd);
    if (rename(there, mine) && !trouble)
        trouble = "its folder is lost";
    free(text);
    free(there);
    free(mine);
    return trouble;
}
