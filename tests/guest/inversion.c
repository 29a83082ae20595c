/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Priority inversion: whoever holds a lock runs as if it had the priority of the best that waits
 * for it. All on one CPU unless said otherwise, with a thread of middle priority that never ends.
 */
#include "check.h"
#include <errno.h>
#include <fcntl.h>
#include <limpet.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOW = 2, LOWER_MIDDLE = 6, MIDDLE = 10, HIGH = 20, HIGHER = 25, MAIN = 30 };

static volatile int stop_busy, stop_low;
static volatile uint64_t low_turns;

static int start(pthread_t *t, int priority, void *(*run)(void *), void *argument)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_attr_setschedparam(&attr, &(struct sched_param){.sched_priority = priority});
    return pthread_create(t, &attr, run, argument);
}

static void *busy(void *unused)
{
    while (!stop_busy)
        ;
    return unused;
}

static pthread_t start_busy(void)
{
    pthread_t t;
    stop_busy = 0;
    if (start(&t, MIDDLE, busy, NULL) != 0)
        abort();
    return t;
}

static void end_busy(pthread_t t)
{
    stop_busy = 1;
    pthread_join(t, NULL);
}

/* As long as it has its own priority only, a low thread does not run beside a busy one. */
static int runs(const volatile uint64_t *turns)
{
    uint64_t before = *turns;
    usleep(20000);
    return *turns != before;
}

/* With a lent priority it does, as soon as the machine lets it. */
static int gets_on(const volatile uint64_t *turns)
{
    for (int i = 0; i < 1000; i++)
        if (runs(turns))
            return 1;
    return 0;
}

/* The library's own locks: what a thread does all the time, while another one wants the same. */

static void small_blocks(void)
{
    void *volatile p = malloc(1000);
    free(p);
}

static void regions(void)
{
    void *volatile p = malloc(300000);
    *(volatile char *)p = 1;
    free(p);
}

static void files(void)
{
    int fd = open("/tmp/inversion", O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd >= 0 && write(fd, "text", 4) == 4)
        close(fd);
}

static void streams(void)
{
    fprintf(stderr, "%s", "");
    fflush(NULL);
}

static void *nothing(void *unused) { return unused; }

static void threads(void)
{
    pthread_t t;
    if (start(&t, MAIN, nothing, NULL) == 0)
        pthread_join(t, NULL);
}

/* The thread library changes a priority under a lock of its own. */
static void own_priority(void)
{
    struct sched_param param;
    int policy;
    pthread_getschedparam(pthread_self(), &policy, &param);
    pthread_setschedprio(pthread_self(), param.sched_priority);
}

static void *repeat(void *call)
{
    while (!stop_low) {
        ((void (*)(void))call)();
        low_turns++;
    }
    return NULL;
}

static const char *library(void (*call)(void))
{
    pthread_t low;
    stop_low = 0;
    EXPECT(start(&low, LOW, repeat, (void *)call) == 0);
    for (int i = 0; i < 40; i++) {
        usleep(1000 + i * 37); /* low runs, and is somewhere in the call when this is over */
        pthread_t b = start_busy();
        usleep(500);
        call();
        end_busy(b);
    }
    stop_low = 1;
    pthread_join(low, NULL);
    return NULL;
}

static const char *library_locks(void)
{
    static void (*const calls[])(void) = {small_blocks, regions, files,
                                          streams,      threads, own_priority};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        EXPECT(library(calls[i]) == NULL);
    return NULL;
}

/* Mutexes. */

static pthread_mutex_t a, b;
static volatile int holds, may_go;

static int new_mutex(pthread_mutex_t *m, int protocol)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    int error = pthread_mutexattr_setprotocol(&attr, protocol);
    return error != 0 ? error : pthread_mutex_init(m, &attr);
}

static void *hold_a(void *unused)
{
    pthread_mutex_lock(&a);
    holds = 1;
    while (!may_go)
        low_turns++;
    pthread_mutex_unlock(&a);
    while (!stop_low)
        low_turns++;
    return unused;
}

/* A low thread that holds a, and a busy one that keeps it from running. */
static const char *start_holder(pthread_t *low, pthread_t *middle)
{
    holds = may_go = stop_low = 0;
    EXPECT(start(low, LOW, hold_a, NULL) == 0);
    while (!holds)
        usleep(1000);
    *middle = start_busy();
    EXPECT(!runs(&low_turns));
    return NULL;
}

static void *want(void *mutex)
{
    pthread_mutex_lock((pthread_mutex_t *)mutex);
    pthread_mutex_unlock((pthread_mutex_t *)mutex);
    return NULL;
}

static const char *inherits(void)
{
    pthread_t low, middle, high;
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0);
    const char *wrong = start_holder(&low, &middle);
    EXPECT(wrong == NULL && start(&high, HIGH, want, &a) == 0);
    EXPECT(gets_on(&low_turns));
    struct sched_param param;
    int policy;
    EXPECT(pthread_getschedparam(low, &policy, &param) == 0 && param.sched_priority == LOW);
    may_go = 1;
    EXPECT(pthread_join(high, NULL) == 0);
    EXPECT(!runs(&low_turns)); /* it has its own priority again */
    end_busy(middle);
    stop_low = 1;
    return pthread_join(low, NULL) == 0 && pthread_mutex_destroy(&a) == 0 ? NULL : "the end";
}

/* By default nothing is inherited, as POSIX wants it. */
static const char *default_does_not(void)
{
    pthread_t low, middle, high;
    pthread_mutexattr_t attr;
    int protocol = -1;
    EXPECT(pthread_mutexattr_init(&attr) == 0);
    EXPECT(pthread_mutexattr_getprotocol(&attr, &protocol) == 0 && protocol == PTHREAD_PRIO_NONE);
    EXPECT(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT + 1) == EINVAL);
    EXPECT(pthread_mutexattr_setprotocol(&attr, 77) == EINVAL);
    EXPECT(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT) == 0);
    EXPECT(pthread_mutexattr_getprotocol(&attr, &protocol) == 0);
    EXPECT(protocol == PTHREAD_PRIO_INHERIT);
    a = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    const char *wrong = start_holder(&low, &middle);
    EXPECT(wrong == NULL && start(&high, HIGH, want, &a) == 0);
    EXPECT(!runs(&low_turns));
    may_go = stop_low = 1;
    end_busy(middle);
    EXPECT(pthread_join(high, NULL) == 0 && pthread_join(low, NULL) == 0);
    return NULL;
}

static void *hold_b_want_a(void *unused)
{
    pthread_mutex_lock(&b);
    holds = 2;
    pthread_mutex_lock(&a);
    pthread_mutex_unlock(&a);
    pthread_mutex_unlock(&b);
    return unused;
}

/* high waits for b, whose holder waits for a, whose holder is low: along the chain, also when the
 * priority of the one at its end changes later. */
static const char *chain(void)
{
    pthread_t low, middle, between, high;
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0 && new_mutex(&b, PTHREAD_PRIO_INHERIT) == 0);
    const char *wrong = start_holder(&low, &middle);
    EXPECT(wrong == NULL);
    end_busy(middle);
    EXPECT(start(&between, LOWER_MIDDLE, hold_b_want_a, NULL) == 0);
    while (holds != 2)
        usleep(1000);
    middle = start_busy();
    EXPECT(!runs(&low_turns));
    EXPECT(start(&high, LOWER_MIDDLE, want, &b) == 0 && !runs(&low_turns));
    EXPECT(pthread_setschedprio(high, HIGH) == 0); /* it has not run yet: now it does, and waits */
    EXPECT(gets_on(&low_turns));
    EXPECT(pthread_setschedprio(high, LOW) == 0 && !runs(&low_turns));
    EXPECT(pthread_setschedprio(high, HIGHER) == 0 && gets_on(&low_turns));
    may_go = 1;
    EXPECT(pthread_join(high, NULL) == 0 && !runs(&low_turns));
    end_busy(middle);
    stop_low = 1;
    return pthread_join(low, NULL) == 0 && pthread_join(between, NULL) == 0 ? NULL : "join";
}

static volatile int step;

static void *hold_both(void *unused)
{
    pthread_mutex_lock(&a);
    pthread_mutex_lock(&b);
    holds = 1;
    while (step == 0)
        low_turns++;
    pthread_mutex_unlock(&b);
    while (step == 1)
        low_turns++;
    pthread_mutex_unlock(&a);
    while (!stop_low)
        low_turns++;
    return unused;
}

/* Two mutexes, a waiter each: with one let go, what the other's waiter lends is left. */
static const char *two_waiters(void)
{
    pthread_t low, middle, for_a, for_b;
    holds = step = stop_low = 0;
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0 && new_mutex(&b, PTHREAD_PRIO_INHERIT) == 0);
    EXPECT(start(&low, LOW, hold_both, NULL) == 0);
    while (!holds)
        usleep(1000);
    middle = start_busy();
    EXPECT(start(&for_a, HIGH, want, &a) == 0 && start(&for_b, HIGHER, want, &b) == 0);
    EXPECT(gets_on(&low_turns));
    step = 1;
    EXPECT(pthread_join(for_b, NULL) == 0 && gets_on(&low_turns));
    step = 2;
    EXPECT(pthread_join(for_a, NULL) == 0 && !runs(&low_turns));
    end_busy(middle);
    stop_low = 1;
    return pthread_join(low, NULL) == 0 ? NULL : "join";
}

static time_t patience = 1; /* seconds */

static void *want_a_shortly(void *unused)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += patience;
    return pthread_mutex_timedlock(&a, &at) == ETIMEDOUT ? unused : &a;
}

/* Who does not wait any longer lends nothing any longer. */
static const char *gives_up(void)
{
    pthread_t low, middle, high;
    void *result = &a;
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0);
    const char *wrong = start_holder(&low, &middle);
    EXPECT(wrong == NULL);
    uint64_t before = low_turns;
    for (; low_turns == before; patience *= 2) { /* a busy host may take the time for itself */
        EXPECT(patience < 100 && start(&high, HIGH, want_a_shortly, NULL) == 0);
        EXPECT(pthread_join(high, &result) == 0 && result == NULL);
    }
    EXPECT(!runs(&low_turns));
    may_go = stop_low = 1;
    end_busy(middle);
    EXPECT(pthread_join(low, NULL) == 0 && pthread_mutex_trylock(&a) == 0);
    return NULL;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t spin;

static void slow_routine(void)
{
    holds = 1;
    while (!may_go)
        low_turns++;
}

static void *call_once(void *unused)
{
    pthread_once(&once, slow_routine);
    return unused;
}

static void *take_spin(void *unused)
{
    pthread_spin_lock(&spin);
    slow_routine();
    pthread_spin_unlock(&spin);
    return unused;
}

static const char *both(void *(*run)(void *))
{
    pthread_t low, high, middle;
    holds = may_go = 0;
    EXPECT(start(&low, LOW, run, NULL) == 0);
    while (!holds)
        usleep(1000);
    middle = start_busy();
    EXPECT(!runs(&low_turns) && start(&high, HIGH, run, NULL) == 0 && gets_on(&low_turns));
    may_go = 1;
    EXPECT(pthread_join(high, NULL) == 0);
    end_busy(middle);
    return pthread_join(low, NULL) == 0 ? NULL : "join";
}

static const char *once_and_spin(void)
{
    const char *wrong = both(call_once);
    if (wrong != NULL)
        return wrong;
    pthread_spin_init(&spin, 0);
    return both(take_spin);
}

/* Whoever takes a mutex again and again cannot keep another of its priority from it for good. */
static void *take_often(void *unused)
{
    while (!stop_low) {
        pthread_mutex_lock(&a);
        for (volatile int i = 0; i < 2000; i++)
            ;
        pthread_mutex_unlock(&a);
    }
    return unused;
}

static const char *everyone_has_a_turn(void)
{
    pthread_t t[3];
    stop_low = 0;
    a = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    for (int i = 0; i < 3; i++)
        EXPECT(start(&t[i], MAIN, take_often, NULL) == 0);
    for (int i = 0; i < 50; i++)
        want(&a);
    stop_low = 1;
    for (int i = 0; i < 3; i++)
        EXPECT(pthread_join(t[i], NULL) == 0);
    return NULL;
}

/* A stream's lock that its thread took with it: nobody gets it any more, and nothing else breaks.
 */
static void *take_along(void *file)
{
    flockfile((FILE *)file);
    pthread_mutex_lock(&a);
    return NULL;
}

static void *try_file(void *file) { return ftrylockfile((FILE *)file) == 0 ? file : NULL; }

static void *want_file(void *file)
{
    flockfile((FILE *)file);
    return NULL;
}

static const char *ended_with_a_lock(void)
{
    pthread_t t;
    void *got;
    FILE *f = fopen("/tmp/locked", "w");
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0);
    EXPECT(f != NULL && start(&t, HIGH, take_along, f) == 0 && pthread_join(t, NULL) == 0);
    EXPECT(start(&t, HIGH, want_file, f) == 0 && pthread_detach(t) == 0);
    usleep(5000);
    EXPECT(start(&t, HIGH, try_file, f) == 0 && pthread_join(t, &got) == 0 && got == NULL);
    EXPECT(want_a_shortly(NULL) == NULL);
    for (int i = 0; i < 100; i++)
        threads();
    return NULL;
}

/* The holder is on another CPU, behind a busy thread of that one. */
static void *on_1(void *run)
{
    while (limpet_pin(1) != 0)
        ; /* on a busy host it may come later than limpet_pin() waits */
    return ((void *(*)(void *))run)(NULL);
}

static const char *across_cpus(void)
{
    pthread_t low, middle, high;
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        return "SKIP one CPU";
    stop_busy = holds = may_go = 0;
    stop_low = 1;
    EXPECT(new_mutex(&a, PTHREAD_PRIO_INHERIT) == 0);
    EXPECT(start(&low, LOW, on_1, (void *)hold_a) == 0);
    while (!holds)
        usleep(1000);
    EXPECT(start(&middle, MIDDLE, on_1, (void *)busy) == 0);
    while (runs(&low_turns))
        ;
    EXPECT(start(&high, HIGH, want, &a) == 0 && gets_on(&low_turns));
    may_go = 1;
    EXPECT(pthread_join(high, NULL) == 0);
    end_busy(middle);
    return pthread_join(low, NULL) == 0 ? NULL : "join";
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"library_locks", library_locks},
        {"inherits", inherits},
        {"default_does_not", default_does_not},
        {"chain", chain},
        {"two_waiters", two_waiters},
        {"gives_up", gives_up},
        {"once_and_spin", once_and_spin},
        {"everyone_has_a_turn", everyone_has_a_turn},
        {"ended_with_a_lock", ended_with_a_lock},
        {"across_cpus", across_cpus},
        {NULL, NULL},
    };
    limpet_pin(0);
    pthread_setschedparam(pthread_self(), SCHED_RR, &(struct sched_param){.sched_priority = MAIN});
    int status = run_checks(rows, argc, argv);
    fflush(stdout);
    _exit(status); /* exit() would wait for the stream that stays locked */
}
