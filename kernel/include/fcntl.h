/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's, and advice on the use of files. */
#include_next <fcntl.h>
#ifndef LIMPET_FCNTL_H
#define LIMPET_FCNTL_H

#ifdef __cplusplus
extern "C" {
#endif

#define POSIX_FADV_NORMAL     0
#define POSIX_FADV_RANDOM     1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED   3
#define POSIX_FADV_DONTNEED   4
#define POSIX_FADV_NOREUSE    5

/* All of a file is in memory, so no advice changes anything. 0, or EBADF, EINVAL, ESPIPE (pipes
 * and the console), which errno is not set to. */
int posix_fadvise(int fd, off_t offset, off_t bytes, int advice);

#ifdef __cplusplus
}
#endif

#endif
