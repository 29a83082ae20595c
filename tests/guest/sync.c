/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX synchronization: conditions, mutexes, semaphores, locks, barriers, keys. */
#include "check.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t cond_mutex = PTHREAD_MUTEX_INITIALIZER;
static int turn;

static void *play(void *me)
{
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&cond_mutex);
        while (turn % 3 != *(int *)me)
            pthread_cond_wait(&cond, &cond_mutex);
        turn++;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&cond_mutex);
    }
    return NULL;
}

static const char *conditions(void)
{
    pthread_t t[3];
    static int ids[3] = {0, 1, 2};
    for (int i = 0; i < 3; i++)
        EXPECT(pthread_create(&t[i], NULL, play, &ids[i]) == 0);
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    EXPECT(turn == 1500);
    struct timespec at;
    uint64_t before = now_ns(); /* first: the machine may stand still in between */
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += 20000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    pthread_mutex_lock(&cond_mutex);
    EXPECT(pthread_cond_timedwait(&cond, &cond_mutex, &at) == ETIMEDOUT);
    pthread_mutex_unlock(&cond_mutex);
    EXPECT(now_ns() - before >= 19000000);
    return NULL;
}

static const char *mutex_types(void)
{
    pthread_mutex_t m;
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&m, &attr);
    for (int i = 0; i < 3; i++)
        EXPECT(pthread_mutex_lock(&m) == 0);
    EXPECT(pthread_mutex_destroy(&m) == EBUSY);
    for (int i = 0; i < 3; i++)
        EXPECT(pthread_mutex_unlock(&m) == 0);
    EXPECT(pthread_mutex_unlock(&m) == EPERM);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&m, &attr);
    EXPECT(pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == EDEADLK);
    EXPECT(pthread_mutex_trylock(&m) == EBUSY && pthread_mutex_unlock(&m) == 0);
    pthread_mutex_t initialized = PTHREAD_MUTEX_INITIALIZER;
    EXPECT(pthread_mutex_trylock(&initialized) == 0 &&
           pthread_mutex_trylock(&initialized) == EBUSY);
    struct timespec past = {1, 0};
    EXPECT(pthread_mutex_timedlock(&initialized, &past) == ETIMEDOUT);
    EXPECT(pthread_mutex_unlock(&initialized) == 0);
    return NULL;
}

static sem_t items, room;
static int produced_sum, consumed_sum, slot;

static void *produce(void *unused)
{
    for (int i = 1; i <= 1000; i++) {
        sem_wait(&room);
        slot = i;
        produced_sum += i;
        sem_post(&items);
    }
    return unused;
}

static const char *semaphores(void)
{
    pthread_t t;
    EXPECT(sem_init(&items, 0, 0) == 0 && sem_init(&room, 0, 1) == 0);
    EXPECT(pthread_create(&t, NULL, produce, NULL) == 0);
    for (int i = 0; i < 1000; i++) {
        sem_wait(&items);
        consumed_sum += slot;
        sem_post(&room);
    }
    pthread_join(t, NULL);
    EXPECT(produced_sum == consumed_sum && consumed_sum == 500500);
    errno = 0;
    EXPECT(sem_trywait(&items) == -1 && errno == EAGAIN);
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    EXPECT(sem_timedwait(&items, &at) == -1 && errno == ETIMEDOUT);
    return NULL;
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static int table[2], torn, serial;

static void *read_or_write(void *writes)
{
    if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
        serial++;
    for (int i = 0; i < 300; i++) {
        if (writes != NULL) {
            pthread_rwlock_wrlock(&rwlock);
            table[0]++;
            sched_yield();
            table[1]++;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            torn |= table[0] != table[1];
            sched_yield();
        }
        pthread_rwlock_unlock(&rwlock);
    }
    return NULL;
}

static const char *rwlocks_and_barriers(void)
{
    pthread_t t[6];
    EXPECT(pthread_barrier_init(&barrier, NULL, 6) == 0);
    for (int i = 0; i < 6; i++)
        EXPECT(pthread_create(&t[i], NULL, read_or_write, i < 2 ? "w" : NULL) == 0);
    for (int i = 0; i < 6; i++)
        pthread_join(t[i], NULL);
    EXPECT(!torn && table[0] == 600 && table[1] == 600 && serial == 1);
    return NULL;
}

static pthread_key_t key;
static int destroyed, once_runs;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void destroy(void *value) { destroyed += *(int *)value; }

static void run_once(void)
{
    once_runs++;
    sched_yield();
}

static void cleanup(void *flag) { *(int *)flag += 1; }

static void *use_key(void *value)
{
    pthread_once(&once, run_once);
    pthread_setspecific(key, value);
    pthread_cleanup_push(cleanup, (int *)value + 1);
    sched_yield();
    pthread_exit(pthread_getspecific(key));
    pthread_cleanup_pop(0);
    return NULL;
}

static const char *keys_once_cleanup(void)
{
    pthread_t t[5];
    static int values[5][2] = {{1}, {2}, {3}, {4}, {5}};
    EXPECT(pthread_key_create(&key, destroy) == 0);
    for (int i = 0; i < 5; i++)
        EXPECT(pthread_create(&t[i], NULL, use_key, values[i]) == 0);
    for (int i = 0; i < 5; i++) {
        void *result;
        EXPECT(pthread_join(t[i], &result) == 0 && result == values[i]);
        EXPECT(values[i][1] == 1);
    }
    EXPECT(destroyed == 15 && once_runs == 1);
    EXPECT(pthread_join(t[0], NULL) == ESRCH); /* already joined */
    EXPECT(pthread_join(pthread_self(), NULL) == EDEADLK);
    return NULL;
}

/* POSIX: 128 at least. A key that is used again shows no value of the one before, in no thread. */
static const char *many_keys(void)
{
    pthread_key_t keys[128];
    for (int round = 0; round < 2; round++) {
        int n = 0;
        while (n < 128 && pthread_key_create(&keys[n], NULL) == 0)
            n++;
        EXPECT(n >= 128 - 1); /* one is in use already */
        for (int i = 0; i < n; i++) {
            EXPECT(pthread_getspecific(keys[i]) == NULL);
            EXPECT(pthread_setspecific(keys[i], &keys[i]) == 0);
        }
        for (int i = 0; i < n; i++)
            EXPECT(pthread_getspecific(keys[i]) == &keys[i] && pthread_key_delete(keys[i]) == 0);
        EXPECT(pthread_key_delete(keys[0]) == EINVAL);
    }
    return NULL;
}

static void *writes(void *lock)
{
    pthread_rwlock_wrlock(lock);
    pthread_rwlock_unlock(lock);
    return NULL;
}

/* Whether a reader passes a writer that waits. */
static const char *rwlock_kinds(void)
{
    for (int kind = 0; kind <= 2; kind++) {
        pthread_rwlock_t lock;
        pthread_rwlockattr_t attr;
        pthread_t id;
        int given, passes;
        EXPECT(pthread_rwlockattr_init(&attr) == 0 &&
               pthread_rwlockattr_setkind_np(&attr, 3) == EINVAL);
        EXPECT(pthread_rwlockattr_getkind_np(&attr, &given) == 0 && given == 2);
        EXPECT(pthread_rwlockattr_setkind_np(&attr, kind) == 0);
        EXPECT(pthread_rwlock_init(&lock, &attr) == 0 && pthread_rwlock_rdlock(&lock) == 0);
        EXPECT(pthread_create(&id, NULL, writes, &lock) == 0);
        for (int n = 0;
             (passes = pthread_rwlock_tryrdlock(&lock)) == 0 && n < (kind == 2 ? 5000 : 20); n++) {
            EXPECT(pthread_rwlock_unlock(&lock) == 0); /* the writer may not wait yet */
            usleep(1000);
        }
        EXPECT(passes == (kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP ? EBUSY : 0));
        EXPECT(passes != 0 || pthread_rwlock_unlock(&lock) == 0);
        EXPECT(pthread_rwlock_unlock(&lock) == 0 && pthread_join(id, NULL) == 0);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    static const struct check rows[] = {
        {"conditions", conditions},     {"mutex_types", mutex_types},
        {"semaphores", semaphores},     {"rwlocks_and_barriers", rwlocks_and_barriers},
        {"rwlock_kinds", rwlock_kinds}, {"keys_once_cleanup", keys_once_cleanup},
        {"many_keys", many_keys},       {NULL, NULL},
    };
    return run_checks(rows, argc, argv);
}
