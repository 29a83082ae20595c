/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * newlib's time.h and the rest of POSIX': clocks that can be set, clocks of CPU time, sleep by any
 * of them. Functions that begin with clock_ or timer_ return -1 with errno, those that say so an
 * error number. Clocks: CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID,
 * CLOCK_THREAD_CPUTIME_ID, and what clock_getcpuclockid() and pthread_getcpuclockid() tell; Linux'
 * others can be read, and are one of the first two.
 */
#include_next <time.h>
#ifndef LIMPET_TIME_H
#define LIMPET_TIME_H

#ifdef __cplusplus
extern "C" {
#endif

struct sigevent;

#if __POSIX_VISIBLE
/* CLOCK_REALTIME only, to no earlier than this machine has been running since 1970: else EINVAL.
 * Who sleeps until a time of that clock, and timers, follow; timed waits of <pthread.h> and
 * <semaphore.h> that have begun do not. */
int clock_settime(clockid_t clock, const struct timespec *t);
#endif

#if __XSI_VISIBLE
/* By the formats of strptime() in the file that $DATEMSK names. NULL, and what getdate_err says. */
struct tm *getdate(const char *text);
extern int getdate_err; /* 1: no DATEMSK, 2: no such file, 5: it cannot be read, 7: no line fits */
#endif

#if __ISO_C_VISIBLE >= 2011 || __cplusplus >= 201703L || __GNU_VISIBLE
#define TIME_UTC 1
int timespec_get(struct timespec *t, int base); /* base, or 0: there is only TIME_UTC */
#endif

#if __BSD_VISIBLE || __GNU_VISIBLE
/* The inverse of gmtime(): what mktime() is of localtime(). (time_t)-1 with EOVERFLOW: the year
 * does not fit an int. */
time_t timegm(struct tm *t);
#endif

/*
 * CPU time is only counted in images that may ask for it: those with a reference to clock_gettime,
 * clock_nanosleep, timer_create, clock, times, getrusage or a function that tells of such a clock.
 * A call with another clock in so many words, as CLOCK_MONOTONIC, is none: when it optimizes, the
 * compiler makes one of these of it, which know no CPU time.
 */
#ifdef _POSIX_TIMERS
int __clock_gettime(clockid_t clock, struct timespec *t);
int __clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                      struct timespec *left); /* an error number */
int __timer_create(clockid_t clock, struct sigevent *__restrict event, timer_t *__restrict id);
#endif

#if defined __OPTIMIZE__ && defined _POSIX_TIMERS && defined _POSIX_CPUTIME
#define __clock_is_plain(clock)                                                                    \
    (__builtin_constant_p(clock) && (clock) < 10 && (clock) != CLOCK_PROCESS_CPUTIME_ID &&         \
     (clock) != CLOCK_THREAD_CPUTIME_ID)
#define __clock_inline extern __inline __attribute__((__gnu_inline__, __always_inline__))

int __clock_gettime_any(clockid_t clock, struct timespec *t) __asm__("clock_gettime");
__clock_inline int clock_gettime(clockid_t clock, struct timespec *t)
{
    return __clock_is_plain(clock) ? __clock_gettime(clock, t) : __clock_gettime_any(clock, t);
}

int __clock_nanosleep_any(clockid_t clock, int flags, const struct timespec *wanted,
                          struct timespec *left) __asm__("clock_nanosleep");
__clock_inline int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                                   struct timespec *left)
{
    return __clock_is_plain(clock) ? __clock_nanosleep(clock, flags, wanted, left)
                                   : __clock_nanosleep_any(clock, flags, wanted, left);
}

int __timer_create_any(clockid_t clock, struct sigevent *__restrict event,
                       timer_t *__restrict id) __asm__("timer_create");
__clock_inline int timer_create(clockid_t clock, struct sigevent *__restrict event,
                                timer_t *__restrict id)
{
    return __clock_is_plain(clock) ? __timer_create(clock, event, id)
                                   : __timer_create_any(clock, event, id);
}
#undef __clock_inline
#endif

#ifdef __cplusplus
}
#endif

#endif
