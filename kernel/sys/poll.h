/* SPDX-License-Identifier: BSD-2-Clause */
/* What poll() and select() do, by a length of time: NULL: for ever. How many are ready, or -errno.
 */
#ifndef KERNEL_POLL_H
#define KERNEL_POLL_H

#include <poll.h>
#include <sys/select.h>

int poll_for(struct pollfd *fds, nfds_t n, const struct timespec *t);
int select_for(int n, fd_set *in, fd_set *out, fd_set *except, const struct timespec *t);

#endif
