/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: the same work on 1, 2 and 4 CPUs, as hermit-rs has it. */
#include "micro.h"
#include <math.h>
#include <unistd.h>

#define MOST  4
#define STEPS 20000u /* of pi's integral, in a call */
#define LOCKS 200    /* of each thread, in a call */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned threads;
static double part[MOST];

static const char *begin(unsigned n)
{
    threads = n;
    return micro_begin();
}

static const char *begin_1(void) { return begin(1); }
static const char *begin_2(void) { return begin(2); }
static const char *begin_4(void) { return begin(4); }

static const char *needs(long cpus)
{
    return sysconf(_SC_NPROCESSORS_ONLN) >= cpus ? NULL : "the machine has fewer CPUs (--smp)";
}

static const char *needs_2(void) { return needs(2); }
static const char *needs_4(void) { return needs(4); }

/* The caller is one of the threads. */
static void at_once(void *(*work)(void *))
{
    pthread_t thread[MOST];
    unsigned made = 1;
    while (made < threads &&
           pthread_create(&thread[made], NULL, work, (void *)(uintptr_t)made) == 0)
        made++;
    micro_must(made == threads, "no memory for a thread");
    work(NULL);
    while (--made > 0)
        pthread_join(thread[made], NULL);
}

/* What all count under the mutex, which would be less without it. */
static void *count_locked(void *unused)
{
    for (unsigned i = 0; i < LOCKS; i++) {
        pthread_mutex_lock(&mutex);
        micro_done++;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

static void lock_at_once(uint64_t n)
{
    micro_asked += n * threads * LOCKS;
    for (; n != 0; n--)
        at_once(count_locked);
}

/* 4 / (1 + x²) from 0 to 1: each thread has every n-th step. */
static void *add_up(void *argument)
{
    unsigned me = (unsigned)(uintptr_t)argument;
    double sum = 0;
    for (unsigned i = me; i < STEPS; i += threads) {
        double x = (i + 0.5) / STEPS;
        sum += 4 / (1 + x * x);
    }
    part[me] = sum / STEPS;
    return NULL;
}

static void pi_at_once(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        double pi = 0;
        for (unsigned i = 0; i < threads; i++)
            part[i] = 0;
        at_once(add_up);
        for (unsigned i = 0; i < threads; i++)
            pi += part[i];
        micro_done += fabs(pi - 3.14159265358979) < 1e-9;
    }
}

#define LOCK(n, why)                                                                               \
    {                                                                                              \
        "mutex of " #n, .none = why, .call = lock_at_once, .calls = MICRO_FEW / 2,                 \
                        .per_call = LOCKS, .setup = begin_##n, .check = micro_end,                 \
                        .note = "threads that all want it"                                         \
    }
#define PI(n, why)                                                                                 \
    {                                                                                              \
        "pi by " #n, .none = why, .call = pi_at_once, .calls = 2, .setup = begin_##n,              \
                     .check = micro_end, .note = "threads, 20,000 steps"                           \
    }

const struct benchmark micro_scaling[] = {
    LOCK(1, NULL),  LOCK(2, needs_2), LOCK(4, needs_4), PI(1, NULL),
    PI(2, needs_2), PI(4, needs_4),   {.name = NULL},
};
