/* SPDX-License-Identifier: BSD-2-Clause */
/* Several CPUs at once. With one, most of this is the same on one, or a SKIP. */
#include "check.h"
#include <errno.h>
#include <limpet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64

static unsigned cpus(void) { return (unsigned)sysconf(_SC_NPROCESSORS_ONLN); }

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static volatile uint64_t end; /* of the stress; env STRESS_SECONDS each, default 2 */

static int time_is_left(void) { return now_ns() < end; }

/* Runs as many threads of a kind as THREADS tells, all until they return; what broke first. */
static const char *all_run(void *(*body)(void *), unsigned threads)
{
    const char *text = getenv("STRESS_SECONDS"), *wrong = NULL;
    pthread_t t[THREADS_MAX];
    end = UINT64_MAX; /* until all are there: those that spin already slow the making of others */
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&t[i], NULL, body, (void *)(uintptr_t)i) != 0)
            return "pthread_create() failed";
    end = now_ns() + (uint64_t)((text != NULL ? atof(text) : 2) * 1e9);
    for (unsigned i = 0; i < threads; i++) {
        void *result;
        pthread_join(t[i], &result);
        wrong = wrong != NULL ? wrong : result;
    }
    return wrong;
}

/* Each CPU can be asked for, and runs what was pinned to it; a number beyond is refused. */
static void *pinned(void *number)
{
    unsigned n = (unsigned)(uintptr_t)number;
    for (int i = 0; i < 100; i++) {
        if (limpet_pin(n) != 0 || limpet_cpu() != n)
            return "not on the CPU that it was pinned to";
        sched_yield();
        usleep(10);
        if (limpet_cpu() != n)
            return "did not stay where it was pinned to";
        n = (n + 1) % cpus();
    }
    return NULL;
}

static const char *pinning(void)
{
    EXPECT(limpet_pin(cpus()) == -1 && errno == EINVAL);
    return all_run(pinned, cpus());
}

/* Threads that spin meet at a barrier that only opens when all CPUs run at once. */
static atomic_uint met;

static void *meet(void *number)
{
    limpet_pin((unsigned)(uintptr_t)number);
    met++;
    while (met < cpus())
        if (!time_is_left())
            return "the CPUs did not run at the same time";
    return NULL;
}

static const char *all_at_once(void)
{
    met = 0;
    return all_run(meet, cpus());
}

/* More spinning threads than CPUs: every one gets on. */
static atomic_uint turns[THREADS_MAX];

static void *spin(void *number)
{
    while (time_is_left())
        turns[(uintptr_t)number]++;
    return NULL;
}

static const char *spinners_share(void)
{
    unsigned n = 2 * cpus() + 1 < THREADS_MAX ? 2 * cpus() + 1 : THREADS_MAX, quiet = n;
    /* where the machine has fewer CPUs, each needs a while to get its slices */
    for (int tries = 0; tries < 20 && quiet != 0; tries++) {
        const char *wrong = all_run(spin, n);
        if (wrong != NULL)
            return wrong;
        quiet = 0;
        for (unsigned i = 0; i < n; i++)
            quiet += turns[i] == 0;
    }
    EXPECT(quiet == 0);
    return NULL;
}

/* Create and join, by all at once: every result is its own. */
static void *twice(void *n) { return (void *)((uintptr_t)n * 2); }

static void *storm(void *seed)
{
    for (uintptr_t n = (uintptr_t)seed << 20; time_is_left(); n++) {
        pthread_t t[4];
        for (unsigned i = 0; i < 4; i++)
            if (pthread_create(&t[i], NULL, twice, (void *)(n + i)) != 0)
                return "pthread_create() failed in the storm";
        for (unsigned i = 0; i < 4; i++) {
            void *result;
            if (pthread_join(t[i], &result) != 0 || result != (void *)((n + i) * 2))
                return "a thread's result was another's";
        }
    }
    return NULL;
}

static const char *create_join_storm(void)
{
    return all_run(storm, 2 * cpus() < 32 ? 2 * cpus() : 32);
}

/* One mutex, one counter: no increment is lost. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static volatile uint64_t counted;
static atomic_ulong increments;

static void *count(void *unused)
{
    (void)unused;
    while (time_is_left())
        for (int i = 0; i < 100; i++) {
            pthread_mutex_lock(&mutex);
            counted = counted + 1;
            pthread_mutex_unlock(&mutex);
            increments++;
        }
    return NULL;
}

static const char *mutex_counts(void)
{
    counted = 0;
    increments = 0;
    const char *wrong = all_run(count, 2 * cpus());
    EXPECT(counted == increments);
    return wrong;
}

/* A bounded queue with two conditions, producers and consumers: what goes in comes out once. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t filled, emptied;
    unsigned n, producing;
    uint64_t items[8], in, out;
} queue = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, {0}, 0, 0};

static void *produce_or_consume(void *number)
{
    unsigned i = (unsigned)(uintptr_t)number;
    if (i % 2 == 0) {
        for (uint64_t item = i + 1; time_is_left(); item += 2) {
            pthread_mutex_lock(&queue.mutex);
            while (queue.n == 8)
                pthread_cond_wait(&queue.emptied, &queue.mutex);
            queue.items[queue.n++] = item;
            queue.in += item;
            pthread_cond_signal(&queue.filled);
            pthread_mutex_unlock(&queue.mutex);
        }
        pthread_mutex_lock(&queue.mutex);
        queue.producing--;
        pthread_cond_broadcast(&queue.filled);
        pthread_mutex_unlock(&queue.mutex);
        return NULL;
    }
    for (;;) {
        pthread_mutex_lock(&queue.mutex);
        while (queue.n == 0 && queue.producing != 0)
            pthread_cond_wait(&queue.filled, &queue.mutex);
        if (queue.n == 0)
            break;
        queue.out += queue.items[--queue.n];
        pthread_cond_signal(&queue.emptied);
        pthread_mutex_unlock(&queue.mutex);
    }
    pthread_mutex_unlock(&queue.mutex);
    return NULL;
}

static const char *conditions(void)
{
    unsigned n = 2 * cpus() < 32 ? 2 * cpus() : 32;
    queue.in = queue.out = queue.n = 0;
    queue.producing = n / 2;
    const char *wrong = all_run(produce_or_consume, n);
    EXPECT(queue.in == queue.out && queue.in != 0);
    return wrong;
}

/* A ring of semaphores: tokens go round, none is lost and none is made. */
static sem_t ring[THREADS_MAX];
static unsigned ring_size;
static atomic_ulong hops;

static void *pass_on(void *number)
{
    unsigned i = (unsigned)(uintptr_t)number;
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        if (sem_timedwait(&ring[i], &until) != 0) {
            if (!time_is_left())
                return NULL;
            continue;
        }
        if (!time_is_left()) {
            sem_post(&ring[i]); /* for the count */
            return NULL;
        }
        hops++;
        sem_post(&ring[(i + 1) % ring_size]);
    }
}

static const char *semaphore_ring(void)
{
    int total = 0;
    ring_size = 2 * cpus() < 32 ? 2 * cpus() : 32;
    for (unsigned i = 0; i < ring_size; i++)
        EXPECT(sem_init(&ring[i], 0, i % 2) == 0);
    const char *wrong = all_run(pass_on, ring_size);
    for (unsigned i = 0; i < ring_size; i++) {
        int value;
        sem_getvalue(&ring[i], &value);
        total += value;
    }
    EXPECT(total == (int)ring_size / 2 && hops != 0);
    return wrong;
}

/* malloc and free of all sizes by all, now and then what another has allocated. */
static _Atomic(unsigned char *) exchange[256];

static int is_filled(const unsigned char *p)
{
    size_t n = *(const size_t *)p;
    for (size_t i = sizeof n; i < n; i += 61)
        if (p[i] != (unsigned char)n)
            return 0;
    return 1;
}

static void *allocate(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed * 2654435761u + 1;
    while (time_is_left()) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned shift = 4 + (random >> 40) % 16; /* up to 1 MiB: beyond 256 KiB a region each */
        size_t n = ((size_t)1 << shift) + (random >> 50) % 100;
        unsigned char *p = malloc(n);
        if (p == NULL)
            continue; /* the others have it all */
        memset(p, (unsigned char)n, n);
        *(size_t *)p = n;
        unsigned char *old = atomic_exchange(&exchange[random >> 56], p);
        if (old != NULL && !is_filled(old))
            return "memory was not its owner's alone";
        free(old);
    }
    return NULL;
}

static void free_exchange(void)
{
    for (unsigned i = 0; i < 256; i++)
        free(atomic_exchange(&exchange[i], NULL));
}

static const char *malloc_from_all(void)
{
    const char *wrong = all_run(allocate, 2 * cpus() < 32 ? 2 * cpus() : 32);
    free_exchange();
    return wrong;
}

/* Regions made, touched and given back by all: fresh pages are zero, and all come back. */
static void *map_and_unmap(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed * 2654435761u + 1;
    while (time_is_left()) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        size_t pages = 1 + (random >> 40) % 200, page = random >> 63 ? 4096 : 2 << 20;
        volatile unsigned char *p = limpet_map(pages * 4096, page);
        if (p == NULL)
            continue;
        for (size_t i = 0; i < pages; i++) {
            if (p[i * 4096] != 0)
                return "a fresh page was not zero";
            p[i * 4096] = 1;
        }
        limpet_unmap((void *)p);
    }
    return NULL;
}

static const char *all_pages_come_back(void)
{
    const char *wrong = all_run(map_and_unmap, cpus());
    usleep(10000);
    uint64_t before = limpet_memory().free; /* stacks, tables and struct regions stay, for reuse */
    for (int i = 0; i < 20 && wrong == NULL; i++) {
        wrong = all_run(map_and_unmap, cpus());
        usleep(10000);
        uint64_t after = limpet_memory().free;
        if (after == before)
            return NULL;
        if (i == 19)
            printf("     free pages: %llu before, %llu after\n", (unsigned long long)before,
                   (unsigned long long)after);
        before = after;
    }
    return wrong != NULL ? wrong : "pages were lost";
}

/*
 * Two CPUs know a page's translation; it is given back, and its physical page becomes another's:
 * who still writes through the old translation would be seen. (A use after free, made on purpose:
 * the address itself is mapped anew each time, so that nothing faults.)
 */
static volatile uint64_t *volatile shared;
static atomic_uint round_begun, round_done;
static atomic_int enough;

static void *keep_writing(void *unused)
{
    limpet_pin(1);
    for (unsigned i = 1;; i++) {
        while (round_begun < i)
            if (enough)
                return unused;
        shared[0] = i; /* the new mapping, or, were it not forgotten, the old one's page */
        round_done = i;
    }
}

static const char *translations_are_forgotten(void)
{
    if (cpus() < 2)
        return "SKIP one CPU";
    pthread_t t;
    const char *wrong = NULL;
    void *other = NULL;
    uint64_t until = now_ns() + 5000000000; /* where CPUs take turns on one, a round takes long */
    limpet_pin(0);
    round_begun = 0;
    round_done = 0;
    enough = 0;
    EXPECT(pthread_create(&t, NULL, keep_writing, NULL) == 0);
    for (unsigned i = 1; wrong == NULL && i <= 2000 && (i <= 20 || now_ns() < until); i++) {
        shared = limpet_map(4096, 4096); /* the same address each time: the last one's slot */
        if (shared[0] != 0)
            wrong = "a fresh page was not zero";
        round_begun = i;
        while (round_done < i)
            ;
        if (shared[0] != i)
            wrong = "another CPU wrote elsewhere";
        limpet_unmap((void *)shared);
        limpet_unmap(other);
        other = limpet_map(1 << 20, 4096); /* takes the page: the next round has another */
        *(volatile char *)other = 1;
    }
    limpet_unmap(other);
    enough = 1;
    pthread_join(t, NULL);
    limpet_pin(LIMPET_ANY_CPU);
    return wrong;
}

/*
 * The same without a fixed order, by all CPUs: blocks go from one to another, and are given back
 * and had anew, at the same addresses on other pages, at once and deferred. Each page tells whose
 * it is, and which writing of its block it belongs to.
 */
#define BLOCK (5u << 20) /* more than malloc keeps for its next call */
#define PAGES 4          /* of it that are touched */
static _Atomic(volatile uint64_t *) passed[32];
static int at_once;

static void give_back(volatile uint64_t *b)
{
    if (!at_once)
        free((void *)b);
    else if (b != NULL)
        limpet_unmap((void *)b);
}

static void *pass_blocks(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed * 2654435761u + 1;
    while (time_is_left()) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        unsigned k = random >> 59;
        volatile uint64_t *b = atomic_exchange(&passed[k], NULL);
        for (unsigned i = 0; b != NULL && i < PAGES; i++)
            if (b[i * 512] != (uintptr_t)b + i || b[i * 512 + 1] != b[1])
                return "an old translation of a page was used";
        if (b == NULL || random >> 40 & 1) {
            give_back(b);
            b = !at_once ? malloc(BLOCK) : limpet_map(BLOCK, 4096);
            if (b == NULL)
                continue;
        }
        for (unsigned i = 0; i < PAGES; i++) {
            b[i * 512] = (uintptr_t)b + i;
            b[i * 512 + 1] = random;
        }
        give_back(atomic_exchange(&passed[k], b));
    }
    return NULL;
}

static const char *no_old_translations(void)
{
    const char *wrong = NULL;
    for (at_once = 0; at_once < 2 && wrong == NULL; at_once++) {
        wrong = all_run(pass_blocks, 2 * cpus() < 32 ? 2 * cpus() : 32);
        for (unsigned k = 0; k < 32; k++)
            give_back(atomic_exchange(&passed[k], NULL));
    }
    return wrong;
}

/* Clocks of all CPUs agree: what one reads after another is not earlier. */
static pthread_mutex_t clock_mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t last_ns;

static void *read_clock(void *number)
{
    limpet_pin((unsigned)(uintptr_t)number);
    while (time_is_left()) {
        pthread_mutex_lock(&clock_mutex);
        uint64_t now = now_ns();
        int backwards = now < last_ns;
        last_ns = now;
        pthread_mutex_unlock(&clock_mutex);
        if (backwards)
            return "the clock went backwards from one CPU to another";
    }
    return NULL;
}

static const char *clocks_agree(void) { return all_run(read_clock, cpus()); }

/* Sleepers on all CPUs, some woken before their time: every sleep ends, none too early. */
static void *nap(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed + 1;
    static sem_t nobody;
    while (time_is_left()) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        uint64_t began = now_ns(), ns = (random >> 40) % 3000000;
        struct timespec t = {0, (long)ns};
        if (random >> 63) {
            nanosleep(&t, NULL);
        } else {
            clock_gettime(CLOCK_REALTIME, &t);
            t.tv_nsec += (long)ns;
            t.tv_sec += t.tv_nsec / 1000000000;
            t.tv_nsec %= 1000000000;
            if (sem_timedwait(&nobody, &t) == 0)
                return "a semaphore that nobody posts was had";
        }
        if (now_ns() - began + 1000 < ns)
            return "a sleep ended too early";
    }
    return NULL;
}

static const char *naps(void) { return all_run(nap, 2 * cpus() < 32 ? 2 * cpus() : 32); }

/* How a machine ends while other CPUs are at work: not among the checks, as it ends. */
static void *talk(void *unused)
{
    (void)unused;
    for (;;) {
        write(STDOUT_FILENO, "talk\n", 5);
        usleep(100);
    }
    return NULL;
}

static void end_among_others(const char *how)
{
    pthread_t t;
    for (int i = 0; i < 8; i++)
        pthread_create(&t, NULL, talk, NULL);
    usleep(100000);
    if (strcmp(how, "panic") == 0)
        *(volatile int *)0 = 0;
    if (strcmp(how, "write") == 0 && write(STDOUT_FILENO, (const char *)16, 5) == -1 &&
        errno == EFAULT)
        puts("a bad write is refused");
    exit(5);
}

int main(int argc, char **argv)
{
    static const char *const ends[] = {"panic", "write", "exit"};
    for (int i = 0; argc == 2 && i < 3; i++)
        if (strcmp(argv[1], ends[i]) == 0)
            end_among_others(ends[i]);
    static const struct check rows[] = {
        {"pinning", pinning},
        {"all_at_once", all_at_once},
        {"spinners_share", spinners_share},
        {"create_join_storm", create_join_storm},
        {"mutex_counts", mutex_counts},
        {"conditions", conditions},
        {"semaphore_ring", semaphore_ring},
        {"malloc_from_all", malloc_from_all},
        {"all_pages_come_back", all_pages_come_back},
        {"translations_are_forgotten", translations_are_forgotten},
        {"no_old_translations", no_old_translations},
        {"clocks_agree", clocks_agree},
        {"naps", naps},
        {NULL, NULL},
    };
    printf("     %u CPUs\n", cpus());
    return run_checks(rows, argc, argv);
}
