/* Nothing is left behind: temporary folders are removed, children killed and Xen domains ended,
 * however the tool ends.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "cleanup.h"
#include "limpet.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS   16
#define STUCK_S 5.0 /* after SIGKILL */

volatile sig_atomic_t interrupted;

static struct {
    pid_t pid;
    int group;
} children[SLOTS];
static char *folders[SLOTS];
static struct {
    void (*undo)(void *context);
    void *context;
} others[SLOTS];
static const char *instance;
static pid_t owner; /* a forked child that fails before exec must clean up nothing */

static void on_signal(int number) { interrupted = number; }

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *walk)
{
    (void)st, (void)flag, (void)walk;
    return remove(path) && errno != ENOENT;
}

void cleanup_remove(const char *dir)
{
    for (int i = 0; i < SLOTS; i++)
        if (folders[i] && !strcmp(folders[i], dir)) {
            nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
            free(folders[i]);
            folders[i] = NULL;
            return;
        }
}

int cleanup_await(pid_t pid, struct rusage *usage)
{
    double until = now_s() + STUCK_S;
    int status = SIGKILL;
    pid_t got;

    while (((got = wait4(pid, &status, WNOHANG, usage)) == 0 || (got < 0 && errno == EINTR)) &&
           now_s() < until)
        usleep(500);
    return status;
}

static void cleanup_all(void)
{
    if (getpid() != owner)
        return;
    progress("%s", "");
    for (int i = 0; i < SLOTS; i++)
        if (children[i].pid) {
            kill(children[i].group ? -children[i].pid : children[i].pid, SIGKILL);
            cleanup_await(children[i].pid, NULL);
        }
    for (int i = 0; i < SLOTS; i++)
        if (others[i].undo)
            others[i].undo(others[i].context);
    for (int i = 0; i < SLOTS; i++)
        if (folders[i])
            nftw(folders[i], remove_one, 8, FTW_DEPTH | FTW_PHYS);
    if (instance)
        rmdir(instance);
}

void cleanup_init(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction sa = {.sa_handler = on_signal};
    struct sigaction old;

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &sa, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* so that a file that grows too large is EFBIG */
    owner = getpid();
    atexit(cleanup_all);
}

char *cleanup_tmpdir(void)
{
    const char *base = getenv("TMPDIR");
    char *name, *path;
    int slot = 0;

    while (slot < SLOTS && folders[slot])
        slot++;
    name = xasprintf("%s/limpet-XXXXXX", base && base[0] ? base : "/tmp");
    if (slot == SLOTS || !mkdtemp(name)) {
        warn("cannot make a temporary folder %s: %s", name, strerror(errno));
        free(name);
        return NULL;
    }
    path = realpath(name, NULL);
    if (!path)
        return name;
    free(name);
    folders[slot] = path;
    return xstrdup(path);
}

void cleanup_child(pid_t pid, int group)
{
    for (int i = 0; i < SLOTS; i++)
        if (!children[i].pid) {
            children[i].pid = pid;
            children[i].group = group;
            return;
        }
}

void cleanup_child_gone(pid_t pid)
{
    for (int i = 0; i < SLOTS; i++)
        if (children[i].pid == pid)
            children[i].pid = 0;
}

void cleanup_undo(void (*undo)(void *context), void *context)
{
    for (int i = 0; i < SLOTS; i++)
        if (!others[i].undo) {
            others[i].undo = undo;
            others[i].context = context;
            return;
        }
}

void cleanup_undone(const void *context)
{
    for (int i = 0; i < SLOTS; i++)
        if (others[i].context == context)
            others[i].undo = NULL;
}

void cleanup_instance(const char *dir) { instance = dir; }
