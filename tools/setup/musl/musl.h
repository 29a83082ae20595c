/* SPDX-License-Identifier: BSD-2-Clause */
/* What musl's sources take from its own headers, for those that newlib.sh builds with newlib's. */
#define _GNU_SOURCE
#define hidden __attribute__((__visibility__("hidden")))
#define weak   __attribute__((__weak__))
#define weak_alias(old, new)                                                                       \
    extern __typeof(old) new __attribute__((__weak__, __alias__(#old)))
#ifdef LIMPET_MUSL
#include "stream.h"
#endif
#define CHARCLASS_NAME_MAX 14 /* POSIX: at least this */
#ifdef LIMPET_MUSL_MATH
#include <math.h>
#define __signgam (*__signgam()) /* a thread's own: here both the function and what it points to */
#endif
#ifdef LIMPET_MUSL_TIME
/* Zones are what TZ says in POSIX' words: there are no files of them. */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <time.h>
#define index                        zone_index /* which string.h has, too */
#define __tm_gmtoff                  tm_gmtoff
#define __tm_zone                    tm_zone
#define __libc_malloc                malloc
#define __map_file(path, size)       ((void)(path), (const unsigned char *)0)
#define __munmap(start, size)        ((void)0)
#define __nl_langinfo_l(item, where) nl_langinfo(item)
static struct {
    int secure;
} libc __attribute__((unused)); /* no program has rights that its user has not */
extern const char __gmt[];
struct tm *__gmtime_r(const time_t *restrict, struct tm *restrict);
size_t __strftime_l(char *restrict, size_t, const char *restrict, const struct tm *restrict,
                    locale_t);
struct tm *__localtime_r(const time_t *restrict, struct tm *restrict);
#endif
#define __strchrnul strchrnul
