/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks: of CPU time, of the date, and sleep and timers by any of them. */
#define _GNU_SOURCE
#include "check.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#define FAILS(call, error) ((call) == -1 && errno == (error))
#define MS                 INT64_C(1000000)
#define SECOND             INT64_C(1000000000)
#define TRIES              100 /* where the host may come between, once without it is enough */

static int64_t read_ns(clockid_t clock)
{
    struct timespec t;
    return clock_gettime(clock, &t) == 0 ? t.tv_sec * SECOND + t.tv_nsec : -1;
}

static struct timespec of_ns(int64_t ns) { return (struct timespec){ns / SECOND, ns % SECOND}; }

static void spin_for(int64_t ns)
{
    int64_t end = read_ns(CLOCK_MONOTONIC) + ns;
    while (read_ns(CLOCK_MONOTONIC) < end)
        ;
}

/* Who runs has CPU time; who sleeps has next to none. */
static const char *sleep_is_none(void)
{
    static const clockid_t clocks[] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    for (int i = 0; i < 2; i++) {
        int64_t wall = read_ns(CLOCK_MONOTONIC), cpu = read_ns(clocks[i]);
        EXPECT(cpu > 0);
        spin_for(MS);
        int64_t ran = read_ns(clocks[i]) - cpu;
        EXPECT(ran >= MS / 2 && ran <= read_ns(CLOCK_MONOTONIC) - wall);
        int tries = 0;
        do {
            cpu = read_ns(clocks[i]);
            usleep(20000);
        } while (read_ns(clocks[i]) - cpu > 10 * MS && ++tries < TRIES);
        EXPECT(tries < TRIES);
    }
    return NULL;
}

static int64_t own_time; /* of the thread that ended */
static int go_on, begun; /* what one thread tells another */

static int is_set(const int *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static void set(int *word, int to) { __atomic_store_n(word, to, __ATOMIC_RELEASE); }

static void *spinner(void *unused)
{
    (void)unused;
    set(&begun, 1);
    while (!is_set(&go_on))
        ;
    own_time = read_ns(CLOCK_THREAD_CPUTIME_ID);
    return NULL;
}

static int start_spinner(pthread_t *t)
{
    set(&go_on, 0);
    set(&begun, 0);
    return pthread_create(t, NULL, spinner, NULL);
}

static int end_spinner(pthread_t t)
{
    set(&go_on, 1);
    return pthread_join(t, NULL);
}

static const char *of_another_thread(void)
{
    pthread_t t;
    clockid_t clock, mine, process;
    EXPECT(pthread_getcpuclockid(pthread_self(), &mine) == 0);
    EXPECT(clock_getcpuclockid(0, &process) == 0 && process == CLOCK_PROCESS_CPUTIME_ID);
    EXPECT(clock_getcpuclockid(getpid(), &process) == 0 && clock_getcpuclockid(77, &mine) == ESRCH);
    EXPECT(start_spinner(&t) == 0 && pthread_getcpuclockid(t, &clock) == 0);
    int64_t before = read_ns(clock), own = read_ns(mine);
    while (read_ns(clock) < before + 20 * MS)
        usleep(1000);
    EXPECT(before >= 0 && read_ns(mine) >= own &&
           read_ns(mine) <= read_ns(CLOCK_THREAD_CPUTIME_ID));
    int64_t other = read_ns(clock);
    EXPECT(read_ns(CLOCK_PROCESS_CPUTIME_ID) >= other);
    before = read_ns(CLOCK_PROCESS_CPUTIME_ID);
    EXPECT(end_spinner(t) == 0 && own_time >= other);
    EXPECT(pthread_getcpuclockid(t, &process) == ESRCH && read_ns(clock) == -1 && errno == EINVAL);
    EXPECT(read_ns(CLOCK_PROCESS_CPUTIME_ID) >= before); /* also those that have ended */
    EXPECT(read_ns(CLOCK_PROCESS_CPUTIME_ID) >= own_time + read_ns(CLOCK_THREAD_CPUTIME_ID) - MS);
    return NULL;
}

static int64_t us_of(struct timeval t) { return t.tv_sec * INT64_C(1000000) + t.tv_usec; }

static const char *usage(void)
{
    struct rusage before, after, none, thread;
    EXPECT(FAILS(getrusage(7, &none), EINVAL) && getrusage(RUSAGE_CHILDREN, &none) == 0);
    EXPECT(us_of(none.ru_utime) == 0 && none.ru_maxrss == 0);
    int64_t cpu = read_ns(CLOCK_PROCESS_CPUTIME_ID);
    EXPECT(getrusage(RUSAGE_SELF, &before) == 0 && us_of(before.ru_utime) >= cpu / 1000);
    for (int i = 0; i < 10; i++)
        usleep(1000);
    size_t bytes = 4096 * 1000;
    char *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(pages != MAP_FAILED);
    for (size_t i = 0; i < bytes; i += 4096)
        pages[i] = 1;
    EXPECT(getrusage(RUSAGE_SELF, &after) == 0 && getrusage(RUSAGE_THREAD, &thread) == 0);
    EXPECT(after.ru_nvcsw >= before.ru_nvcsw + 10 && after.ru_minflt >= before.ru_minflt + 1000);
    EXPECT(after.ru_maxrss >= 4000 && after.ru_maxrss >= before.ru_maxrss);
    EXPECT(thread.ru_nvcsw >= 10 && thread.ru_nvcsw <= after.ru_nvcsw);
    EXPECT(us_of(thread.ru_utime) > 0);
    EXPECT(us_of(thread.ru_utime) <= read_ns(CLOCK_THREAD_CPUTIME_ID) / 1000);
    munmap(pages, bytes);
    clock_t ticks = clock(), real;
    struct tms t;
    EXPECT((int64_t)ticks >= us_of(after.ru_utime) && (real = times(&t)) != (clock_t)-1);
    EXPECT(t.tms_utime >= ticks && t.tms_utime <= clock() && t.tms_stime == 0);
    EXPECT(real <= times(&t) && real >= t.tms_utime / (clock_t)sysconf(_SC_NPROCESSORS_ONLN));
    return sysconf(_SC_CLK_TCK) == CLOCKS_PER_SEC ? NULL : "CLK_TCK";
}

static const char *errors(void)
{
    struct timespec t = {0, 0}, bad = {0, SECOND}, res = {7, 7};
    clockid_t mine;
    EXPECT(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &res) == 0 && res.tv_sec == 0);
    EXPECT(res.tv_nsec == 1 && clock_getres(CLOCK_THREAD_CPUTIME_ID, NULL) == 0);
    EXPECT(FAILS(clock_getres(99, &res), EINVAL) && FAILS(clock_gettime(99, &t), EINVAL));
    EXPECT(read_ns(CLOCK_MONOTONIC_RAW) <= read_ns(CLOCK_MONOTONIC));
    EXPECT(read_ns(CLOCK_REALTIME_COARSE) <= read_ns(CLOCK_REALTIME));
    EXPECT(FAILS(clock_settime(CLOCK_MONOTONIC, &t), EINVAL));
    EXPECT(FAILS(clock_settime(CLOCK_PROCESS_CPUTIME_ID, &t), EINVAL));
    EXPECT(FAILS(clock_settime(CLOCK_REALTIME, &bad), EINVAL));
    EXPECT(FAILS(clock_settime(CLOCK_REALTIME, &t), EINVAL)); /* the machine began before */
    EXPECT(clock_nanosleep(99, 0, &t, NULL) == EINVAL);
    EXPECT(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL) == EINVAL);
    EXPECT(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &bad, NULL) == EINVAL);
    EXPECT(pthread_getcpuclockid(pthread_self(), &mine) == 0);
    EXPECT(clock_nanosleep(mine, 0, &t, NULL) == EINVAL);
    return clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL) == EINVAL ? NULL : "own clock";
}

static void on_signal(int number) { (void)number; }

static const char *sleeps(void)
{
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};
    struct timespec t, left = {99, 99};
    EXPECT(signal(SIGALRM, on_signal) != SIG_ERR);
    for (int i = 0; i < 2; i++) {
        int64_t at = read_ns(clocks[i]) + 5 * MS;
        t = of_ns(at);
        EXPECT(clock_nanosleep(clocks[i], TIMER_ABSTIME, &t, NULL) == 0 &&
               read_ns(clocks[i]) >= at);
        EXPECT(clock_nanosleep(clocks[i], TIMER_ABSTIME, &t, &left) == 0); /* it is over */
        EXPECT(left.tv_sec == 99);
        t = (struct timespec){3600, 0};
        ualarm(10000, 0);
        EXPECT(clock_nanosleep(clocks[i], 0, &t, &left) == EINTR && left.tv_sec == 3599);
        t.tv_sec += read_ns(clocks[i]) / SECOND;
        left.tv_sec = 99;
        ualarm(10000, 0);
        EXPECT(clock_nanosleep(clocks[i], TIMER_ABSTIME, &t, &left) == EINTR && left.tv_sec == 99);
    }
    pthread_t thread;
    EXPECT(start_spinner(&thread) == 0);
    int64_t at = read_ns(CLOCK_PROCESS_CPUTIME_ID) + 5 * MS;
    t = of_ns(at);
    EXPECT(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, TIMER_ABSTIME, &t, NULL) == 0);
    EXPECT(read_ns(CLOCK_PROCESS_CPUTIME_ID) >= at);
    clockid_t clock;
    EXPECT(pthread_getcpuclockid(thread, &clock) == 0);
    at = read_ns(clock) + 5 * MS;
    t = of_ns(5 * MS);
    EXPECT(clock_nanosleep(clock, 0, &t, NULL) == 0 && read_ns(clock) >= at);
    return end_spinner(thread) == 0 ? NULL : "join";
}

static void *sleep_an_hour(void *when)
{
    struct timespec t = of_ns(*(int64_t *)when);
    set(&begun, 1);
    return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == 0 ? NULL : when;
}

/* Who waits for a time of day follows when that is set, forward and back. */
static const char *the_date_is_set(void)
{
    pthread_t thread;
    timer_t timer;
    void *wrong;
    int signal_number;
    sigset_t usr1;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    int64_t now = read_ns(CLOCK_REALTIME), hour = now + 3600 * SECOND;
    struct itimerspec in_an_hour = {.it_value = of_ns(hour)};
    struct timespec t;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    EXPECT(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
    EXPECT(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
    EXPECT(timer_settime(timer, TIMER_ABSTIME, &in_an_hour, NULL) == 0);
    set(&begun, 0);
    EXPECT(pthread_create(&thread, NULL, sleep_an_hour, &hour) == 0);
    while (!is_set(&begun))
        usleep(1000);
    usleep(10000);
    int64_t monotonic = read_ns(CLOCK_MONOTONIC);
    t = of_ns(now + 7200 * SECOND);
    EXPECT(clock_settime(CLOCK_REALTIME, &t) == 0);
    EXPECT(read_ns(CLOCK_REALTIME) >= now + 7200 * SECOND && time(NULL) >= t.tv_sec);
    EXPECT(sigwait(&usr1, &signal_number) == 0 && signal_number == SIGUSR1);
    EXPECT(pthread_join(thread, &wrong) == 0 && wrong == NULL);
    EXPECT(read_ns(CLOCK_MONOTONIC) - monotonic < 1800 * SECOND);
    t = of_ns(now - 3600 * SECOND); /* whatever the date is, unless it is 1970 */
    EXPECT(now < 7200 * SECOND || clock_settime(CLOCK_REALTIME, &t) == 0);
    EXPECT(now < 7200 * SECOND || read_ns(CLOCK_REALTIME) < now);
    t = of_ns(now + read_ns(CLOCK_MONOTONIC) - monotonic + SECOND);
    return clock_settime(CLOCK_REALTIME, &t) == 0 && timer_delete(timer) == 0 ? NULL : "back";
}

/* A timer by CPU time tells when so much was used, no earlier. */
static const char *timers(void)
{
    static const clockid_t clocks[] = {CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    const struct itimerspec after = {.it_value = of_ns(5 * MS)};
    struct itimerspec left;
    sigset_t usr1, pending;
    timer_t timer;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    EXPECT(pthread_sigmask(SIG_BLOCK, &usr1, NULL) == 0);
    EXPECT(FAILS(timer_create(99, &event, &timer), EINVAL));
    for (int i = 0; i < 2; i++) {
        EXPECT(timer_create(clocks[i], &event, &timer) == 0);
        int64_t at = read_ns(clocks[i]) + 5 * MS;
        EXPECT(timer_settime(timer, 0, &after, NULL) == 0 && timer_gettime(timer, &left) == 0);
        EXPECT(left.it_value.tv_sec == 0 && left.it_value.tv_nsec <= 5 * MS);
        do
            sigpending(&pending);
        while (!sigismember(&pending, SIGUSR1));
        EXPECT(read_ns(clocks[i]) >= at && timer_delete(timer) == 0);
        int number;
        EXPECT(sigwait(&usr1, &number) == 0);
    }
    return NULL;
}

/* Of CPU time, too, again and again, and with the signals that belong to them. */
static const char *interval_timers(void)
{
    static const struct {
        int which, number;
    } rows[] = {{ITIMER_VIRTUAL, SIGVTALRM}, {ITIMER_PROF, SIGPROF}};
    const struct itimerval every = {{0, 5000}, {0, 5000}}, never = {{0, 0}, {0, 0}};
    struct itimerval left;
    EXPECT(FAILS(setitimer(3, &every, NULL), EINVAL) && FAILS(setitimer(-1, &every, NULL), EINVAL));
    EXPECT(FAILS(getitimer(3, &left), EINVAL));
    for (int i = 0; i < 2; i++) {
        sigset_t set, pending;
        sigemptyset(&set);
        sigaddset(&set, rows[i].number);
        EXPECT(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
        EXPECT(getitimer(rows[i].which, &left) == 0 && left.it_value.tv_usec == 0);
        int64_t began = read_ns(CLOCK_PROCESS_CPUTIME_ID);
        EXPECT(setitimer(rows[i].which, &every, NULL) == 0);
        for (int k = 1; k <= 3; k++) {
            do
                sigpending(&pending);
            while (!sigismember(&pending, rows[i].number));
            EXPECT(read_ns(CLOCK_PROCESS_CPUTIME_ID) >= began + k * 5 * MS);
            siginfo_t info;
            EXPECT(sigwaitinfo(&set, &info) == rows[i].number && info.si_code == SI_KERNEL);
        }
        EXPECT(setitimer(rows[i].which, &never, &left) == 0);
        EXPECT(left.it_interval.tv_usec == 5000 && left.it_value.tv_usec <= 5000);
    }
    return NULL;
}

static const char *calendar(void)
{
    static const char *const zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "NST3:30"};
    struct timespec t;
    time_t now = time(NULL);
    EXPECT(timespec_get(&t, TIME_UTC) == TIME_UTC && t.tv_sec >= now && timespec_get(&t, 9) == 0);
    for (int i = 0; i < 3; i++) {
        EXPECT(setenv("TZ", zones[i], 1) == 0);
        tzset();
        for (time_t at = -100000000000; at < 200000000000; at += 98765432) {
            struct tm m, utc;
            EXPECT(localtime_r(&at, &m) != NULL && gmtime_r(&at, &utc) != NULL);
            EXPECT(timegm(&utc) == at && utc.tm_gmtoff == 0 && strcmp(utc.tm_zone, "GMT") == 0);
            struct tm again = m;
            EXPECT(timegm(&again) - m.tm_gmtoff == at);
            EXPECT(strcmp(m.tm_zone, tzname[m.tm_isdst > 0]) == 0);
            again = m;
            again.tm_gmtoff = 99;
            EXPECT(mktime(&again) == at && again.tm_gmtoff == m.tm_gmtoff);
        }
    }
    struct tm odd = {.tm_year = 124, .tm_mon = 13, .tm_mday = 0, .tm_hour = 25, .tm_sec = -1};
    EXPECT(timegm(&odd) == 1738371599 && odd.tm_mon == 1 && odd.tm_mday == 1 && odd.tm_year == 125);
    struct tm far = {.tm_year = INT32_MAX, .tm_mon = 30, .tm_mday = 1};
    EXPECT(timegm(&far) == -1 && errno == EOVERFLOW);
    char text[64];
    EXPECT(strftime(text, sizeof text, "%z %Z", localtime(&now)) > 0);
    return strcmp(text, "-0330 NST") == 0 ? NULL : "strftime";
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"sleep_is_none", sleep_is_none},
        {"of_another_thread", of_another_thread},
        {"usage", usage},
        {"errors", errors},
        {"sleeps", sleeps},
        {"the_date_is_set", the_date_is_set},
        {"timers", timers},
        {"interval_timers", interval_timers},
        {"calendar", calendar},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
