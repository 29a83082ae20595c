/* SPDX-License-Identifier: BSD-2-Clause */
/* Several CPUs, and sleep: see cpus.h. The main thread is on CPU 0, its partner on CPU 1. */
#include "cpus.h"
#include "bench.h"
#include <errno.h>
#include <limpet.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SLEEPS 100
#define MOST   1000 /* samples of the others */

static pthread_t partner;
static atomic_int over, missing; /* missing: CPU 1 did not start */

static const char *start(void *(*body)(void *))
{
    atomic_store(&over, 0);
    atomic_store(&missing, 0);
    if (pthread_create(&partner, NULL, body, NULL) != 0)
        return "no memory for a thread";
    return limpet_pin(0) != 0 ? "CPU 0 cannot be had" : NULL;
}

static const char *end(void)
{
    atomic_store(&over, 1);
    pthread_join(partner, NULL);
    limpet_pin(LIMPET_ANY_CPU);
    return atomic_load(&missing) ? "CPU 1 did not start" : NULL;
}

/* The partner goes to its CPU. */
static void settle(void)
{
    if (limpet_pin(1) != 0)
        atomic_store(&missing, 1);
}

/* Sleep. */

size_t take_late_sleeps(uint32_t *samples)
{
    uint64_t wanted = limpet_clock().tsc_hz / 1000;
    for (int i = 0; i < SLEEPS; i++) {
        uint64_t before = limpet_tsc_fenced();
        usleep(1000);
        uint64_t took = limpet_tsc_fenced() - before;
        samples[i] = took > wanted ? bench_clip(took - wanted) : 0;
    }
    return SLEEPS;
}

/* Interrupts. */

static void *spin(void *unused)
{
    settle();
    while (!atomic_load(&over))
        ;
    return unused;
}

const char *start_spinner(void) { return start(spin); }

const char *end_spinner(void) { return end(); }

/* 50 µs: long enough to fall asleep in. */
static void wait_until_idle(void)
{
    for (uint64_t began = limpet_tsc(); limpet_tsc() - began < limpet_clock().tsc_hz / 20000;)
        ;
}

const char *no_pings(void)
{
    errno = 0;
    return limpet_ping(0) != 0 && errno == ENOSYS ? "no system call does just that" : NULL;
}

static size_t ping(uint32_t *samples, int idle)
{
    uint64_t began = limpet_tsc();
    size_t n = 0;
    limpet_pin(0);
    while (n < MOST && limpet_tsc() - began < limpet_clock().tsc_hz) {
        if (idle)
            wait_until_idle();
        uint64_t before = limpet_tsc_fenced();
        if (limpet_ping(1) != 0)
            return 0;
        samples[n++] = bench_clip(limpet_tsc_fenced() - before);
    }
    limpet_pin(LIMPET_ANY_CPU);
    return n;
}

size_t take_pings(uint32_t *samples) { return ping(samples, 0); }

size_t take_idle_pings(uint32_t *samples) { return ping(samples, 1); }

/* Wake-ups. */

static sem_t go, came;
static uint64_t came_at;

static void *wait_for_go(void *unused)
{
    settle();
    for (;;) {
        sem_wait(&go);
        came_at = limpet_tsc_fenced();
        if (atomic_load(&over))
            return unused;
        sem_post(&came);
    }
}

size_t take_wakeups(uint32_t *samples)
{
    sem_init(&go, 0, 0);
    sem_init(&came, 0, 0);
    if (start(wait_for_go) != NULL)
        return 0;
    uint64_t began = limpet_tsc();
    size_t n = 0;
    while (n < MOST && limpet_tsc() - began < limpet_clock().tsc_hz) {
        wait_until_idle();
        uint64_t before = limpet_tsc_fenced();
        sem_post(&go);
        sem_wait(&came);
        samples[n++] = came_at > before ? bench_clip(came_at - before) : 0;
    }
    atomic_store(&over, 1);
    sem_post(&go);
    return end() == NULL ? n : 0;
}

/* Locks. */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t own_turns, rival_turns, turns; /* turns: under the mutex */
char rival_note[64];

static void *compete(void *unused)
{
    settle();
    while (!atomic_load(&over)) {
        pthread_mutex_lock(&mutex);
        turns++;
        pthread_mutex_unlock(&mutex);
        rival_turns++;
    }
    return unused;
}

const char *start_rival(void) { return start(compete); }

const char *end_rival(void)
{
    const char *wrong = end();
    snprintf(rival_note, sizeof rival_note, "the other CPU had it %llu times meanwhile",
             (unsigned long long)rival_turns);
    return wrong != NULL ? wrong : turns != own_turns + rival_turns ? "the lock let both in" : NULL;
}

void call_lock(uint64_t n)
{
    own_turns += n;
    while (n-- != 0) {
        pthread_mutex_lock(&mutex);
        turns++;
        pthread_mutex_unlock(&mutex);
    }
}
