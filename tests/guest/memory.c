/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap, regions, and running out of memory. */
#include "check.h"
#include <errno.h>
#include <limpet.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *exhaust(size_t bytes)
{
    void **list = NULL;
    size_t n = 0;
    uint64_t free_before = limpet_memory().free;
    for (;;) {
        errno = 0;
        void **block = malloc(bytes);
        if (block == NULL)
            break;
        for (size_t at = 0; at < bytes; at += 4096) /* every page that was promised must come */
            ((volatile char *)block)[at] = 1;
        *block = list;
        list = block;
        n++;
    }
    EXPECT(errno == ENOMEM);
    printf("     %zu blocks of %zu bytes of %llu pages\n", n, bytes,
           (unsigned long long)free_before);
    EXPECT(n * bytes > free_before * 4096 / 10 * 8); /* most of memory was to be had */
    while (list != NULL) {
        void **next = *list;
        free(list);
        list = next;
    }
    void *again = malloc(bytes);
    EXPECT(again != NULL);
    free(again);
    return NULL;
}

static const char *exhaust_by_small_blocks(void) { return exhaust(2000); }

static const char *exhaust_by_large_blocks(void) { return exhaust((6 << 20) - 4096); }

static const char *more_than_there_is(void)
{
    volatile size_t most = SIZE_MAX; /* compilers know better than to ask for that, */
    void *volatile block;            /* or believe that it succeeds */
    errno = 0;
    EXPECT((block = malloc((size_t)1 << 40)) == NULL && errno == ENOMEM);
    errno = 0;
    EXPECT((block = malloc(most - 10)) == NULL && errno == ENOMEM);
    EXPECT((block = calloc(most / 2, 3)) == NULL);
    errno = 0;
    EXPECT(limpet_map((size_t)1 << 39, 4096) == NULL && errno == ENOMEM);
    EXPECT(limpet_map(4096, 8192) == NULL && errno == EINVAL);
    return NULL;
}

static const char *large_blocks_come_back(void)
{
    free(malloc(50 << 20));
    uint64_t before = limpet_memory().free;
    for (int i = 0; i < 50; i++) {
        char *p = malloc(50 << 20);
        EXPECT(p != NULL);
        memset(p, i, 1 << 20);
        free(p);
    }
    EXPECT(limpet_memory().free + 100 >= before); /* page tables may have been added */
    return NULL;
}

static const char *fresh_memory_is_zero(void)
{
    for (int round = 0; round < 3; round++) {
        unsigned char *p = calloc(1, 4 << 20);
        EXPECT(p != NULL);
        for (size_t i = 0; i < 4u << 20; i += 64)
            EXPECT(p[i] == 0);
        memset(p, 0xff, 4 << 20);
        free(p);
    }
    return NULL;
}

static const char *reallocation(void)
{
    size_t bytes = 10;
    unsigned char *p = malloc(bytes);
    for (size_t i = 0; i < bytes; i++)
        p[i] = (unsigned char)i;
    while (bytes < 40u << 20) { /* from small to large blocks, and within them */
        size_t more = bytes * 3;
        p = realloc(p, more);
        EXPECT(p != NULL);
        for (size_t i = 0; i < bytes; i += bytes / 10)
            EXPECT(p[i] == (unsigned char)i);
        for (size_t i = bytes; i < more; i++)
            p[i] = (unsigned char)i;
        bytes = more;
    }
    p = realloc(p, 1000); /* and back */
    for (size_t i = 0; i < 1000; i++)
        EXPECT(p[i] == (unsigned char)i);
    free(p);
    return NULL;
}

static const char *alignment(void)
{
    for (size_t align = 16; align <= 1 << 20; align *= 2)
        for (size_t bytes = 1; bytes <= 1 << 20; bytes *= 32) {
            void *p = NULL;
            EXPECT(posix_memalign(&p, align, bytes) == 0 && (uintptr_t)p % align == 0);
            memset(p, 1, bytes);
            free(p);
        }
    void *p;
    EXPECT(posix_memalign(&p, 24, 10) == EINVAL);
    return NULL;
}

static const char *regions(void)
{
    for (size_t page = 4096; page <= 2 << 20; page *= 512) {
        uint64_t faults = limpet_memory().faults;
        char *p = limpet_map(16 << 20, page);
        EXPECT(p != NULL && (uintptr_t)p % page == 0);
        EXPECT(limpet_memory().faults == faults);
        for (size_t i = 0; i < 16u << 20; i += 4096) {
            EXPECT(p[i] == 0);
            p[i] = 1;
        }
        EXPECT(limpet_memory().faults - faults == (16u << 20) / page);
        EXPECT(limpet_unmap(p + 4096) == -1 && errno == EINVAL);
        EXPECT(limpet_unmap(p) == 0);
        EXPECT(limpet_unmap(p) == -1);
    }
    return NULL;
}

/* A region across 1 GiB needs a table more; a 2 MiB region must not inherit small tables. */
static const char *page_tables_are_counted(void)
{
    uint64_t before = limpet_memory().free;
    char *p = malloc(200 << 20);
    for (size_t i = 0; i < 200u << 20; i += 4096)
        p[i] = 1;
    free(p);
    uint64_t faults = limpet_memory().faults;
    char *q = limpet_map(200 << 20, 2 << 20);
    EXPECT(q != NULL);
    for (size_t i = 0; i < 200u << 20; i += 4096)
        q[i] = 1;
    EXPECT(limpet_memory().faults - faults == 100);
    EXPECT(limpet_unmap(q) == 0);
    if (before < 300000)
        return NULL; /* the rest wants a large machine */
    for (size_t pages = 262080; pages < 262144; pages++) {
        p = limpet_map(pages * 4096, 4096);
        EXPECT(p != NULL);
        for (size_t i = 0; i < pages; i += 512)
            p[i * 4096] = 1;
        EXPECT(limpet_unmap(p) == 0);
    }
    p = malloc(1 << 20);
    EXPECT(p != NULL);
    free(p);
    return NULL;
}

static const char *moving_the_break(void)
{
    char *base = sbrk(0);
    EXPECT(sbrk(100000) == base);
    base[99999] = 1;
    uint64_t before = limpet_memory().free;
    EXPECT(sbrk(1 << 20) == base + 100000);
    memset(base + 100000, 1, 1 << 20);
    EXPECT(sbrk(-(1 << 20)) == base + 100000 + (1 << 20));
    EXPECT(limpet_memory().free + 8 >= before); /* page tables stay */
    EXPECT(sbrk(-100000) == base + 100000 && sbrk(0) == base);
    errno = 0;
    EXPECT(sbrk((intptr_t)1 << 45) == (void *)-1 && errno == ENOMEM);
    EXPECT(sbrk(-((intptr_t)1 << 45)) == (void *)-1);
    return NULL;
}

/* Each thread fills, moves and compares its own bytes, long and short, and is preempted. */
static volatile int copies_wrong;

static void *copy_own(void *number)
{
    int own = *(int *)number;
    static char pools[4][4096];
    char *from = pools[own], *to = from + 2048;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    for (time_t end = t.tv_sec + 1; t.tv_sec < end && !copies_wrong;
         clock_gettime(CLOCK_MONOTONIC, &t))
        for (size_t n = 1; n < 1000; n += 1 + n / 9) {
            memset(from, 'a' + own, n);
            from[n] = '\0';
            memcpy(to, from, n + 1);
            memmove(to + 9, to, n + 1);
            if (strlen(to + 9) != n || memcmp(to + 9, from, n + 1) != 0 || *to != 'a' + own)
                copies_wrong = 1;
        }
    return NULL;
}

static const char *copies_across_preemption(void)
{
    pthread_t t[4];
    static int numbers[4] = {0, 1, 2, 3};
    for (int i = 0; i < 4; i++)
        EXPECT(pthread_create(&t[i], NULL, copy_own, &numbers[i]) == 0);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    EXPECT(!copies_wrong);
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"moving_the_break", moving_the_break}, /* before malloc has moved it */
        {"more_than_there_is", more_than_there_is},
        {"large_blocks_come_back", large_blocks_come_back},
        {"fresh_memory_is_zero", fresh_memory_is_zero},
        {"reallocation", reallocation},
        {"alignment", alignment},
        {"regions", regions},
        {"page_tables_are_counted", page_tables_are_counted},
        {"exhaust_by_large_blocks", exhaust_by_large_blocks},
        {"exhaust_by_small_blocks", exhaust_by_small_blocks},
        {"copies_across_preemption", copies_across_preemption},
        {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
