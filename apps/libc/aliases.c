/* SPDX-License-Identifier: BSD-2-Clause */
/* What glibc has under a second name: there is one user, and one language. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <time.h>

char *secure_getenv(const char *name) { return getenv(name); }

char *strptime_l(const char *restrict text, const char *restrict format, struct tm *restrict time,
                 locale_t locale)
{
    (void)locale;
    return strptime(text, format, time);
}
