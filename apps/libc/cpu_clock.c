/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tells of CPU time. It is counted because of this file: an image has it where one of these
 * functions is referred to, and then limpet_switch() here takes the kernel's place (time.h).
 */
#include <errno.h>
#include <pthread.h>
#include <sys/_cpu_time.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000ul

void limpet_switch(uint64_t *save, uint64_t next, bool idle);
void limpet_switch(uint64_t *save, uint64_t next, bool idle)
{
    limpet_switch_counted(save, next, idle);
}

static int result(int error)
{
    if (error == 0)
        return 0;
    errno = error == ESRCH ? EINVAL : error;
    return -1;
}

static int is_plain(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC; }

static uint64_t process_time(void)
{
    uint64_t ns;
    __cpu_time(CLOCK_PROCESS_CPUTIME_ID, &ns);
    return ns;
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
    uint64_t ns;
    int error = is_plain(clock) ? EINVAL : __cpu_time(clock, &ns);
    if (error == EINVAL)
        return __clock_gettime(clock, t);
    if (error == 0)
        *t = (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
    return result(error);
}

int clock_getres(clockid_t clock, struct timespec *t)
{
    struct timespec now;
    if (clock_gettime(clock, &now) != 0)
        return -1;
    if (t != NULL)
        *t = (struct timespec){0, 1};
    return 0;
}

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    if (pid != 0 && pid != getpid())
        return ESRCH;
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

int pthread_getcpuclockid(pthread_t id, clockid_t *clock)
{
    uint64_t ns;
    *clock = __CPU_CLOCK_OF(id);
    return __cpu_time(*clock, &ns);
}

/* Until a clock of CPU time has come to at, which takes at least as long as if every CPU ran. */
static int sleep_until(clockid_t clock, uint64_t at, uint64_t *left)
{
    uint64_t cpus = clock == CLOCK_PROCESS_CPUTIME_ID ? (uint64_t)sysconf(_SC_NPROCESSORS_ONLN) : 1;
    uint64_t now;
    int error;
    *left = 0;
    while ((error = __cpu_time(clock, &now)) == 0 && now < at) {
        uint64_t wait = (at - now) / cpus + 1;
        const struct timespec t = {(time_t)(wait / SECOND), (long)(wait % SECOND)};
        *left = at - now;
        error = __clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
        if (error != 0)
            break;
    }
    return error == ESRCH ? EINVAL : error;
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wanted,
                    struct timespec *left)
{
    uint64_t now, at, rest;
    if (is_plain(clock))
        return __clock_nanosleep(clock, flags, wanted, left);
    if (clock == CLOCK_THREAD_CPUTIME_ID || clock == __CPU_CLOCK_OF(pthread_self()) ||
        wanted->tv_sec < 0 || wanted->tv_nsec < 0 || wanted->tv_nsec >= (long)SECOND ||
        __cpu_time(clock, &now) != 0)
        return EINVAL;
    if (__builtin_mul_overflow((uint64_t)wanted->tv_sec, SECOND, &at) ||
        __builtin_add_overflow(at, (uint64_t)wanted->tv_nsec, &at) ||
        (!(flags & TIMER_ABSTIME) && __builtin_add_overflow(at, now, &at)))
        at = UINT64_MAX;
    int error = sleep_until(clock, at, &rest);
    if (error == EINTR && left != NULL && !(flags & TIMER_ABSTIME))
        *left = (struct timespec){(time_t)(rest / SECOND), (long)(rest % SECOND)};
    return error;
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict id)
{
    __timer_cpu_time = __cpu_time;
    return __timer_create(clock == CLOCK_THREAD_CPUTIME_ID ? __CPU_CLOCK_OF(pthread_self()) : clock,
                          event, id);
}

int setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    __timer_cpu_time = __cpu_time;
    return __setitimer(which, value, old);
}

/* One process, and it never waits for a disk. */
clock_t times(struct tms *t)
{
    struct timespec now;
    *t = (struct tms){.tms_utime = clock()};
    __clock_gettime(CLOCK_MONOTONIC, &now);
    return (clock_t)now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (long)(SECOND / CLOCKS_PER_SEC);
}

clock_t clock(void) { return (clock_t)(process_time() / (SECOND / CLOCKS_PER_SEC)); }

int getrusage(int who, struct rusage *usage)
{
    uint64_t ns = 0;
    if (who != RUSAGE_SELF && who != RUSAGE_THREAD && who != RUSAGE_CHILDREN) {
        errno = EINVAL;
        return -1;
    }
    *usage = (struct rusage){.ru_maxrss = 0};
    if (who == RUSAGE_CHILDREN)
        return 0;
    __cpu_time(who == RUSAGE_SELF ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID, &ns);
    struct __usage used = __usage(who == RUSAGE_SELF);
    usage->ru_utime = (struct timeval){(time_t)(ns / SECOND), (suseconds_t)(ns % SECOND / 1000)};
    usage->ru_maxrss = (long)(used.memory / 1024);
    usage->ru_minflt = (long)used.faults;
    usage->ru_nvcsw = (long)used.waits;
    usage->ru_nivcsw = (long)used.preemptions;
    return 0;
}
