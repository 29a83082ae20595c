/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs this, and on what: one user, root, who is alone; one process, of number 1. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int getlogin_r(char *name, size_t size); /* newlib: only where threads are asked for */

static const char host[] = "limpet";

uid_t getuid(void) { return 0; }

uid_t geteuid(void) { return 0; }

gid_t getgid(void) { return 0; }

gid_t getegid(void) { return 0; }

pid_t getppid(void) { return 0; }

pid_t getpgrp(void) { return getpid(); }

static pid_t own_or_none(pid_t pid)
{
    if (pid == 0 || pid == getpid())
        return getpid();
    errno = ESRCH;
    return -1;
}

pid_t getpgid(pid_t pid) { return own_or_none(pid); }

pid_t getsid(pid_t pid) { return own_or_none(pid); }

int getgroups(int size, gid_t *groups)
{
    if (size > 0)
        groups[0] = 0;
    return 1;
}

int gethostname(char *name, size_t size)
{
    if (size < sizeof host) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, host, sizeof host);
    return 0;
}

int getlogin_r(char *name, size_t size)
{
    if (size < sizeof "root")
        return ERANGE;
    memcpy(name, "root", sizeof "root");
    return 0;
}

char *getlogin(void)
{
    static char name[] = "root";
    return name;
}

int uname(struct utsname *u)
{
    *u = (struct utsname){"Limpet", "limpet", "1", "1", "x86_64"};
    return 0;
}
