/* SPDX-License-Identifier: BSD-2-Clause */
/* A team: see team.h. Its members wait for work awake, as one is called at once after the other. */
#include "team.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#ifdef __limpet__
#include <limpet.h>
#endif

static unsigned team = 1;
static int pinned;
static void (*work)(unsigned);
static atomic_uint begun, done; /* pieces of work; threads that have done theirs */
static atomic_uint settled;     /* members at their CPU */
static atomic_int missing;      /* a CPU did not start */

static void pin(unsigned thread)
{
#ifdef __limpet__
    if (pinned && limpet_pin(thread) != 0)
        atomic_store(&missing, 1);
#else
    (void)thread;
#endif
}

static void *member(void *number)
{
    unsigned thread = (unsigned)(unsigned long)number;
    pin(thread);
    atomic_fetch_add(&settled, 1);
    for (unsigned seen = 0;; seen++) {
        while (atomic_load(&begun) == seen)
            if (!pinned)
                sched_yield();
        work(thread);
        atomic_fetch_add(&done, 1);
    }
    return NULL;
}

int team_start(unsigned threads)
{
    team = threads;
#ifdef __limpet__
    pinned = threads > 1 && (long)threads <= sysconf(_SC_NPROCESSORS_ONLN);
#endif
    for (unsigned i = 1; i < threads; i++) {
        pthread_t t;
        int error = pthread_create(&t, NULL, member, (void *)(unsigned long)i);
        if (error != 0)
            return error;
        pthread_detach(t);
    }
    while (atomic_load(&settled) != threads - 1)
        sched_yield();
    pin(0);
    return atomic_load(&missing) ? ETIMEDOUT : 0;
}

const char *team_places(void) { return pinned ? "a CPU of its own" : "any CPU"; }

void team_run(void (*piece)(unsigned))
{
    work = piece;
    atomic_store(&done, 0);
    atomic_fetch_add(&begun, 1);
    piece(0);
    while (atomic_load(&done) != team - 1)
        if (!pinned)
            sched_yield();
}
