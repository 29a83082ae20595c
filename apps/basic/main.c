/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * basic: what the OS's smallest services cost, in cycles: the published loops, and what they are
 * made of. One benchmark is one row of the table at the end; docs/benchmarks.md adds one.
 *
 * usage: basic [--json] [ROW…]
 */
#include "bench.h"
#include "cpus.h"
#include <limpet.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER    (1u << 20)
#define BUFFERS   256 /* of the published malloc and page-access loops */
#define PAGE      4096u
#define PAGE_2M   (2u << 20)
#define FAULTS_4K 2048 /* 8 MiB */
#define FAULTS_2M 16   /* 32 MiB */
#define ZEROS_4K  1000
#define ZEROS_2M  32

static void stamp(uint64_t n)
{
    while (n-- != 0)
        limpet_tsc();
}

static void empty(uint64_t n)
{
    while (n-- != 0)
        bench_empty_call();
}

static void call_getpid(uint64_t n)
{
    while (n-- != 0)
        getpid();
}

static const char *has_pid(void) { return getpid() <= 0 ? "getpid() failed" : NULL; }

static void call_yield(uint64_t n)
{
    while (n-- != 0)
        sched_yield();
}

static const char *yields(void) { return sched_yield() != 0 ? "sched_yield() failed" : NULL; }

/* Two threads hand the CPU to each other; every sched_yield() that comes back is two switches. */
static volatile uint64_t turns;
static volatile int over;
static pthread_t partner;

static void *take_turns(void *unused)
{
    for (; !over; turns++)
        sched_yield();
    return unused;
}

static const char *start_partner(void)
{
    if (limpet_pin(0) != 0)
        return "CPU 0 cannot be had";
    return pthread_create(&partner, NULL, take_turns, NULL) != 0 ? "no memory for a thread" : NULL;
}

static const char *end_partner(void)
{
    over = 1;
    pthread_join(partner, NULL);
    limpet_pin(LIMPET_ANY_CPU);
    return turns < 100000 ? "the other thread did not have its turns" : NULL;
}

/* The published buffers: 256 of 1 MiB, none touched until later. */
static char *buffer[BUFFERS];
static int buffers, buffers_touched;
static char held[64];

static const char *free_buffers(void)
{
    while (buffers > 0)
        free(buffer[--buffers]);
    buffers_touched = 0;
    return NULL;
}

static size_t take_malloc(uint32_t *samples)
{
    uint64_t before = limpet_tsc(), now;
    for (; buffers < BUFFERS && (buffer[buffers] = malloc(BUFFER)) != NULL; buffers++) {
        now = limpet_tsc();
        samples[buffers] = bench_clip(now - before);
        before = now;
    }
    return (size_t)buffers;
}

static const char *some_buffers(void)
{
    if (buffers < BUFFERS)
        snprintf(held, sizeof held, "memory held %d of %d buffers", buffers, BUFFERS);
    return buffers == 0 ? "no memory for a buffer of 1 MiB" : NULL;
}

/* For the rows below where they are run without the one above. */
static const char *hold_buffers(void)
{
    while (buffers < BUFFERS && (buffer[buffers] = malloc(BUFFER)) != NULL)
        buffers++;
    return some_buffers();
}

static const char *hold_touched_buffers(void)
{
    const char *trouble = hold_buffers();
    for (int i = 0; i < buffers && !buffers_touched; i++)
        for (unsigned at = 0; at < BUFFER; at += PAGE)
            *(volatile char *)(buffer[i] + at) = 1;
    return trouble;
}

/* One write in every page of the buffers; each is timed from the end of the one before. */
static size_t take_touches(uint32_t *samples)
{
    size_t touches = 0;
    uint64_t before = limpet_tsc(), now;
    for (int i = 0; i < buffers; i++)
        for (unsigned at = 0; at < BUFFER; at += PAGE) {
            *(volatile char *)(buffer[i] + at) = 1;
            now = limpet_tsc();
            samples[touches++] = bench_clip(now - before);
            before = now;
        }
    buffers_touched = 1;
    return touches;
}

static const char *touched_and_freed(void)
{
    for (int i = 0; i < buffers; i++)
        if (buffer[i][BUFFER - PAGE] != 1)
            return "a write was lost";
    return free_buffers();
}

/*
 * The page-access figure in parts. The first region's pages come from memory that the guest, and
 * so mostly the host too, has never touched; the second region gets the same pages again, so that
 * no nested page fault is left in it.
 */
static uint64_t faults_missing;

static size_t touch_region(uint32_t *samples, size_t pages, size_t page)
{
    char *base = limpet_map(pages * page, page);
    uint64_t faults = limpet_memory().faults;
    if (base == NULL)
        return 0;
    for (size_t i = 0; i < pages; i++) {
        uint64_t before = limpet_tsc_fenced();
        *(volatile char *)(base + i * page) = 1;
        samples[i] = bench_clip(limpet_tsc_fenced() - before);
    }
    faults = limpet_memory().faults - faults;
    faults_missing += faults < pages ? pages - faults : 0; /* more: Linux counts the samples' own */
    limpet_unmap(base);
    return pages;
}

static int used_4k, used_2m; /* there is memory that is not fresh any more */

static size_t take_faults_4k(uint32_t *samples)
{
    used_4k = 1;
    return touch_region(samples, FAULTS_4K, PAGE);
}

static size_t take_faults_2m(uint32_t *samples)
{
    used_2m = 1;
    return touch_region(samples, FAULTS_2M, PAGE_2M);
}

static const char *use_4k(void)
{
    uint32_t samples[FAULTS_4K];
    return used_4k || take_faults_4k(samples) != 0 ? NULL : "no memory";
}

static const char *use_2m(void)
{
    uint32_t samples[FAULTS_2M];
    return used_2m || take_faults_2m(samples) != 0 ? NULL : "no memory";
}

static const char *every_touch_faulted(void)
{
    return faults_missing != 0 ? "not every touch was a fault" : NULL;
}

static int not_zero;

static const char *all_zero(void) { return not_zero ? "memory is not zero" : NULL; }

static size_t zero(uint32_t *samples, size_t bytes, size_t times)
{
    char *p = malloc(bytes);
    if (p == NULL)
        return 0;
    memset(p, 1, bytes);
    for (size_t i = 0; i < times; i++) {
        uint64_t before = limpet_tsc_fenced();
        memset(p, 0, bytes);
        __asm__ volatile("" : : "r"(p) : "memory");
        samples[i] = bench_clip(limpet_tsc_fenced() - before);
    }
    not_zero |= p[0] | p[bytes - 1];
    free(p);
    return times;
}

static size_t take_zeros_4k(uint32_t *samples) { return zero(samples, PAGE, ZEROS_4K); }

static size_t take_zeros_2m(uint32_t *samples) { return zero(samples, PAGE_2M, ZEROS_2M); }

/* Those that need fresh memory come first. */
static const struct benchmark table[] = {
    {"fault 4 KiB fresh", .take = take_faults_4k, .check = every_touch_faulted,
     .note = "guest fault + zeroing + host's fault"},
    {"fault 4 KiB", .take = take_faults_4k, .setup = use_4k, .check = every_touch_faulted,
     .note = "guest fault + zeroing"},
    {"fault 2 MiB fresh", .take = take_faults_2m, .check = every_touch_faulted,
     .note = "guest fault + zeroing + host's faults"},
    {"fault 2 MiB", .take = take_faults_2m, .setup = use_2m, .check = every_touch_faulted,
     .note = "guest fault + zeroing"},
    {"zero 4 KiB", .take = take_zeros_4k, .check = all_zero},
    {"zero 2 MiB", .take = take_zeros_2m, .check = all_zero},
    {"rdtsc pair", .call = stamp},
    {"empty call", .call = empty},
    {"getpid", .call = call_getpid, .check = has_pid},
    {"sched_yield", .call = call_yield, .check = yields},
    {"thread switch", .call = call_yield, .per_call = 2, .setup = start_partner,
     .check = end_partner},
    {"sleep 1 ms, late by", .take = take_late_sleeps},
    {"malloc(1 MiB)", .take = take_malloc, .loops = 11, .setup = free_buffers,
     .check = some_buffers, .note = held},
    {"first page access", .take = take_touches, .setup = hold_buffers, .note = held},
    {"second touch", .take = take_touches, .setup = hold_touched_buffers,
     .check = touched_and_freed, .note = held},
    {"IPI round trip", .cpus = 2, .none = no_pings, .take = take_pings, .setup = start_spinner,
     .check = end_spinner, .note = "to a CPU at work"},
    {"IPI to an idle CPU", .cpus = 2, .none = no_pings, .take = take_idle_pings,
     .note = "round trip"},
    {"cross-CPU wake-up", .cpus = 2, .take = take_wakeups,
     .note = "sem_post() to a sleeper on an idle CPU"},
    {"contended lock", .cpus = 2, .call = call_lock, .setup = start_rival, .check = end_rival,
     .note = rival_note},
};

int main(int argc, char **argv)
{
    return bench_main("basic", table, sizeof table / sizeof *table, argc, argv);
}
