/* SPDX-License-Identifier: BSD-2-Clause */
/* micro: threads made and joined, locks, and threads that wake each other. */
#include "micro.h"
#include <limpet.h>
#include <semaphore.h>

static void *came(void *unused)
{
    micro_done++;
    return unused;
}

static void create_join(uint64_t n)
{
    pthread_t thread;
    micro_asked += n;
    for (; n != 0; n--)
        if (pthread_create(&thread, NULL, came, NULL) == 0)
            pthread_join(thread, NULL);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void lock_unlock(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--)
        micro_done += (pthread_mutex_lock(&mutex) | pthread_mutex_unlock(&mutex)) == 0;
}

/* A mutex that is held is not had twice. */
static const char *locks(void)
{
    pthread_mutex_lock(&mutex);
    micro_must(pthread_mutex_trylock(&mutex) != 0, "a mutex that is held was had once more");
    pthread_mutex_unlock(&mutex);
    return micro_end();
}

/* A ball between two threads of one CPU: there and back are two switches. */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static sem_t ping, pong;
static pthread_t partner;
static volatile int turn, over;
static uint32_t turns;

static const char *start_partner(void *(*play)(void *))
{
    micro_begin();
    over = 0;
    turn = 0;
    if (limpet_pin(0) != 0)
        return "CPU 0 cannot be had";
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    if (pthread_create(&partner, NULL, play, NULL) != 0)
        return "no memory for a thread";
    sched_yield(); /* it waits now */
    turns = limpet_turns();
    return NULL;
}

static const char *end_partner(void)
{
    uint32_t had = limpet_turns() - turns;
    micro_must(had >= 2 * micro_asked, "the scheduler counted fewer switches");
    pthread_mutex_lock(&mutex);
    over = 1;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
    sem_post(&ping);
    pthread_join(partner, NULL);
    limpet_pin(LIMPET_ANY_CPU);
    return micro_end();
}

static void *play_cond(void *unused)
{
    pthread_mutex_lock(&mutex);
    for (;;) {
        while (turn != 1 && !over)
            pthread_cond_wait(&changed, &mutex);
        if (over)
            break;
        micro_done++;
        turn = 0;
        pthread_cond_signal(&changed);
    }
    pthread_mutex_unlock(&mutex);
    return unused;
}

static void serve_cond(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        pthread_mutex_lock(&mutex);
        turn = 1;
        pthread_cond_signal(&changed);
        while (turn == 1)
            pthread_cond_wait(&changed, &mutex);
        pthread_mutex_unlock(&mutex);
    }
}

static void *play_sem(void *unused)
{
    for (;;) {
        sem_wait(&ping);
        if (over)
            return unused;
        micro_done++;
        sem_post(&pong);
    }
}

static void serve_sem(uint64_t n)
{
    micro_asked += n;
    for (; n != 0; n--) {
        sem_post(&ping);
        sem_wait(&pong);
    }
}

static const char *start_cond(void) { return start_partner(play_cond); }
static const char *start_sem(void) { return start_partner(play_sem); }

const struct benchmark micro_threads[] = {
    {"pthread_create, pthread_join", .call = create_join, .calls = MICRO_CALLS / 5,
     .setup = micro_begin, .check = micro_end},
    {"mutex, lock and unlock", .call = lock_unlock, .setup = micro_begin, .check = locks},
    {"ping-pong, mutex and condition", .call = serve_cond, .calls = MICRO_CALLS / 2,
     .setup = start_cond, .check = end_partner, .note = "there and back"},
    {"ping-pong, semaphores", .call = serve_sem, .calls = MICRO_CALLS / 2, .setup = start_sem,
     .check = end_partner, .note = "there and back"},
    {.name = NULL},
};
