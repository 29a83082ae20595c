/* SPDX-License-Identifier: BSD-2-Clause */
/* newlib's <stdio.h>, and POSIX' names for what it has under others. */
#include_next <stdio.h>

#ifndef LIMPET_STDIO_H
#define LIMPET_STDIO_H

#if __POSIX_VISIBLE >= 200809
#ifdef __cplusplus
extern "C" {
#endif

/* A line, or what ends with that byte, with its end, into *line, malloc()'s, which has *size bytes
 * and grows. How many there are; -1: at the end, or errno. */
ssize_t getline(char **__restrict line, size_t *__restrict size, FILE *__restrict from);
ssize_t getdelim(char **__restrict line, size_t *__restrict size, int end, FILE *__restrict from);

#ifdef __cplusplus
}
#endif
#endif

#endif
