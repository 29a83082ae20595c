/* SPDX-License-Identifier: BSD-2-Clause */
/* <utime.h>'s contents. */
#ifndef _SYS_UTIME_H
#define _SYS_UTIME_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct utimbuf {
    time_t actime;  /* seconds since 1970: of the last access */
    time_t modtime; /* of the last change */
};

int utime(const char *path, const struct utimbuf *times);

#ifdef __cplusplus
}
#endif
#endif
