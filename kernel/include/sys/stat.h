/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's <sys/stat.h>, and what it declares for other systems only. */
#include_next <sys/stat.h>

#ifndef _LIMPET_SYS_STAT_H
#define _LIMPET_SYS_STAT_H

#ifdef __cplusplus
extern "C" {
#endif

/* In tv_nsec of utimensat() and futimens(): the time is now; it stays what it was. */
#define UTIME_NOW  (-2L)
#define UTIME_OMIT (-1L)

int lstat(const char *__restrict path, struct stat *__restrict st);

#ifdef __cplusplus
}
#endif
#endif
