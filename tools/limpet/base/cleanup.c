/* Nothing is left behind: temporary folders are removed, children killed and Xen domains ended,
 * however the tool ends.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "base/cleanup.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/msg.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define SLOTS    16
#define STUCK_S  5.0           /* after SIGKILL */
#define FOLDER   "limpet-tmp." /* and six characters; no user calls a folder so */
#define ATTEMPTS 10

volatile sig_atomic_t interrupted;

static struct {
    pid_t pid;
    int group;
} children[SLOTS];
static struct {
    char *path;
    int lock; /* the folder, open and locked while it is in use */
} folders[SLOTS];
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

static void remove_all(const char *dir) { nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

void cleanup_remove(const char *dir)
{
    for (int i = 0; i < SLOTS; i++)
        if (folders[i].path && !strcmp(folders[i].path, dir)) {
            remove_all(dir);
            close(folders[i].lock);
            free(folders[i].path);
            folders[i].path = NULL;
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
        if (folders[i].path)
            remove_all(folders[i].path);
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

/* Opens a folder of ours and locks it. wait: until it is free. Returns a descriptor, or -1. */
static int lock_folder(const char *path, bool wait)
{
    struct stat st, now;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd >= 0 && !fstat(fd, &st) && st.st_uid == geteuid() &&
        !flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) && !lstat(path, &now) &&
        st.st_dev == now.st_dev && st.st_ino == now.st_ino)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* Removes what a tool (or limpet-cc) that was killed left: folders of ours that nobody has locked.
 */
static void sweep(const char *base)
{
    DIR *d = opendir(base);
    const struct dirent *entry;

    while (d && (entry = readdir(d))) {
        char *path;
        int fd;

        if (fnmatch(FOLDER "??????", entry->d_name, 0))
            continue;
        path = xasprintf("%s/%s", base, entry->d_name);
        fd = lock_folder(path, false);
        if (fd >= 0) {
            remove_all(path);
            close(fd);
        }
        free(path);
    }
    if (d)
        closedir(d);
}

/* Where temporary folders go; from says whose word that is. */
static const char *base_folder(const char **from)
{
    const char *base = getenv("TMPDIR");

    *from = base && base[0] ? " (TMPDIR)" : "";
    return base && base[0] ? base : "/tmp";
}

char *cleanup_tmpdir(void)
{
    static bool swept;
    const char *from, *base = base_folder(&from);
    char *name = NULL, *path = NULL;
    int slot = 0, fd = -1;

    if (!swept)
        sweep(base);
    swept = true;
    while (slot < SLOTS && folders[slot].path)
        slot++;
    /* Another tool's sweep may take it away before it is locked. */
    for (int i = 0; i < ATTEMPTS && fd < 0; i++) {
        free(name);
        name = xasprintf("%s/" FOLDER "XXXXXX", base);
        if (slot == SLOTS || !mkdtemp(name))
            break;
        fd = lock_folder(name, true);
    }
    path = fd < 0 ? NULL : realpath(name, NULL);
    if (path) {
        folders[slot].path = xstrdup(path);
        folders[slot].lock = fd;
    } else {
        warn("cannot make a temporary folder in %s%s: %s", base, from, strerror(errno));
    }
    free(name);
    return path;
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
