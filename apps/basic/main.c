/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic: what the OS's smallest services cost, in cycles. The published loops (two calls to warm
 * up, one pair of time stamps around 10,000) give the mean, the median of eleven such loops; beside
 * it every row has a distribution of single calls, each between fenced time stamps, whose own cost
 * is the row "rdtsc pair".
 *
 * usage: basic [--json]
 */
#include "bench.h"
#include <limpet.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOPS     11    /* of the published loop; their median counts */
#define CALLS     10000 /* of the published loops */
#define SINGLES   1000  /* single calls for the distribution */
#define BUFFER    (1u << 20)
#define BUFFERS   256 /* of the published malloc and page-access loops */
#define PAGE      4096u
#define PAGE_2M   (2u << 20)
#define FAULTS_4K 2048 /* 8 MiB */
#define FAULTS_2M 16   /* 32 MiB */

static uint32_t samples[BENCH_SAMPLES];
static int json;

static void print(const char *name, double mean, uint64_t calls, size_t n, const char *note)
{
    bench_print(&(struct bench_row){"basic", name, "cycles", mean, calls, note, n, samples}, json);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The published loop around any call, then single calls. */
#define MEASURE(name, divisor, call)                                                               \
    do {                                                                                           \
        double means[LOOPS];                                                                       \
        for (int loop = 0; loop < LOOPS; loop++) {                                                 \
            call;                                                                                  \
            call;                                                                                  \
            uint64_t start = limpet_tsc();                                                         \
            for (int i = 0; i < CALLS; i++)                                                        \
                call;                                                                              \
            means[loop] = (double)(limpet_tsc() - start) / CALLS / (divisor);                      \
        }                                                                                          \
        for (int i = 0; i < SINGLES; i++) {                                                        \
            uint64_t before = limpet_tsc_fenced();                                                 \
            call;                                                                                  \
            samples[i] = bench_clip((limpet_tsc_fenced() - before) / (divisor));                   \
        }                                                                                          \
        qsort(means, LOOPS, sizeof *means, ascending);                                             \
        print(name, means[LOOPS / 2], CALLS, SINGLES, "");                                         \
    } while (0)

static void calls(void)
{
    MEASURE("rdtsc pair", 1, limpet_tsc());
    MEASURE("empty call", 1, bench_empty_call());
    MEASURE("getpid", 1, getpid());
    MEASURE("sched_yield", 1, sched_yield());
}

/* One write in every page of n buffers; each is timed from the end of the one before. */
static void touch_all(const char *name, char *const *buffer, int n, const char *note)
{
    size_t touches = 0;
    uint64_t start = limpet_tsc(), before = start, now = start;
    for (int i = 0; i < n; i++)
        for (unsigned at = 0; at < BUFFER; at += PAGE) {
            *(volatile char *)(buffer[i] + at) = 1;
            now = limpet_tsc();
            samples[touches++] = bench_clip(now - before);
            before = now;
        }
    print(name, (double)(now - start) / (double)touches, touches, touches, note);
}

/* malloc of 1 MiB, 256 times, none touched; then one byte in every page of the last loop's. */
static void memory(void)
{
    static char *buffer[BUFFERS];
    const char *note = "";
    char shorter[64];
    int n = 0;

    double means[LOOPS];
    uint64_t start, before, now;
    for (int loop = 0; loop < LOOPS; loop++) { /* only the last loop's blocks are kept */
        while (n > 0)
            free(buffer[--n]);
        start = before = limpet_tsc();
        for (; n < BUFFERS && (buffer[n] = malloc(BUFFER)) != NULL; n++) {
            now = limpet_tsc();
            samples[n] = bench_clip(now - before);
            before = now;
        }
        means[loop] = (double)(limpet_tsc() - start) / (n > 0 ? n : 1);
    }
    qsort(means, LOOPS, sizeof *means, ascending);
    if (n < BUFFERS) {
        snprintf(shorter, sizeof shorter, "memory held %d of %d buffers", n, BUFFERS);
        note = shorter;
    }
    if (n == 0) {
        printf("basic: no memory for a buffer of 1 MiB\n");
        exit(1);
    }
    print("malloc(1 MiB)", means[LOOPS / 2], (uint64_t)n, (size_t)n, note);

    touch_all("first page access", buffer, n, note);
    touch_all("second touch", buffer, n, note);
    for (int i = 0; i < n; i++)
        free(buffer[i]);
}

/* Touches a fresh region page by page; the mean, with each touch in samples. */
static double touch_region(size_t pages, size_t page)
{
    char *base = limpet_map(pages * page, page);
    uint64_t sum = 0;
    if (base == NULL) {
        printf("basic: no memory for %zu pages of %zu bytes\n", pages, page);
        exit(1);
    }
    for (size_t i = 0; i < pages; i++) {
        uint64_t before = limpet_tsc_fenced();
        *(volatile char *)(base + i * page) = 1;
        uint64_t ticks = limpet_tsc_fenced() - before;
        samples[i] = bench_clip(ticks);
        sum += ticks;
    }
    limpet_unmap(base);
    return (double)sum / (double)pages;
}

static void zero(const char *name, size_t bytes, size_t times)
{
    char *p = malloc(bytes);
    uint64_t sum = 0;
    if (p == NULL)
        return;
    memset(p, 1, bytes);
    for (size_t i = 0; i < times; i++) {
        uint64_t before = limpet_tsc_fenced();
        memset(p, 0, bytes);
        __asm__ volatile("" : : "r"(p) : "memory");
        uint64_t ticks = limpet_tsc_fenced() - before;
        samples[i] = bench_clip(ticks);
        sum += ticks;
    }
    print(name, (double)sum / (double)times, times, times, "");
    free(p);
}

/*
 * The page-access figure in parts. The first region's pages come from memory that the guest, and
 * so mostly the host too, has never touched; the second region gets the same pages again, so that
 * no nested page fault is left in it.
 */
static void page_access_parts(void)
{
    double mean = touch_region(FAULTS_4K, PAGE);
    print("fault 4 KiB fresh", mean, FAULTS_4K, FAULTS_4K, "guest fault + zeroing + host's fault");
    mean = touch_region(FAULTS_4K, PAGE);
    print("fault 4 KiB", mean, FAULTS_4K, FAULTS_4K, "guest fault + zeroing");
    mean = touch_region(FAULTS_2M, PAGE_2M);
    print("fault 2 MiB fresh", mean, FAULTS_2M, FAULTS_2M, "guest fault + zeroing + host's faults");
    mean = touch_region(FAULTS_2M, PAGE_2M);
    print("fault 2 MiB", mean, FAULTS_2M, FAULTS_2M, "guest fault + zeroing");
    zero("zero 4 KiB", PAGE, SINGLES);
    zero("zero 2 MiB", PAGE_2M, 32);
}

/* Two threads hand the CPU to each other; every sched_yield() that comes back is two switches. */
static volatile int over;

static void *partner(void *unused)
{
    while (!over)
        sched_yield();
    return unused;
}

static void thread_switch(void)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, partner, NULL) != 0) {
        printf("basic: no memory for a thread\n");
        exit(1);
    }
    MEASURE("thread switch", 2, sched_yield());
    over = 1;
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--json") == 0) {
        json = 1;
    } else if (argc > 1) {
        printf("basic: bad argument %s\nusage: basic [--json]\n", argv[1]);
        return 2;
    }
    struct limpet_clock clock = limpet_clock();
    if (json)
        printf("{\"limpet\":\"clock\",\"tsc_hz\":%llu,\"source\":\"%s\",\"error_ppm\":%u}\n",
               (unsigned long long)clock.tsc_hz, clock.source, (unsigned)clock.error_ppm);
    else
        printf("TSC: %.3f MHz by %s\n", (double)clock.tsc_hz / 1e6, clock.source);
    bench_print_head();
    page_access_parts(); /* while fresh memory is left */
    calls();
    thread_switch();
    memory();
    return 0;
}
