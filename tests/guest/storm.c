/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything at once, each part checking what it gets: threads, memory, files, locks, priorities,
 * CPUs, time. For STORM_SECONDS (3) of the environment; STORM_SEED (1) begins the random numbers.
 * Memory runs out on purpose now and then: to be told that is right, to lose anything is not.
 */
#include "storm.h"
#include <errno.h>
#include <fcntl.h>
#include <limpet.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <unistd.h>

/* How often each part came through its loop; what it was refused for want of memory. */
/* clang-format off */
enum { BLOCKS, REGIONS, THREADS, FILES, MUTEXES, QUEUE, RING, READERS, BARRIER, TIME, PRIORITIES,
       CPUS, FLOATS, PARTS };
/* clang-format on */
static const char *const names[PARTS] = {
    "blocks",  "regions", "threads", "files",      "mutexes", "queue", "semaphores",
    "readers", "barrier", "sleeps",  "priorities", "CPUs",    "floats"};
static uint64_t turns[PARTS], refused;

static void turn(int part) { __atomic_add_fetch(&turns[part], 1, __ATOMIC_RELAXED); }
static void refuse(void) { __atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED); }

/* Memory. Blocks go from thread to thread; whoever gets one knows what must be in it. */

struct block {
    size_t bytes;
    uint8_t data[];
};
static struct block *exchange[64];

static uint8_t byte_of(const struct block *b, size_t i) { return (uint8_t)(b->bytes * 31 + i); }

static int intact(const struct block *b)
{
    for (size_t i = 0; i<b->bytes; i += b->bytes> 8192 ? 511 : 1)
        if (b->data[i] != byte_of(b, i))
            return 0;
    return 1;
}

static struct block *fill(struct block *b, size_t bytes)
{
    if (b == NULL) {
        refuse();
        return NULL;
    }
    b->bytes = bytes;
    for (size_t i = 0; i<bytes; i += b->bytes> 8192 ? 511 : 1)
        b->data[i] = byte_of(b, i);
    return b;
}

static void *blocks(void *unused)
{
    while (!stop) {
        size_t bytes = random_below(8) == 0 ? 200000 + random_below(1 << 20) : random_below(3000);
        struct block *b = fill(malloc(sizeof *b + bytes), bytes);
        if (b != NULL && random_below(4) == 0) {
            struct block *more = realloc(b, sizeof *b + bytes * 2);
            b = more != NULL ? more : b;
            MUST(intact(b));
        }
        b = __atomic_exchange_n(&exchange[random_below(64)], b, __ATOMIC_ACQ_REL);
        MUST(b == NULL || intact(b));
        free(b);
        turn(BLOCKS);
    }
    return unused;
}

/* Fresh pages are zero, whatever was there before; once in a while all memory is promised away. */
static void *regions(void *unused)
{
    while (!stop) {
        size_t page = random_below(4) == 0 ? 2 << 20 : 4096;
        size_t bytes = random_below(4 << 20) + 1;
        uint64_t *r = limpet_map(bytes, page);
        if (r == NULL) {
            refuse();
            continue;
        }
        for (size_t i = 0; i < bytes / 8; i += 512) {
            MUST(r[i] == 0);
            r[i] = ~0ull;
        }
        MUST(limpet_unmap(r) == 0);
        void *all[64];
        int n = 0;
        for (; random_below(200) != 0 && n < 64 && turns[REGIONS] % 256 == 0; n++)
            if ((all[n] = malloc(16 << 20)) == NULL) {
                refuse();
                break;
            }
        while (n > 0)
            free(all[--n]);
        turn(REGIONS);
    }
    return unused;
}

/* Threads. */

static void *triple(void *n)
{
    char frame[3000];
    memset(frame, 1, sizeof frame);
    __asm__ volatile("" : : "r"(frame) : "memory");
    void *p = malloc(300);
    sched_yield();
    free(p);
    return (void *)((uintptr_t)n * 3);
}

static void *makers(void *unused)
{
    while (!stop) {
        pthread_t t[8];
        pthread_attr_t attr;
        uintptr_t n = 0;
        pthread_attr_init(&attr);
        pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
        pthread_attr_setschedpolicy(&attr, SCHED_RR);
        for (; n < 8; n++) {
            pthread_attr_setstacksize(&attr, 8192u << random_below(6));
            pthread_attr_setschedparam(
                &attr, &(struct sched_param){.sched_priority = 15 + (int)random_below(4)});
            if (pthread_create(&t[n], &attr, triple, (void *)n) != 0)
                break;
        }
        if (n < 8)
            refuse();
        while (n-- > 0) {
            void *result;
            if (n == 3) {
                MUST(pthread_detach(t[n]) == 0);
                continue;
            }
            MUST(pthread_join(t[n], &result) == 0 && result == (void *)(n * 3));
            turn(THREADS);
        }
    }
    return unused;
}

/* Files: each thread's own in a folder of all, under changing names. */
static void *files(void *unused)
{
    char path[64], other[80], text[3000], back[3000];
    while (!stop) {
        size_t n = random_below(sizeof text), written = 0;
        snprintf(path, sizeof path, "/tmp/storm %u %u", (unsigned)pthread_self(),
                 (unsigned)random_below(20));
        snprintf(other, sizeof other, "%s moved", path);
        memset(text, (int)random_below(256), sizeof text);
        FILE *f = fopen(path, "w");
        if (f != NULL) {
            written = fwrite(text, 1, n, f);
            if (fclose(f) != 0)
                written = 0;
        }
        if (written != n) {
            MUST(errno == ENOSPC || errno == ENOMEM);
            refuse();
            unlink(path);
            continue;
        }
        if (rename(path, other) != 0) {
            MUST(errno == ENOSPC);
            strcpy(other, path);
        }
        int fd = open(other, O_RDONLY);
        MUST(read(fd, back, sizeof back) == (int)n && memcmp(back, text, n) == 0);
        MUST(close(fd) == 0 && unlink(other) == 0);
        turn(FILES);
    }
    return unused;
}

/* Locks. Each guards two numbers that are equal outside. */

#define LOCKS 6
static struct guarded {
    pthread_mutex_t mutex;
    uint64_t a;
    volatile uint64_t b;
} guarded[LOCKS];

static void init_locks(void)
{
    static const int types[LOCKS] = {PTHREAD_MUTEX_NORMAL,    PTHREAD_MUTEX_ERRORCHECK,
                                     PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_NORMAL,
                                     PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_DEFAULT};
    for (int i = 0; i < LOCKS; i++) {
        pthread_mutexattr_t attr;
        pthread_mutexattr_init(&attr);
        pthread_mutexattr_settype(&attr, types[i]);
        pthread_mutexattr_setprotocol(&attr, i % 2 ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
        pthread_mutex_init(&guarded[i].mutex, &attr);
    }
}

/* In rising order, up to three at once: chains of holders that wait. */
static void *mutexes(void *unused)
{
    while (!stop) {
        int held[LOCKS], n = 0;
        for (int i = (int)random_below(LOCKS); i < LOCKS && n < 3; i += 1 + (int)random_below(3)) {
            struct timespec at = in_us(0);
            int error = random_below(4) == 0 ? pthread_mutex_timedlock(&guarded[i].mutex, &at)
                                             : pthread_mutex_lock(&guarded[i].mutex);
            MUST(error == 0 || error == ETIMEDOUT);
            if (error == 0)
                held[n++] = i;
        }
        for (int i = 0; i < n; i++) {
            struct guarded *g = &guarded[held[i]];
            MUST(g->a == g->b);
            g->a++;
            if (random_below(64) == 0)
                sched_yield();
            g->b++;
        }
        while (n-- > 0)
            MUST(pthread_mutex_unlock(&guarded[held[n]].mutex) == 0);
        turn(MUTEXES);
    }
    return unused;
}

static pthread_mutex_t queue_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t queue_cond = PTHREAD_COND_INITIALIZER;
static uint64_t queue[4], queue_length, put_sum, got_sum;

static void *put(void *unused)
{
    while (!stop) {
        uint64_t value = random_below(1000);
        pthread_mutex_lock(&queue_mutex);
        while (queue_length == 4 && !stop)
            pthread_cond_wait(&queue_cond, &queue_mutex);
        if (!stop) { /* those who get look once more after that */
            queue[queue_length++] = value;
            put_sum += value;
        }
        pthread_cond_broadcast(&queue_cond);
        pthread_mutex_unlock(&queue_mutex);
    }
    return unused;
}

static void *get(void *unused)
{
    pthread_mutex_lock(&queue_mutex);
    while (!stop || queue_length > 0) {
        if (queue_length == 0) {
            pthread_cond_wait(&queue_cond, &queue_mutex);
            continue;
        }
        got_sum += queue[--queue_length];
        turn(QUEUE);
        pthread_cond_broadcast(&queue_cond);
    }
    pthread_mutex_unlock(&queue_mutex);
    return unused;
}

/* A token goes round; a wake-up that is lost would stop it for good. */
#define RING_SIZE 4
static sem_t ring[RING_SIZE];

static void *ring_member(void *number)
{
    uintptr_t i = (uintptr_t)number;
    while (!stop) {
        while (sem_wait(&ring[i]) != 0)
            ;
        turn(RING);
        sem_post(&ring[(i + 1) % RING_SIZE]);
    }
    return NULL;
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile uint64_t read_a, read_b;

static void *readers(void *unused)
{
    while (!stop) {
        if (random_below(4) == 0) {
            pthread_rwlock_wrlock(&rwlock);
            read_a++;
            if (random_below(16) == 0)
                sched_yield();
            read_b++;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            MUST(read_a == read_b);
        }
        pthread_rwlock_unlock(&rwlock);
        turn(READERS);
    }
    return unused;
}

static pthread_barrier_t barrier;
static volatile uint64_t phase[3];
static volatile int last_phase;

static void *meet(void *number)
{
    uintptr_t i = (uintptr_t)number;
    for (int ends = 0; !ends;) {
        phase[i]++;
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
            last_phase = stop;
        MUST(phase[0] == phase[1] && phase[1] == phase[2]);
        pthread_barrier_wait(&barrier);
        ends = last_phase;
        pthread_barrier_wait(&barrier);
        turn(BARRIER);
    }
    return NULL;
}

/* Time. */
static void *sleeps(void *unused)
{
    pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t c = PTHREAD_COND_INITIALIZER;
    while (!stop) {
        uint64_t us = random_below(3000), before = now_ns();
        if (random_below(2) == 0) {
            usleep((useconds_t)us);
        } else {
            struct timespec at = in_us(us);
            pthread_mutex_lock(&m);
            MUST(pthread_cond_timedwait(&c, &m, &at) == ETIMEDOUT);
            pthread_mutex_unlock(&m);
        }
        MUST(now_ns() - before >= us * 1000 * 99 / 100 && now_ns() - before < 1ull << 50);
        turn(TIME);
    }
    return unused;
}

/* Priorities: of all long-lived threads, none of which so stays behind the others for good; and its
 * own, above theirs. */
#define MOST 64
static pthread_t all[MOST];
static volatile int all_count;
static int changer;       /* which of them changes the others' priorities */
static volatile int calm; /* it is to end, before all others: who has ended has no priority */

static int set_priority(pthread_t t, int priority)
{
    struct sched_param param = {.sched_priority = priority};
    return pthread_setschedparam(t, SCHED_RR, &param);
}

static void *priorities(void *unused)
{
    MUST(set_priority(pthread_self(), 20) == 0);
    while (!stop && !calm) {
        pthread_t t = all[random_below((uint64_t)all_count)];
        MUST(t == pthread_self() || set_priority(t, 12 + (int)random_below(8)) == 0);
        if (random_below(4) == 0) {
            MUST(set_priority(pthread_self(), 20 + (int)random_below(11)) == 0);
        }
        usleep((useconds_t)random_below(500));
        turn(PRIORITIES);
    }
    return unused;
}

static void *pins(void *unused)
{
    unsigned cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    while (!stop) {
        unsigned cpu = (unsigned)random_below(cpus);
        MUST(limpet_pin(cpu) == 0 && limpet_cpu() == cpu);
        usleep((useconds_t)random_below(500));
        MUST(limpet_cpu() == cpu && limpet_ping((unsigned)random_below(cpus)) == 0);
        limpet_pin(LIMPET_ANY_CPU);
        turn(CPUS);
    }
    return unused;
}

static void *floats(void *unused)
{
    while (!stop) {
        double first = (double)random_below(1000), x = first;
        for (int i = 0; i < 1000; i++)
            x = x * 1.5 + i;
        sched_yield();
        double y = first;
        for (int i = 0; i < 1000; i++)
            y = y * 1.5 + i;
        MUST(x == y);
        turn(FLOATS);
    }
    return unused;
}

/* clang-format off */
static const struct {
    void *(*run)(void *);
    uintptr_t count;
} parts[] = {{blocks, 4}, {regions, 2}, {makers, 3}, {files, 3}, {mutexes, 4}, {put, 2}, {get, 2},
             {readers, 3}, {meet, 3}, {sleeps, 3}, {pins, 2}, {floats, 2}, {priorities, 1},
             {ring_member, RING_SIZE}};
/* clang-format on */

/* All get on at first; what a part then may do, its priority says. */
static int all_get_on(void)
{
    for (int i = 0; i < PARTS; i++)
        if (turns[i] == 0)
            return 0;
    return 1;
}

static const char *end_all(void)
{
    calm = 1;
    EXPECT(pthread_join(all[changer], NULL) == 0);
    stop = 1;
    pthread_mutex_lock(&queue_mutex);
    pthread_cond_broadcast(&queue_cond);
    pthread_mutex_unlock(&queue_mutex);
    for (int i = 0; i < RING_SIZE; i++)
        sem_post(&ring[i]); /* the token may have come to one that has ended */
    for (int i = 0; i < all_count; i++)
        EXPECT(i == changer || pthread_join(all[i], NULL) == 0);
    for (size_t i = 0; i < sizeof exchange / sizeof *exchange; i++) {
        EXPECT(exchange[i] == NULL || intact(exchange[i]));
        free(exchange[i]);
    }
    return NULL;
}

static const char *storm(void)
{
    const char *seconds = getenv("STORM_SECONDS"), *given = getenv("STORM_SEED");
    uint64_t free_before = limpet_memory().free, began = now_ns();
    uint64_t ends = began + (seconds != NULL ? strtoull(seconds, NULL, 10) : 3) * 1000000000;
    seed = given != NULL ? strtoull(given, NULL, 10) : 1;
    init_locks();
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < RING_SIZE; i++)
        sem_init(&ring[i], 0, i == 0);
    set_priority(pthread_self(), 32);
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        for (uintptr_t i = 0; i < parts[k].count; i++) {
            pthread_attr_t attr;
            pthread_attr_init(&attr);
            pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
            if (parts[k].run == priorities)
                changer = all_count;
            EXPECT(pthread_create(&all[all_count], &attr, parts[k].run, (void *)i) == 0);
            all_count++;
        }
    while (!stop && (now_ns() < ends || (!all_get_on() && now_ns() < ends + 60000000000)))
        usleep(100000);
    const char *ended = end_all();
    for (int i = 0; i < PARTS; i++)
        printf("     %s: %llu\n", names[i], (unsigned long long)turns[i]);
    printf("     refused for want of memory: %llu; %llu s\n", (unsigned long long)refused,
           (unsigned long long)((now_ns() - began) / 1000000000));
    if (wrong != NULL || ended != NULL)
        return wrong != NULL ? wrong : ended;
    EXPECT(put_sum == got_sum && queue_length == 0 && all_get_on());
    usleep(10000);
    uint64_t free_after = limpet_memory().free;
    printf("     free pages: %llu before, %llu after\n", (unsigned long long)free_before,
           (unsigned long long)free_after);
    return free_after + free_before / 20 > free_before ? NULL : "pages were lost";
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {{"storm", storm}, {NULL, NULL}};
    return run_checks(rows, argc, argv);
}
