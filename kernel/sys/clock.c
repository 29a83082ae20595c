/* SPDX-License-Identifier: BSD-2-Clause */
/* The clocks of time itself, and sleep by them; those of CPU time are in libc/cpu_time.c. */
#define _GNU_SOURCE
#include "base/time.h"
#include "sched/interruption.h"
#include "sched/sched.h"
#include <errno.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ull

static struct timespec to_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
}

static int fail(int error)
{
    errno = error;
    return -1;
}

/* Looks the clock up, or says no. Linux' others are none of their own. */
static __attribute__((noinline)) int other_clock(clockid_t clock, struct timespec *t)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *t = to_timespec(time_wall());
        return 0;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
        *t = to_timespec(time_now());
        return 0;
    default:
        return fail(EINVAL);
    }
}

int __clock_gettime(clockid_t clock, struct timespec *t)
{
    uint64_t base = clock == CLOCK_REALTIME ? time_base : 0;
    if (time_scale == NO_SCALE || base == NO_BASE ||
        (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME))
        return other_clock(clock, t);
    *t = to_timespec(base + time_scaled());
    return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    (void)zone;
    uint64_t ns = time_wall();
    *t = (struct timeval){(time_t)(ns / SECOND), (suseconds_t)(ns / 1000 % 1000000)};
    return 0;
}

int clock_settime(clockid_t clock, const struct timespec *t)
{
    uint64_t ns;
    if (clock != CLOCK_REALTIME || t->tv_nsec < 0 || t->tv_nsec >= (long)SECOND || t->tv_sec < 0 ||
        __builtin_mul_overflow((uint64_t)t->tv_sec, SECOND, &ns) || ns >= NO_DEADLINE / 2 ||
        !time_set_wall(ns + (uint64_t)t->tv_nsec))
        return fail(EINVAL);
    futex_wake(&time_settings, UINT32_MAX);
    return 0;
}

/* Is it a length of time, or a time since 1970? */
static bool is_valid(const struct timespec *t)
{
    return t->tv_nsec >= 0 && t->tv_nsec < (long)SECOND && t->tv_sec >= 0;
}

/* After a time from now, which may be later than the clock goes. */
static uint64_t deadline_after(const struct timespec *t, uint64_t now)
{
    uint64_t limit = (NO_DEADLINE - now) / SECOND - 1;
    uint64_t seconds = (uint64_t)t->tv_sec < limit ? (uint64_t)t->tv_sec : limit;
    return now + seconds * SECOND + (uint64_t)t->tv_nsec;
}

static int sleep_for(const struct timespec *wanted, struct timespec *left)
{
    uint64_t deadline = deadline_after(wanted, time_now());
    while (thread_sleep_interruptible(deadline) == -EINTR)
        if (thread_handled_at_point() != HANDLED_NONE) {
            uint64_t now = time_now();
            if (left != 0)
                *left = to_timespec(deadline > now ? deadline - now : 0);
            return EINTR;
        }
    if (left != 0)
        *left = (struct timespec){0, 0};
    return 0;
}

/* The clock may be set meanwhile. */
static int sleep_until_wall(uint64_t wall)
{
    for (;;) {
        uint32_t seen = __atomic_load_n(&time_settings, __ATOMIC_ACQUIRE);
        uint64_t base = time_wall_base();
        if (time_now() + base >= wall)
            return 0;
        if (futex_wait_interruptible(&time_settings, seen, wall - base) == -EINTR &&
            thread_handled_at_point() != HANDLED_NONE)
            return EINTR;
    }
}

static int sleep_until(uint64_t deadline)
{
    while (thread_sleep_interruptible(deadline) == -EINTR)
        if (thread_handled_at_point() != HANDLED_NONE)
            return EINTR;
    return 0;
}

int __clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                      struct timespec *left)
{
    if (!is_valid(wanted) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC))
        return EINVAL;
    if (!(flags & TIMER_ABSTIME))
        return sleep_for(wanted, left);
    uint64_t at = deadline_after(wanted, 0);
    return clock == CLOCK_REALTIME ? sleep_until_wall(at) : sleep_until(at);
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    if (!is_valid(wanted))
        return fail(EINVAL);
    int error = sleep_for(wanted, left);
    return error != 0 ? fail(error) : 0;
}

int usleep(useconds_t us)
{
    return nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000}, 0);
}

/* What is left of it, rounded up, when a handler has broken it off. */
unsigned sleep(unsigned seconds)
{
    struct timespec left;
    nanosleep(&(struct timespec){seconds, 0}, &left);
    return (unsigned)left.tv_sec + (left.tv_nsec != 0);
}
