/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing several pieces of memory by one call; at a place of the file's too. */
#ifndef _SYS_UIO_H
#define _SYS_UIO_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct iovec {
    void *iov_base;
    size_t iov_len; /* bytes */
};

/* n: at most IOV_MAX. */
ssize_t readv(int fd, const struct iovec *pieces, int n);
ssize_t writev(int fd, const struct iovec *pieces, int n);
ssize_t preadv(int fd, const struct iovec *pieces, int n, off_t at);
ssize_t pwritev(int fd, const struct iovec *pieces, int n, off_t at);

#ifdef __cplusplus
}
#endif
#endif
