/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads and the scheduler. */
#include "check.h"
#include <errno.h>
#include <fenv.h>
#include <limpet.h>
#include <math.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CONTENDERS 100

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *add_one(void *counter)
{
    ++*(int *)counter;
    return counter;
}

/* A thread that was joined may still have to run its last instructions: it gets the time to. */
static uint64_t free_pages(void)
{
    usleep(2000);
    return limpet_memory().free;
}

static const char *create_join(void)
{
    int counter = 0;
    uint64_t free_before = 0;
    for (int i = 0; i < 10000; i++) {
        pthread_t t;
        void *result;
        EXPECT(pthread_create(&t, NULL, add_one, &counter) == 0);
        EXPECT(pthread_join(t, &result) == 0 && result == &counter);
        if (i == 100)
            free_before = free_pages();
    }
    EXPECT(counter == 10000);
    EXPECT(free_pages() == free_before);
    return NULL;
}

/* What holds on one CPU, where several are. */
static const char *on_one_cpu(const char *(*check)(void))
{
    limpet_pin(0);
    const char *wrong = check();
    limpet_pin(LIMPET_ANY_CPU);
    return wrong;
}

static const char *create_join_10000(void) { return on_one_cpu(create_join); }

static pthread_mutex_t shared_mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t shared_count;
static uint64_t contention_end;

static void *contend(void *mine)
{
    uint64_t *n = mine;
    do {
        for (int i = 0; i < 100; i++) {
            pthread_mutex_lock(&shared_mutex);
            uint64_t seen = shared_count;
            for (volatile int spin = 0; spin < 20; spin++)
                ;
            shared_count = seen + 1;
            pthread_mutex_unlock(&shared_mutex);
            ++*n;
        }
    } while (now_ns() < contention_end);
    return NULL;
}

/* CONTENDERS threads for env CONTENTION_SECONDS (default 2): every increment must be there. */
static const char *mutex_contention(void)
{
    static uint64_t counts[CONTENDERS];
    pthread_t t[CONTENDERS];
    const char *seconds = getenv("CONTENTION_SECONDS");
    uint64_t sum = 0;
    contention_end = now_ns() + (uint64_t)atoi(seconds != NULL ? seconds : "2") * 1000000000;
    for (int i = 0; i < CONTENDERS; i++)
        EXPECT(pthread_create(&t[i], NULL, contend, &counts[i]) == 0);
    for (int i = 0; i < CONTENDERS; i++)
        EXPECT(pthread_join(t[i], NULL) == 0);
    for (int i = 0; i < CONTENDERS; i++) {
        EXPECT(counts[i] != 0);
        sum += counts[i];
    }
    printf("     %llu increments by %d threads\n", (unsigned long long)sum, CONTENDERS);
    EXPECT(sum == shared_count);
    return NULL;
}

static volatile int spinning = 1, progress;

static void *spin(void *unused)
{
    while (spinning)
        ;
    return unused;
}

static void *step(void *unused)
{
    progress++;
    return unused;
}

/* A thread that never yields must not keep its equals from running. */
static const char *preemption(void)
{
    pthread_t spinner, other;
    EXPECT(pthread_create(&spinner, NULL, spin, NULL) == 0);
    for (int i = 1; i <= 20; i++) {
        EXPECT(pthread_create(&other, NULL, step, NULL) == 0);
        while (progress < i) /* main spins too */
            ;
        EXPECT(pthread_join(other, NULL) == 0);
    }
    spinning = 0;
    EXPECT(pthread_join(spinner, NULL) == 0);
    return NULL;
}

/* With a priority of its own, whatever the maker's is. */
static int start(pthread_t *t, int priority, void *(*run)(void *), void *argument)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_attr_setschedparam(&attr, &(struct sched_param){.sched_priority = priority});
    return pthread_create(t, &attr, run, argument);
}

static volatile int lowered_ran;

static void *note_run(void *unused)
{
    lowered_ran = 1;
    return unused;
}

static char order[8];
static int order_length;

static void *note_order(void *letter)
{
    order[order_length++] = *(const char *)letter;
    return NULL;
}

static int run_with(int policy, int priority)
{
    struct sched_param param = {.sched_priority = priority};
    return pthread_setschedparam(pthread_self(), policy, &param);
}

/* The higher priority runs first, whatever the order of creation; a higher one at once. */
static const char *have_priorities(void)
{
    pthread_t low, high, higher;
    EXPECT(run_with(SCHED_RR, 16) == 0);
    EXPECT(start(&low, 3, note_order, "l") == 0);
    EXPECT(start(&high, 5, note_order, "h") == 0);
    EXPECT(order_length == 0); /* both are below main */
    EXPECT(start(&higher, 30, note_order, "H") == 0);
    EXPECT(strcmp(order, "H") == 0);
    pthread_join(low, NULL);
    EXPECT(strcmp(order, "Hhl") == 0);
    pthread_join(high, NULL);
    pthread_join(higher, NULL);
    return run_with(SCHED_OTHER, 0) == 0 ? NULL : "priority";
}

/* A thread begins with SCHED_OTHER, which any other policy goes before; a new one has its policy
 * before it runs. */
static const char *usual_policy(void)
{
    pthread_t t;
    pthread_attr_t attr;
    struct sched_param param;
    int policy = -1;
    EXPECT(pthread_getschedparam(pthread_self(), &policy, &param) == 0);
    EXPECT(policy == SCHED_OTHER && param.sched_priority == 0);
    lowered_ran = 0;
    EXPECT(start(&t, 1, note_run, NULL) == 0 && lowered_ran && pthread_join(t, NULL) == 0);
    EXPECT(run_with(SCHED_FIFO, 5) == 0);
    EXPECT(start(&t, 3, note_run, NULL) == 0);
    EXPECT(pthread_getschedparam(t, &policy, &param) == 0);
    EXPECT(policy == SCHED_RR && param.sched_priority == 3 && pthread_join(t, NULL) == 0);
    EXPECT(start(&t, 0, note_run, NULL) == EINVAL && start(&t, 33, note_run, NULL) == EINVAL);
    pthread_attr_init(&attr);
    EXPECT(pthread_attr_getschedpolicy(&attr, &policy) == 0 && policy == SCHED_OTHER);
    EXPECT(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) == 0);
    lowered_ran = 0;
    EXPECT(pthread_create(&t, &attr, note_run, NULL) == 0 && !lowered_ran);
    EXPECT(pthread_join(t, NULL) == 0 && lowered_ran);
    return run_with(SCHED_OTHER, 0) == 0 ? NULL : "priority";
}

/* Never too short; how much too long is the host's business, but for once. */
static const char *sleeping(void)
{
    for (unsigned ms = 1; ms <= 64; ms *= 4)
        for (int tries = 0;; tries++) {
            uint64_t before = now_ns();
            usleep(ms * 1000);
            uint64_t slept = now_ns() - before;
            EXPECT(slept >= ms * 1000000ull && tries < 20);
            if (slept < ms * 1000000ull + 500000000)
                break;
        }
    return NULL;
}

static uint64_t sleepers_begin; /* the first ends 30 ms later */

static uint64_t sleeper_end(char letter)
{
    return sleepers_begin + (uint64_t)(letter - '0') * 30000000;
}

/* A wait that only its deadline ends: the kernel is told that, and not how long it is from now. */
static void *sleep_and_note(void *letter)
{
    uint64_t end = sleeper_end(*(const char *)letter);
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_condattr_t attr;
    pthread_cond_t c;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c, &attr);
    pthread_mutex_lock(&m);
    pthread_cond_timedwait(
        &c, &m, &(struct timespec){(time_t)(end / 1000000000), (long)(end % 1000000000)});
    pthread_mutex_unlock(&m);
    return now_ns() >= end ? note_order(letter) : NULL;
}

/*
 * Each sleeps when pthread_create() returns, as it comes before main. Whose time is up first has
 * the highest priority: where the host lets two times pass at once, it still is the first to tell.
 */
static const char *wake_in_order(void)
{
    pthread_t t[4];
    static const char *const letters[4] = {"3", "1", "4", "2"};
    uint64_t lead = 1000000, all_sleep;
    do { /* until all sleep in time, on a host that may be busy */
        order_length = 0;
        memset(order, 0, sizeof order);
        sleepers_begin = now_ns() + (lead *= 2);
        for (int i = 0; i < 4; i++)
            EXPECT(start(&t[i], 21 - (*letters[i] - '0'), sleep_and_note, (void *)letters[i]) == 0);
        all_sleep = now_ns();
        for (int i = 0; i < 4; i++)
            pthread_join(t[i], NULL);
        EXPECT(order_length == 4);
    } while (all_sleep >= sleeper_end('1'));
    EXPECT(strcmp(order, "1234") == 0);
    return NULL;
}

/* Each thread computes in AVX or SSE, x87 and under its own rounding mode, and is preempted. */
static volatile int floats_wrong;

static void *compute(void *seed)
{
    double x = *(double *)seed;
    uint64_t end = now_ns() + 300000000;
    fesetround(x < 2 ? FE_UPWARD : FE_DOWNWARD);
    while (now_ns() < end && !floats_wrong) {
        double v[8];
        long double l = x;
        for (int i = 0; i < 8; i++)
            v[i] = x + i;
        for (int round = 0; round < 1000; round++) {
            for (int i = 0; i < 8; i++)
                v[i] = v[i] * 2 - v[i];
            l = l * 2 - l;
            __asm__ volatile("" : "+m"(v), "+t"(l));
        }
        for (int i = 0; i < 8; i++)
            floats_wrong |= v[i] != x + i ? 1 : 0;
        volatile double third = 1.0, three = 3.0;
        third /= three;
        floats_wrong |= l != x ? 2 : 0;
        floats_wrong |= (third > 0x1.5555555555555p-2) != (x < 2) ? 4 : 0;
    }
    return NULL;
}

static const char *floats_across_preemption(void)
{
    pthread_t t[4];
    static double seeds[4] = {1.25, 2.5, 1.5, 3.75};
    for (int i = 0; i < 4; i++)
        EXPECT(pthread_create(&t[i], NULL, compute, &seeds[i]) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    EXPECT(!(floats_wrong & 1)); /* SSE or AVX registers */
    EXPECT(!(floats_wrong & 2)); /* x87 registers */
    EXPECT(!(floats_wrong & 4)); /* MXCSR's rounding mode */
    return NULL;
}

/* A thread that gives way must not come back to another's x87 registers. */
static volatile int x87_over, x87_leaks;

static void *use_x87(void *unused)
{
    long double l = 1;
    while (!x87_over) {
        l = l * 1.5L - 0.25L;
        if (l > 100)
            l = 1;
        __asm__ volatile("" : "+t"(l));
    }
    return unused;
}

static const char *x87_stack_is_empty(void)
{
    pthread_t t;
    struct {
        uint16_t control, unused1, status, unused2, tags, rest[9];
    } environment;
    EXPECT(pthread_create(&t, NULL, use_x87, NULL) == 0);
    for (int i = 0; i < 30; i++) {
        usleep(1000); /* wakes in the middle of the other's computation */
        __asm__ volatile("fnstenv %0; fldenv %0" : "+m"(environment));
        x87_leaks += environment.tags != 0xffff;
    }
    x87_over = 1;
    pthread_join(t, NULL);
    EXPECT(x87_leaks == 0);
    return NULL;
}

/* Once a spinning thread has lowered itself to another's priority, the other gets its share. */
static const char *lower_to_equal(void)
{
    pthread_t t;
    uint64_t end = now_ns() + 2000000000;
    lowered_ran = 0;
    EXPECT(run_with(SCHED_RR, 16) == 0 && start(&t, 10, note_run, NULL) == 0);
    EXPECT(!lowered_ran && pthread_setschedprio(t, 11) == 0 && !lowered_ran);
    EXPECT(pthread_setschedprio(pthread_self(), 11) == 0);
    while (!lowered_ran && now_ns() < end)
        ;
    EXPECT(run_with(SCHED_OTHER, 0) == 0);
    EXPECT(lowered_ran && pthread_join(t, NULL) == 0);
    return NULL;
}

static volatile int end_spinning;

static void *spin_and_count(void *count)
{
    while (!end_spinning)
        ++*(volatile uint64_t *)count;
    return NULL;
}

/* Equals take turns, also when a better thread interrupts each turn, or sleeps for longer. */
static const char *take_turns(void)
{
    pthread_t t[2];
    uint64_t counts[2] = {0, 0};
    EXPECT(run_with(SCHED_RR, 16) == 0);
    for (int i = 0; i < 2; i++)
        EXPECT(start(&t[i], 10, spin_and_count, &counts[i]) == 0);
    for (useconds_t us = 1000; us <= 100000; us *= 100)
        for (int turns = 0, i = 0; turns < 4; i++) { /* two for each, before the end of time */
            uint64_t before = counts[turns % 2];
            EXPECT(i < 20000);
            usleep(us);
            turns += counts[turns % 2] != before;
        }
    end_spinning = 1;
    EXPECT(run_with(SCHED_OTHER, 0) == 0);
    return pthread_join(t[0], NULL) == 0 && pthread_join(t[1], NULL) == 0 ? NULL : "join";
}

static __thread int tls_counter = 41;
static __thread char tls_zero[100];
static __thread _Alignas(64) int tls_aligned = 7;

static void *use_tls(void *out)
{
    tls_counter++;
    errno = 1000 + tls_counter;
    sched_yield();
    *(int *)out = tls_counter == 42 && tls_zero[99] == 0 && tls_aligned == 7 &&
                  (uintptr_t)&tls_aligned % 64 == 0 && errno == 1042;
    return NULL;
}

static const char *thread_local_storage(void)
{
    pthread_t t[10];
    int ok[10] = {0};
    errno = 5;
    for (int i = 0; i < 10; i++)
        EXPECT(pthread_create(&t[i], NULL, use_tls, &ok[i]) == 0);
    for (int i = 0; i < 10; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < 10; i++)
        EXPECT(ok[i]);
    EXPECT(errno == 5);
    EXPECT(tls_counter == 41);
    return NULL;
}

static volatile int detached_ran;

static void *detached(void *unused)
{
    __atomic_add_fetch(&detached_ran, 1, __ATOMIC_RELAXED);
    return unused;
}

static const char *detached_threads(void)
{
    pthread_attr_t attr;
    pthread_t t;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, 1 << 20);
    for (int i = 0; i < 1000;
         i++) { /* more stacks than memory: those that ended give theirs back */
        int error, tries = 0;
        while ((error = pthread_create(&t, &attr, detached, NULL)) == EAGAIN && tries++ < 100)
            usleep(1000);
        EXPECT(error == 0);
    }
    for (int i = 0; i < 1000 && detached_ran < 1000; i++)
        usleep(1000);
    EXPECT(detached_ran == 1000);
    return NULL;
}

static sem_t gate;

static void *wait_at_gate(void *unused)
{
    sem_wait(&gate);
    return unused;
}

/* As many threads at once as there is memory for, again and again, at different places in memory:
 * what they leave is had by all. */
static const char *memory_comes_back(void)
{
    enum { MOST = 20000 };
    static pthread_t t[MOST];
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    sem_init(&gate, 0, 0);
    uint64_t before = free_pages();
    for (int round = 0; round < 3; round++) {
        int n = 0;
        pthread_attr_setstacksize(&attr, 60u << 10 << 2 * round); /* stacks of three sizes */
        while (n < MOST && pthread_create(&t[n], &attr, wait_at_gate, NULL) == 0)
            n++;
        EXPECT(n > 100);
        for (int i = 0; i < n; i++)
            sem_post(&gate);
        for (int i = 0; i < n; i++)
            EXPECT(pthread_join(t[i], NULL) == 0);
        void *large = malloc(before / 10 * 9 * 4096);
        EXPECT(large != NULL);
        free(large);
    }
    EXPECT(before - free_pages() < before / 50);
    return NULL;
}

static const char *longjmp_zero(void)
{
    jmp_buf buf;
    volatile int rounds = 0;
    int value = setjmp(buf);
    if (rounds++ == 0)
        longjmp(buf, 0);
    EXPECT(value == 1 && rounds == 2);
    return NULL;
}

static const char *priorities(void) { return on_one_cpu(have_priorities); }

static const char *equals_take_turns(void) { return on_one_cpu(take_turns); }

static const char *sleepers_wake_in_order(void) { return on_one_cpu(wake_in_order); }

static const char *lowered_to_equal(void) { return on_one_cpu(lower_to_equal); }

static const char *on_one_usual_policy(void) { return on_one_cpu(usual_policy); }

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"create_join_10000", create_join_10000},
        {"mutex_contention", mutex_contention},
        {"preemption", preemption},
        {"priorities", priorities},
        {"sleeping", sleeping},
        {"sleepers_wake_in_order", sleepers_wake_in_order},
        {"floats_across_preemption", floats_across_preemption},
        {"x87_stack_is_empty", x87_stack_is_empty},
        {"usual_policy", on_one_usual_policy},
        {"lowered_to_equal", lowered_to_equal},
        {"equals_take_turns", equals_take_turns},
        {"thread_local_storage", thread_local_storage},
        {"detached_threads", detached_threads},
        {"memory_comes_back", memory_comes_back},
        {"longjmp_zero", longjmp_zero},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
