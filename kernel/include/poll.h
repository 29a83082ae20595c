/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting until files can be read or written. The numbers are Linux'. */
#ifndef _POLL_H
#define _POLL_H

#include <sys/_sigset.h>
#include <sys/_timespec.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define POLLIN     0x001
#define POLLPRI    0x002 /* no file here has urgent data */
#define POLLOUT    0x004
#define POLLERR    0x008 /* told unasked, as the next two: nobody will read what is written */
#define POLLHUP    0x010 /* nobody writes any more */
#define POLLNVAL   0x020 /* no open descriptor */
#define POLLRDNORM 0x040
#define POLLRDBAND 0x080
#define POLLWRNORM 0x100
#define POLLWRBAND 0x200

typedef unsigned long nfds_t;

struct pollfd {
    int fd; /* negative: passed over */
    short events, revents;
};

/* timeout: milliseconds; negative: none. How many have revents; 0: the time is over. */
int poll(struct pollfd *fds, nfds_t n, int timeout);

#if __GNU_VISIBLE || __POSIX_VISIBLE >= 202405
/* timeout: NULL: none. mask: the thread's signal mask meanwhile; NULL: as it is. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const __sigset_t *mask);
#endif

#ifdef __cplusplus
}
#endif
#endif
