/* SPDX-License-Identifier: BSD-2-Clause */
/* What threads keep of the heap: blocks by size class, large regions; that all of it comes back. */
#include "check.h"
#include <limpet.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define THREADS 8
#define CLASSES 4104         /* bytes of the largest block that a thread keeps */
#define LARGE   (256u << 10) /* from here on a region each */

static uint64_t next_random(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 20;
}

static size_t in_use(void) { return mallinfo().uordblks; }

/* The block holds so many bytes, and they are its own: written and found again with the others. */
static const char *every_size(void)
{
    static unsigned char *blocks[CLASSES + 2];
    size_t before = in_use();
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n <= CLASSES + 1; n++) {
            unsigned char *p = blocks[n] = malloc(n);
            EXPECT(p != NULL && (uintptr_t)p % 16 == 0);
            EXPECT(malloc_usable_size(p) >= n && malloc_usable_size(p) <= n + n / 8 + 32);
            memset(p, (int)n, malloc_usable_size(p));
        }
        for (size_t n = 0; n <= CLASSES + 1; n++) {
            for (size_t i = 0; i < n; i++)
                EXPECT(blocks[n][i] == (unsigned char)n);
            free(blocks[n]);
        }
    }
    EXPECT(in_use() == before);
    return NULL;
}

/* Whatever was there before. */
static const char *calloc_is_zero(void)
{
    static const size_t sizes[] = {1, 24, 100, 1000, 4096, 4104, 5000, 100000, LARGE, 1 << 20};
    for (unsigned k = 0; k < sizeof sizes / sizeof *sizes; k++)
        for (int round = 0; round < 20; round++) {
            size_t n = sizes[k];
            unsigned char *a = malloc(n), *b = malloc(n);
            memset(a, 0xff, n);
            memset(b, 0xff, n);
            free(a);
            free(b);
            unsigned char *p = calloc(1, n);
            EXPECT(p != NULL);
            for (size_t i = 0; i < n; i++)
                EXPECT(p[i] == 0);
            free(p);
        }
    return NULL;
}

/* The same region again, one little larger only; none for what wants another size. */
static const char *large_blocks_are_kept(void)
{
    volatile char *p = malloc(1 << 20);
    p[0] = 1;
    free((void *)p);
    uint64_t faults = limpet_memory().faults; /* which gives back what is kept */
    p = malloc(1 << 20);
    p[0] = 1;
    EXPECT(limpet_memory().faults == faults + 1);
    const uintptr_t was = (uintptr_t)p;
    free((void *)p);
    for (int i = 0; i < 10; i++) {
        char *volatile q =
            malloc((1 << 20) - i * 4096); /* a compiler may believe that it is no freed one */
        EXPECT((uintptr_t)q == was && malloc_usable_size(q) >= (1u << 20) - (size_t)i * 4096);
        free(q);
    }
    char *volatile half = malloc(1 << 19);
    EXPECT((uintptr_t)half != was);
    /* what grew or shrank is kept with the size that it has */
    char *q = realloc(malloc(1 << 20), (1 << 20) + 65536);
    memset(q, 1, (1 << 20) + 65536);
    free(q);
    q = realloc(malloc((1 << 20) + 65536), LARGE);
    free(q);
    q = malloc(1 << 20);
    memset(q, 1, 1 << 20);
    free(q);
    free(half);
    return NULL;
}

/* What one makes another frees, by way of a ring. */
#define RING 64
static _Atomic(unsigned char *) ring[RING];
static atomic_uint ended, wrong_blocks;

static void check_and_free(unsigned char *p)
{
    if (p != NULL && (p[0] != p[1] || p[malloc_usable_size(p) - 1] != p[0]))
        wrong_blocks++;
    free(p);
}

static unsigned char *filled(unsigned char *p, uint64_t random)
{
    if (p == NULL)
        return p;
    p[0] = p[1] = (unsigned char)random;
    p[malloc_usable_size(p) - 1] = p[0];
    return p;
}

static void *trader(void *seed)
{
    uint64_t random = (uint64_t)(uintptr_t)seed * 2654435761u + 1;
    for (int i = 0; i < 3000; i++) {
        size_t n = 2 + next_random(&random) % ((size_t)1 << (2 + next_random(&random) % 12));
        if (next_random(&random) % 256 == 0)
            n = LARGE + next_random(&random) % LARGE;
        unsigned char *p;
        switch (next_random(&random) % 4) {
        case 0:
            p = filled(calloc(1, n), random);
            break;
        case 1:
            p = filled(realloc(filled(malloc(n), random), 2 + n / 2), random);
            break;
        case 2:
            p = filled(memalign((size_t)16 << next_random(&random) % 6, n), random);
            break;
        default:
            p = filled(malloc(n), random);
        }
        check_and_free(atomic_exchange(&ring[next_random(&random) % RING], p));
    }
    ended++;
    return NULL;
}

/* Asks for what empties all caches, whatever their threads do just now. */
static void *collector(void *unused)
{
    while (ended < THREADS) {
        malloc_trim(0);
        (void)in_use();
        sched_yield();
    }
    return unused;
}

/* Promises nearly all memory away, again and again. */
static void *hoarder(void *unused)
{
    while (ended < THREADS) {
        size_t bytes = (size_t)limpet_memory().free * 4096;
        for (int i = 0; i < 8; i++)
            limpet_unmap(limpet_map(bytes - bytes / 64 * (size_t)i, 4096));
        usleep(1000);
    }
    return unused;
}

static const char *trade(void *(*by)(void *))
{
    pthread_t t[THREADS + 1];
    ended = wrong_blocks = 0;
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&t[i], NULL, trader, (void *)i) == 0);
    EXPECT(pthread_create(&t[THREADS], NULL, by, NULL) == 0);
    for (unsigned i = 0; i <= THREADS; i++)
        EXPECT(pthread_join(t[i], NULL) == 0);
    for (unsigned i = 0; i < RING; i++)
        check_and_free(atomic_exchange(&ring[i], NULL));
    EXPECT(wrong_blocks == 0);
    return NULL;
}

static const char *others_free(void)
{
    const char *wrong = trade(collector); /* stdio's and the threads' own are there then */
    size_t before = in_use();
    for (int round = 0; round < 5 && wrong == NULL; round++)
        wrong = trade(round % 2 == 0 ? hoarder : collector);
    EXPECT(wrong == NULL);
    EXPECT(in_use() == before);
    return wrong;
}

/* A thread that ends, or sleeps, has its caches full of blocks. */
static void *fill_caches(void *unused)
{
    static __thread void *blocks[32];
    for (size_t n = 8; n <= CLASSES; n += 16) {
        for (int i = 0; i < 32; i++)
            blocks[i] = malloc(n);
        for (int i = 0; i < 32; i++)
            free(blocks[i]);
    }
    return unused;
}

static const char *threads_that_end_give_back(void)
{
    size_t before = 0;
    uint64_t pages = 0;
    for (int round = 0; round < 40; round++) {
        pthread_t t[THREADS];
        for (unsigned i = 0; i < THREADS; i++)
            EXPECT(pthread_create(&t[i], NULL, fill_caches, NULL) == 0);
        for (unsigned i = 0; i < THREADS; i++)
            EXPECT(pthread_join(t[i], NULL) == 0);
        if (round == 9) {
            before = in_use();
            pages = limpet_memory().free;
        }
    }
    EXPECT(in_use() == before);
    EXPECT(limpet_memory().free + 64 >= pages); /* of the heap some hundred KiB may be in pieces */
    return NULL;
}

#define PARTS 4 /* as many blocks of 2,000 bytes as a thread keeps */
static void *_Atomic parts[THREADS][PARTS];
static sem_t filled_one, go_on;

static void *sleep_with_blocks(void *number)
{
    uintptr_t n = (uintptr_t)number;
    for (int i = 0; i < PARTS; i++)
        parts[n][i] = malloc(2000);
    for (int i = 0; i < PARTS; i++)
        free(parts[n][i]);
    free(malloc(1 << 20));
    sem_post(&filled_one);
    sem_wait(&go_on);
    return NULL;
}

/* Memory that sleeping threads keep is had by one that needs it. */
static const char *short_memory_empties_caches(void)
{
    pthread_t t[THREADS];
    struct list {
        struct list *next;
    } *all = NULL;
    sem_init(&filled_one, 0, 0);
    sem_init(&go_on, 0, 0);
    for (uintptr_t i = 0; i < THREADS; i++)
        EXPECT(pthread_create(&t[i], NULL, sleep_with_blocks, (void *)i) == 0);
    for (unsigned i = 0; i < THREADS; i++)
        sem_wait(&filled_one);
    unsigned found = 0;
    for (struct list *p; (p = malloc(2000)) != NULL; all = p) {
        p->next = all;
        for (unsigned i = 0; i < THREADS * PARTS; i++)
            found += (void *)p == parts[i / PARTS][i % PARTS];
    }
    while (all != NULL) {
        struct list *next = all->next;
        free(all);
        all = next;
    }
    for (unsigned i = 0; i < THREADS; i++)
        sem_post(&go_on);
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT(pthread_join(t[i], NULL) == 0);
    printf("     %u of %u blocks of sleeping threads\n", found, THREADS * PARTS);
    EXPECT(found == THREADS * PARTS);
    return NULL;
}

/* Large ones that are kept count as free, and are. */
static const char *kept_regions_are_free(void)
{
    char *p[8];
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 8; i++)
            memset(p[i] = malloc(4 << 20), 1, 4 << 20);
        for (unsigned i = 0; i < 8; i++)
            free(p[i]);
    }
    for (unsigned i = 0; i < 8; i++)
        memset(p[i] = malloc(4 << 20), 1, 4 << 20);
    for (unsigned i = 0; i < 8; i++)
        free(p[i]);
    size_t all = (size_t)sysconf(_SC_AVPHYS_PAGES) * 4096;
    void *most = malloc(all - (2 << 20)); /* page tables need some */
    EXPECT(most != NULL);
    free(most);
    for (unsigned i = 0; i < 8; i++)
        memset(p[i] = malloc(4 << 20), 1, 4 << 20);
    for (unsigned i = 0; i < 8; i++)
        free(p[i]);
    most = limpet_map(all - (2 << 20), 4096);
    EXPECT(most != NULL && limpet_unmap(most) == 0);
    return NULL;
}

/* malloc and free as a thread ends, and as the program does. */
static unsigned destroyed;

static void destroy(void *p)
{
    destroyed++;
    free(p);
    fill_caches(NULL);
}

static pthread_key_t key;

static void *has_value(void *unused)
{
    pthread_setspecific(key, strdup("value"));
    return unused;
}

static const char *destructors(void)
{
    EXPECT(pthread_key_create(&key, destroy) == 0);
    for (int round = 0; round < 10; round++) {
        pthread_t t;
        EXPECT(pthread_create(&t, NULL, has_value, NULL) == 0 && pthread_join(t, NULL) == 0);
    }
    EXPECT(destroyed == 10 && pthread_key_delete(key) == 0);
    return NULL;
}

static void at_exit(void)
{
    fill_caches(NULL);
    printf("at exit: %zu\n", malloc_usable_size(strdup("a handler allocates")));
}

/* An app that moves the break itself is in the heap's way. */
static const char *break_moved_by_others(void)
{
    char *p[64];
    for (int i = 0; i < 64; i++) {
        p[i] = malloc(2000);
        EXPECT(p[i] != NULL && sbrk(100) != (void *)-1);
    }
    for (int i = 0; i < 64; i++)
        free(p[i]);
    EXPECT(malloc_trim(0) >= 0);
    return NULL;
}

__attribute__((constructor)) static void before_main(void) { free(malloc(100)); }

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"every_size", every_size},
        {"calloc_is_zero", calloc_is_zero},
        {"large_blocks_are_kept", large_blocks_are_kept},
        {"threads_that_end_give_back", threads_that_end_give_back},
        {"others_free", others_free},
        {"kept_regions_are_free", kept_regions_are_free},
        {"short_memory_empties_caches", short_memory_empties_caches},
        {"destructors", destructors},
        {"break_moved_by_others", break_moved_by_others},
        {NULL, NULL},
    };
    atexit(at_exit);
    return run_checks(rows, argc, argv);
}
