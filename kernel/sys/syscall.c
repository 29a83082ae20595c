/* SPDX-License-Identifier: BSD-2-Clause */
/* The process and its end, time, facts. */
#include "arch.h"
#include "base/console.h"
#include "mm/page.h"
#include "base/panic.h"
#include "base/platform.h"
#include "sched/interruption.h"
#include "sched/sched.h"
#include "base/stop.h"
#include "base/time.h"
#include "mm/vm.h"
#include "sched/mutex.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

/* The process. */

pid_t getpid(void) { return 1; }

/*
 * The last line is put together here: kprintf() is more than three digits deserve. Behind a line
 * that the app left open it comes in carriage returns, by which the host tool knows that this end
 * of a line is ours: an app's output stays what it was.
 */
void _exit(int status)
{
    char line[] = "LIMPET: exit 000\r\n";
    unsigned code = (unsigned)status & 0xff, n = 13;
    if (code >= 100)
        line[n++] = (char)('0' + code / 100);
    if (code >= 10)
        line[n++] = (char)('0' + code / 10 % 10);
    line[n++] = (char)('0' + code % 10);
    cpu_interrupts_off();
    stop_others();
    if (console_line_open()) {
        console_write("\r\n", 2);
        line[n++] = '\r';
    }
    line[n++] = '\n';
    console_write(line, n);
    platform_exit((int)code);
}

/* Memory: the heap's end, moved in steps of its pages; the promise is made here, see region.c. */

/* Time. */

static struct timespec to_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)};
}

/* Looks the clock up, or says no. */
static __attribute__((noinline)) int other_clock(clockid_t clock, struct timespec *t)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        errno = EINVAL;
        return -1;
    }
    *t = to_timespec(clock == CLOCK_REALTIME ? time_wall() : time_now());
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    uint64_t base = clock == CLOCK_REALTIME ? time_base : 0;
    if (time_scale == NO_SCALE || base == NO_BASE ||
        (clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME))
        return other_clock(clock, t);
    *t = to_timespec(base + time_scaled());
    return 0;
}

int clock_getres(clockid_t clock, struct timespec *t)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        errno = EINVAL;
        return -1;
    }
    if (t != 0)
        *t = (struct timespec){0, 1};
    return 0;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    (void)zone;
    uint64_t ns = time_wall();
    *t = (struct timeval){(time_t)(ns / 1000000000), (suseconds_t)(ns / 1000 % 1000000)};
    return 0;
}

clock_t times(struct tms *t)
{
    clock_t ticks = (clock_t)(time_now() / (1000000000 / CLOCKS_PER_SEC));
    *t = (struct tms){.tms_utime = ticks}; /* one process, and it never waits for a disk */
    return ticks;
}

int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    if (wanted->tv_nsec < 0 || wanted->tv_nsec >= 1000000000 || wanted->tv_sec < 0) {
        errno = EINVAL;
        return -1;
    }
    uint64_t now = time_now(), limit = (NO_DEADLINE - now) / 1000000000 - 1;
    uint64_t seconds = (uint64_t)wanted->tv_sec < limit ? (uint64_t)wanted->tv_sec : limit;
    uint64_t deadline = now + seconds * 1000000000 + (uint64_t)wanted->tv_nsec;
    while (thread_sleep_interruptible(deadline) == -EINTR)
        if (thread_handled_at_point() != HANDLED_NONE) {
            now = time_now();
            if (left != 0)
                *left = to_timespec(deadline > now ? deadline - now : 0);
            errno = EINTR;
            return -1;
        }
    if (left != 0)
        *left = (struct timespec){0, 0};
    return 0;
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

int sched_yield(void)
{
    if (!sched_alone())
        sched_yield_now();
    return 0;
}

/* Facts. */

int getpagesize(void) { return (int)PAGE_SIZE; }

/* Where the CPU has no entropy there is none here, and we do not pretend. */
int getentropy(void *buf, size_t n)
{
    uint8_t *out = buf;
    if (n > 256 || !arch_has_entropy()) {
        errno = n > 256 ? EIO : ENOSYS;
        return -1;
    }
    while (n > 0) {
        uint64_t word = cpu_entropy();
        bool have = word != 0;
        for (int i = 0; have && i < 8 && n > 0; i++, n--, word >>= 8)
            *out++ = (uint8_t)word;
    }
    return 0;
}
