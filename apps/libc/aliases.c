/* SPDX-License-Identifier: BSD-2-Clause */
/* What glibc or POSIX have under a second name: there is one user, and one language. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

char *__xpg_basename(char *path); /* what <libgen.h> calls basename() */
char *basename(char *path);
char *__xpg_basename(char *path) { return basename(path); }

char *canonicalize_file_name(const char *path) { return realpath(path, NULL); }

int clearenv(void)
{
    environ[0] = NULL; /* setenv() knows this array as its own */
    return 0;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int end, FILE *restrict from)
{
    return __getdelim(line, size, end, from);
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict from)
{
    return __getdelim(line, size, '\n', from);
}

char *secure_getenv(const char *name) { return getenv(name); }

char *strptime_l(const char *restrict text, const char *restrict format, struct tm *restrict time,
                 locale_t locale)
{
    (void)locale;
    return strptime(text, format, time);
}
