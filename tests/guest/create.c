/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads made, ended and waited for in every order, on several CPUs: none is lost on its way. */
#include "check.h"
#include <limpet.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static unsigned cpus(void) { return (unsigned)sysconf(_SC_NPROCESSORS_ONLN); }

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* A maker that computes, and neither blocks nor calls anything, does not keep its child waiting. */
static atomic_int child_cpu;

static void *tell_cpu(void *unused)
{
    child_cpu = (int)limpet_cpu();
    return unused;
}

static const char *maker_computes(void)
{
    enum { ROUNDS = 100 };
    unsigned elsewhere = 0;
    uint64_t most = 0;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_t t;
        unsigned home = limpet_cpu();
        child_cpu = -1;
        uint64_t began = now_ns();
        EXPECT(pthread_create(&t, NULL, tell_cpu, NULL) == 0);
        while (child_cpu < 0)
            ;
        uint64_t took = now_ns() - began;
        most = took > most ? took : most;
        elsewhere += (unsigned)child_cpu != home;
        pthread_join(t, NULL);
        usleep(3000); /* all idle again */
    }
    printf("     %u of %d ran elsewhere; the last one began after %llu us\n", elsewhere, ROUNDS,
           (unsigned long long)most / 1000);
    EXPECT(cpus() == 1 || elsewhere >= ROUNDS / 4); /* 1 to 6 if only a slice ends */
    return NULL;
}

/* The same with children of other priorities, and two at once. */
#define OURS 16
static atomic_uint begun;

static void *count_me(void *unused)
{
    begun++;
    return unused;
}

static const char *priorities(void)
{
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_setschedparam(pthread_self(), SCHED_RR, &(struct sched_param){.sched_priority = OURS});
    for (int i = 0; i < 60; i++) {
        /* a worse child needs another CPU, or a maker that waits */
        static const int than_ours[] = {1, 0, -1};
        struct sched_param p = {.sched_priority = OURS + than_ours[i % 3]};
        pthread_t t[2];
        begun = 0;
        pthread_attr_setschedparam(&attr, &p);
        EXPECT(pthread_create(&t[0], &attr, count_me, NULL) == 0);
        EXPECT(pthread_create(&t[1], i % 2 ? &attr : NULL, count_me, NULL) == 0);
        while (begun < 2 && (cpus() > 1 || i % 3 != 2))
            ;
        pthread_join(t[0], NULL);
        pthread_join(t[1], NULL);
        EXPECT(begun == 2);
    }
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &(struct sched_param){.sched_priority = 0});
    return NULL;
}

/* Makers on all CPUs; children end at once, wait, make children, or are nobody's to join. */
static atomic_ulong made, ended;
static uint64_t end;

static void *child(void *way)
{
    unsigned how = (unsigned)(uintptr_t)way;
    pthread_t t;
    if (how % 5 == 1)
        sched_yield();
    if (how % 5 == 2 && pthread_create(&t, NULL, child, (void *)(uintptr_t)(how / 5)) == 0) {
        made++;
        pthread_join(t, NULL);
    }
    if (how % 5 == 3)
        for (volatile int i = 0; i < 20000; i++)
            ;
    if (how % 5 == 4)
        usleep(how % 7);
    ended++;
    return way;
}

static void *make(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed * 2654435761u + 1;
    while (now_ns() < end) {
        pthread_t t[4];
        void *result;
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned n = 1 + (random >> 60) % 4, ways = (unsigned)(random >> 32) % 625;
        int detach = (random >> 50) % 4 == 0;
        for (unsigned i = 0; i < n; i++) {
            if (pthread_create(&t[i], NULL, child, (void *)(uintptr_t)(ways + i)) != 0)
                return "pthread_create() failed";
            made++;
            if (detach)
                pthread_detach(t[i]);
        }
        for (volatile unsigned i = 0; i < (random >> 40) % 4096; i++)
            ;
        for (unsigned i = 0; i < n && !detach; i++)
            if (pthread_join(t[i], &result) != 0 || result != (void *)(uintptr_t)(ways + i))
                return "a thread's result was another's";
        while (detach && made > ended + 1000)
            sched_yield();
    }
    return NULL;
}

static const char *hammer(void)
{
    const char *text = getenv("STRESS_SECONDS");
    unsigned n = 2 * cpus();
    pthread_t t[128];
    end = now_ns() + (uint64_t)((text != NULL ? atof(text) : 2) * 1e9);
    const char *wrong = NULL;
    for (unsigned i = 0; i < n; i++)
        EXPECT(pthread_create(&t[i], NULL, make, (void *)(uintptr_t)i) == 0);
    for (unsigned i = 0; i < n; i++) {
        void *result;
        pthread_join(t[i], &result);
        wrong = wrong != NULL ? wrong : result;
    }
    while (ended < made) /* who was detached; if one is lost, this takes for ever */
        usleep(1000);
    printf("     %lu threads\n", (unsigned long)made);
    return wrong;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"maker_computes", maker_computes},
        {"priorities", priorities},
        {"hammer", hammer},
        {NULL, NULL},
    };
    printf("     %u CPUs\n", cpus());
    return run_checks(rows, argc, argv);
}
