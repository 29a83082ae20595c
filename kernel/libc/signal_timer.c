/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Timers that tell by a signal or a thread: timer_create(), alarm(), setitimer(). A thread of the
 * kernel's own, made with the first of them, sleeps until the next one's time and sends.
 */
#include "libc/signals.h"
#include "base/time.h"
#include "sched/smp.h"
#include <errno.h>
#include <limits.h>
#include <sys/_cpu_time.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ITIMERS     3              /* ITIMER_REAL, alarm()'s too, ITIMER_VIRTUAL, ITIMER_PROF */
#define TIMERS      (ITIMERS + 64) /* TIMER_MAX, and those */
#define OVERRUN_MAX INT_MAX
#define SECOND      1000000000ull
#define LOOK_NS     1000000ull /* at a clock of CPU time: at most so often */

/* The first are alarm()'s and setitimer()'s. */
static struct timer {
    bool used;
    clockid_t clock;
    struct sigevent event;
    bool of_wall;      /* the deadline follows what CLOCK_REALTIME is set to */
    uint64_t deadline; /* ns, monotonic or of CPU time; NO_DEADLINE: it is not armed */
    uint64_t interval; /* ns; 0: once */
    int overrun;       /* of the signal that was sent last: expirations while it was pending */
    struct queued queued;
} timers[TIMERS];
static struct mutex mutex;
static uint32_t changes; /* futex */
static bool started;

static bool is_of_cpu_time(const struct timer *t)
{
    return t->clock != 0 && t->clock != CLOCK_REALTIME && t->clock != CLOCK_MONOTONIC;
}

/* By the timer's clock. That of a thread that has ended stands still. */
static uint64_t now_of(const struct timer *t)
{
    uint64_t ns = 0;
    if (!is_of_cpu_time(t))
        return time_now();
    return __timer_cpu_time(t->clock, &ns) == 0 ? ns : 0;
}

/* When to look at it, by time_now(): CPU time passes as fast as CPUs run, at most. */
static uint64_t look_at(const struct timer *t, uint64_t now)
{
    if (!is_of_cpu_time(t) || t->deadline == NO_DEADLINE)
        return t->deadline;
    uint64_t fastest = t->clock == CLOCK_PROCESS_CPUTIME_ID ? smp_count() : 1;
    uint64_t wait = (t->deadline - now) / fastest;
    return time_now() + (wait > LOOK_NS ? wait : LOOK_NS);
}

static int sum(int overrun, uint64_t n)
{
    return n < (uint64_t)(OVERRUN_MAX - overrun) ? overrun + (int)n : OVERRUN_MAX;
}

/* Its time has come, n times. */
static void expire(struct timer *t, uint64_t n)
{
    if (t->event.sigev_notify == SIGEV_THREAD)
        signal_start_thread(&t->event);
    if (t->event.sigev_notify != SIGEV_SIGNAL)
        return;
    unsigned long flags = lock_take(&signal_lock);
    bool pending = t->queued.listed;
    if (pending)
        t->queued.info.si_overrun = t->overrun = sum(t->overrun, n);
    lock_drop(&signal_lock, flags);
    if (pending)
        return;
    const siginfo_t info = {.si_signo = t->event.sigev_signo,
                            .si_code = t < timers + ITIMERS ? SI_KERNEL : SI_TIMER,
                            .si_value = t->event.sigev_value,
                            .si_timerid = (int)(t - timers),
                            .si_overrun = sum(0, n - 1)};
    t->queued.own = true;
    t->queued.info.si_signo = 0;
    signal_send(&info, &t->queued);
    if (t->queued.info.si_signo != 0) /* else it is ignored: of the last one there was it stays */
        t->overrun = info.si_overrun;
}

/* Tells of what is due; the next one's time. */
static uint64_t look(void)
{
    uint64_t first = NO_DEADLINE;
    for (struct timer *t = timers; t < timers + TIMERS; t++) {
        if (!t->used || t->deadline == NO_DEADLINE)
            continue;
        uint64_t now = now_of(t);
        if (t->deadline <= now) {
            uint64_t n = t->interval != 0 ? (now - t->deadline) / t->interval + 1 : 1;
            t->deadline = t->interval != 0 ? t->deadline + n * t->interval : NO_DEADLINE;
            expire(t, n);
        }
        uint64_t next = look_at(t, now);
        if (next < first)
            first = next;
    }
    return first;
}

static void timer_thread(void *unused)
{
    (void)unused;
    for (;;) {
        uint32_t seen = __atomic_load_n(&changes, __ATOMIC_ACQUIRE);
        mutex_lock(&mutex);
        uint64_t first = look();
        mutex_unlock(&mutex);
        futex_wait(&changes, seen, first);
    }
}

/* What the thread's local says of its signals: all blocked, lest one is sent to it. */
static void begin(void *local)
{
    (void)local;
    static struct local own;
    struct thread *t = thread_self();
    own.reent = _GLOBAL_REENT;
    own.pthread = &pthread_main;
    own.signals_joined = true;
    own.signals.mask = ALL;
    t->local = &own;
    timer_thread(0);
}

static void tell_thread(void)
{
    __atomic_add_fetch(&changes, 1, __ATOMIC_RELEASE);
    futex_wake(&changes, 1);
}

/* CLOCK_REALTIME was set forward. */
static void follow_wall(int64_t by)
{
    mutex_lock(&mutex);
    for (struct timer *t = timers; t < timers + TIMERS; t++)
        if (t->used && t->of_wall && t->deadline != NO_DEADLINE) {
            int64_t deadline = (int64_t)t->deadline - by;
            t->deadline = deadline > 0 ? (uint64_t)deadline : 0;
        }
    mutex_unlock(&mutex);
    tell_thread();
}

static int start(void)
{
    struct thread *t;
    if (started)
        return 0;
    if (thread_create(begin, 0, STACK_DEFAULT, 0, SCHEDULED(SCHED_FIFO, PRIORITY_MOST), &t) != 0)
        return EAGAIN;
    time_was_set = follow_wall;
    started = true;
    return 0;
}

static uint64_t to_ns(const struct timespec *t)
{
    uint64_t ns;
    return __builtin_mul_overflow((uint64_t)t->tv_sec, SECOND, &ns) ||
                   __builtin_add_overflow(ns, (uint64_t)t->tv_nsec, &ns) || ns > NO_DEADLINE / 2
               ? NO_DEADLINE / 2
               : ns;
}

static struct timespec to_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / SECOND), (long)(ns % SECOND)};
}

/* What is left of it, and how often. The mutex is held. */
static void get(const struct timer *t, uint64_t *left, uint64_t *interval)
{
    uint64_t now = now_of(t);
    *interval = t->interval;
    *left = t->deadline == NO_DEADLINE ? 0 : t->deadline > now ? t->deadline - now : 1;
}

static struct timer *find(timer_t id)
{
    uintptr_t i = (uintptr_t)id;
    return i >= ITIMERS && i < TIMERS && timers[i].used ? &timers[i] : 0;
}

/* NULL: no image that counts CPU time. */
int (*__timer_cpu_time)(clockid_t clock, uint64_t *ns);

int __timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict id)
{
    uint64_t ns;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC &&
        (__timer_cpu_time == 0 || __timer_cpu_time(clock, &ns) != 0))
        return signal_result(EINVAL);
    if (event != 0 && !signal_event_is_valid(event))
        return signal_result(EINVAL);
    mutex_lock(&mutex);
    struct timer *t = timers + ITIMERS;
    while (t < timers + TIMERS && (t->used || t->queued.listed))
        t++;
    int error = t == timers + TIMERS ? EAGAIN : start();
    if (error == 0) {
        *t = (struct timer){.used = true, .clock = clock, .deadline = NO_DEADLINE};
        if (event != 0)
            t->event = *event;
        else
            t->event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL,
                                         .sigev_signo = SIGALRM,
                                         .sigev_value.sival_int = (int)(t - timers)};
        *id = (timer_t)(t - timers);
    }
    mutex_unlock(&mutex);
    return signal_result(error);
}

int timer_delete(timer_t id)
{
    mutex_lock(&mutex);
    struct timer *t = find(id);
    if (t != 0)
        t->used = false;
    mutex_unlock(&mutex);
    return signal_result(t != 0 ? 0 : EINVAL);
}

static bool is_time(const struct timespec *t)
{
    return t->tv_sec >= 0 && t->tv_nsec >= 0 && t->tv_nsec < (long)SECOND;
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict value,
                  struct itimerspec *restrict old)
{
    const struct timespec *at = &value->it_value, *every = &value->it_interval;
    bool arms = at->tv_sec != 0 || at->tv_nsec != 0;
    if (!is_time(at) || (arms && !is_time(every)))
        return signal_result(EINVAL);
    mutex_lock(&mutex);
    struct timer *t = find(id);
    if (t != 0) {
        uint64_t left, interval, ns = to_ns(at);
        get(t, &left, &interval);
        if (old != 0)
            *old = (struct itimerspec){to_timespec(interval), to_timespec(left)};
        t->of_wall = flags & TIMER_ABSTIME && t->clock == CLOCK_REALTIME;
        uint64_t base = t->of_wall ? time_wall_base() : 0;
        t->deadline = !arms                   ? NO_DEADLINE
                      : flags & TIMER_ABSTIME ? (ns > base ? ns - base : 0)
                                              : now_of(t) + ns;
        t->interval = arms ? to_ns(every) : 0;
        t->overrun = 0;
    }
    mutex_unlock(&mutex);
    tell_thread();
    return signal_result(t != 0 ? 0 : EINVAL);
}

int timer_gettime(timer_t id, struct itimerspec *value)
{
    uint64_t left, interval;
    mutex_lock(&mutex);
    const struct timer *t = find(id);
    if (t != 0) {
        get(t, &left, &interval);
        *value = (struct itimerspec){to_timespec(interval), to_timespec(left)};
    }
    mutex_unlock(&mutex);
    return signal_result(t != 0 ? 0 : EINVAL);
}

int timer_getoverrun(timer_t id)
{
    mutex_lock(&mutex);
    const struct timer *t = find(id);
    int overrun = t != 0 ? t->overrun : signal_result(EINVAL);
    mutex_unlock(&mutex);
    return overrun;
}

/* alarm() and setitimer(): in ns; what was before. False: there is no memory for the thread. */
static bool set_alarm(int which, uint64_t ns, uint64_t interval, uint64_t *left, uint64_t *before)
{
    static const int signals[ITIMERS] = {SIGALRM, SIGVTALRM, SIGPROF};
    struct timer *t = &timers[which];
    mutex_lock(&mutex);
    if (!t->used)
        *t = (struct timer){.used = true,
                            .clock = which != ITIMER_REAL ? CLOCK_PROCESS_CPUTIME_ID : 0,
                            .deadline = NO_DEADLINE,
                            .event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = signals[which]}};
    get(t, left, before);
    bool done = ns == 0 || start() == 0;
    if (done) {
        t->deadline = ns != 0 ? now_of(t) + ns : NO_DEADLINE;
        t->interval = interval;
    }
    mutex_unlock(&mutex);
    if (started)
        tell_thread();
    return done;
}

unsigned alarm(unsigned seconds)
{
    uint64_t left, before;
    set_alarm(ITIMER_REAL, seconds * SECOND, 0, &left, &before);
    uint64_t rounded = (left + SECOND / 2) / SECOND; /* none that is left is told as 0 */
    return left != 0 && rounded == 0 ? 1 : (unsigned)rounded;
}

useconds_t ualarm(useconds_t us, useconds_t interval)
{
    uint64_t left, before;
    set_alarm(ITIMER_REAL, us * 1000ull, interval * 1000ull, &left, &before);
    return (useconds_t)((left + 999) / 1000);
}

static struct itimerval to_itimerval(uint64_t left, uint64_t interval)
{
    return (struct itimerval){
        {(time_t)(interval / SECOND), (suseconds_t)(interval % SECOND / 1000)},
        {(time_t)(left / SECOND), (suseconds_t)((left % SECOND + 999) / 1000 % 1000000)}};
}

static bool is_valid(const struct timeval *t)
{
    return t->tv_sec >= 0 && t->tv_usec >= 0 && t->tv_usec < 1000000;
}

static bool is_itimer(int which) { return which >= 0 && which < ITIMERS; }

/* Of CPU time both others: no time of a process is the system's. */
int __setitimer(int which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
    uint64_t left, before;
    if (!is_itimer(which) || !is_valid(&value->it_value) || !is_valid(&value->it_interval))
        return signal_result(EINVAL);
    const struct timeval *at = &value->it_value, *every = &value->it_interval;
    uint64_t ns = (uint64_t)at->tv_sec * SECOND + (uint64_t)at->tv_usec * 1000;
    if (!set_alarm(which, ns, (uint64_t)every->tv_sec * SECOND + (uint64_t)every->tv_usec * 1000,
                   &left, &before))
        return signal_result(EAGAIN);
    if (old != 0)
        *old = to_itimerval(left, before);
    return 0;
}

int getitimer(int which, struct itimerval *value)
{
    uint64_t left = 0, interval = 0;
    if (!is_itimer(which))
        return signal_result(EINVAL);
    mutex_lock(&mutex);
    if (timers[which].used)
        get(&timers[which], &left, &interval);
    mutex_unlock(&mutex);
    *value = to_itimerval(left, interval);
    return 0;
}
