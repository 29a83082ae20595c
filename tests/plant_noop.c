/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls that do nothing and say that all is well: which one, the variable NOOP tells. Suite micro
 * is linked with these in place of the calls, and has to find each out. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limpet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <unistd.h>

static int is(const char *name)
{
    const char *noop = getenv("NOOP");
    return noop != NULL && strcmp(noop, name) == 0;
}

#define PLANT(type, name, parameters, arguments, instead)                                          \
    type planted_##name parameters;                                                                \
    type planted_##name parameters { return is(#name) ? (instead) : name arguments; }

PLANT(int, read, (int fd, void *to, size_t n), (fd, to, n), (int)n)
PLANT(int, write, (int fd, const void *from, size_t n), (fd, from, n), (int)n)
PLANT(int, stat, (const char *path, struct stat *s), (path, s), 0)
PLANT(int, fstat, (int fd, struct stat *s), (fd, s), 0)
PLANT(int, close, (int fd), (fd), 0)
PLANT(int, creat, (const char *path, mode_t mode), (path, mode), 9)
PLANT(int, unlink, (const char *path), (path), 0)
PLANT(int, select, (int n, fd_set *in, fd_set *out, fd_set *other, struct timeval *t),
      (n, in, out, other, t), 0)
PLANT(int, poll, (struct pollfd * fds, nfds_t n, int t), (fds, n, t), (int)n)
PLANT(int, sigaction, (int number, const struct sigaction *to, struct sigaction *from),
      (number, to, from), 0)
PLANT(int, kill, (pid_t pid, int number), (pid, number), 0)
PLANT(int, raise, (int number), (number), 0)
PLANT(int, mprotect, (void *at, size_t n, int rights), (at, n, rights), 0)
PLANT(int, munmap, (void *at, size_t n), (at, n), 0)
PLANT(int, pthread_create,
      (pthread_t * t, const pthread_attr_t *a, void *(*f)(void *), void *argument),
      (t, a, f, argument), 0)
PLANT(int, pthread_mutex_lock, (pthread_mutex_t * m), (m), 0)
PLANT(void *, memcpy, (void *to, const void *from, size_t n), (to, from, n), to)
PLANT(void *, memset, (void *to, int c, size_t n), (to, c, n), to)
PLANT(uint32_t, limpet_turns, (void), (), 0)

/* Pages that are there already, so that no touch is a fault. */
void *planted_mmap(void *at, size_t n, int rights, int flags, int fd, off_t offset);
void *planted_mmap(void *at, size_t n, int rights, int flags, int fd, off_t offset)
{
    return mmap(at, n, rights, flags | (is("mmap") ? MAP_POPULATE : 0), fd, offset);
}

void planted_pthread_testcancel(void);
void planted_pthread_testcancel(void)
{
    if (!is("pthread_testcancel"))
        pthread_testcancel();
}
