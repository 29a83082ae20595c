/* SPDX-License-Identifier: BSD-2-Clause */
/* Cancellation, robust mutexes, ceilings, policies, named semaphores, C11 threads. */
#include "check.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <threads.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem, ready;
static int cleaned, destroyed;
static volatile int spinning;

static void clean(void *unlock)
{
    cleaned++;
    if (unlock != NULL)
        pthread_mutex_unlock(unlock);
}

static void destroy(void *value)
{
    (void)value;
    destroyed++;
}

static void *waits_for_condition(void *arg)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(clean, &mutex);
    sem_post(&ready);
    for (;;)
        pthread_cond_wait(&cond, &mutex);
    pthread_cleanup_pop(0);
    return arg;
}

static void *waits_for_semaphore(void *arg)
{
    sem_post(&ready);
    sem_wait(&sem);
    return arg;
}

static void *sleeps(void *arg)
{
    sem_post(&ready);
    sleep(1000);
    return arg;
}

static void *joins(void *arg)
{
    sem_post(&ready);
    pthread_join(*(pthread_t *)arg, NULL);
    return arg;
}

static void *computes(void *arg)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    sem_post(&ready);
    for (;;)
        spinning++;
    return arg;
}

static void *is_disabled(void *arg)
{
    int old = -1;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old);
    sem_post(&ready);
    sem_wait(&sem); /* in spite of the cancellation */
    cleaned += old == PTHREAD_CANCEL_ENABLE;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    return arg;
}

/* NULL, or what was wrong. */
static const char *cancel(void *(*start)(void *), void *arg, int posts)
{
    pthread_t t;
    void *result = NULL;
    EXPECT(pthread_create(&t, NULL, start, arg) == 0);
    while (sem_wait(&ready) != 0)
        ;
    EXPECT(pthread_cancel(t) == 0);
    while (posts-- > 0)
        sem_post(&sem);
    EXPECT(pthread_join(t, &result) == 0 && result == PTHREAD_CANCELED);
    EXPECT(pthread_cancel(t) == ESRCH);
    return NULL;
}

static const char *cancellation(void)
{
    pthread_t sleeper;
    pthread_key_t key;
    const char *wrong = NULL;
    sem_init(&sem, 0, 0);
    sem_init(&ready, 0, 0);
    EXPECT(pthread_key_create(&key, destroy) == 0);
    for (int i = 0; i < 200 && wrong == NULL; i++)
        wrong = cancel(waits_for_condition, NULL, 0);
    EXPECT(wrong == NULL && cleaned == 200 && pthread_mutex_trylock(&mutex) == 0);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 200 && wrong == NULL; i++)
        wrong = cancel(waits_for_semaphore, NULL, 0);
    for (int i = 0; i < 200 && wrong == NULL; i++)
        wrong = cancel(sleeps, NULL, 0);
    for (int i = 0; i < 20 && wrong == NULL; i++)
        wrong = cancel(computes, NULL, 0);
    for (int i = 0; i < 50 && wrong == NULL; i++)
        wrong = cancel(is_disabled, NULL, 1);
    if (wrong != NULL)
        return wrong;
    EXPECT(cleaned == 250);
    EXPECT(pthread_create(&sleeper, NULL, sleeps, NULL) == 0);
    while (sem_wait(&ready) != 0)
        ;
    wrong = cancel(joins, &sleeper, 0);
    EXPECT(pthread_cancel(sleeper) == 0 && pthread_join(sleeper, NULL) == 0);
    return wrong;
}

static pthread_mutex_t robust;

static void *abandons(void *arg)
{
    pthread_mutex_lock(&robust);
    return arg;
}

static const char *robust_mutexes(void)
{
    pthread_mutexattr_t attr;
    pthread_t t;
    pthread_mutexattr_init(&attr);
    EXPECT(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0);
    EXPECT(pthread_mutex_init(&robust, &attr) == 0);
    for (int i = 0; i < 2; i++) {
        pthread_create(&t, NULL, abandons, NULL);
        pthread_join(t, NULL);
        EXPECT(pthread_mutex_lock(&robust) == EOWNERDEAD);
        EXPECT(i == 1 || pthread_mutex_consistent(&robust) == 0);
        EXPECT(pthread_mutex_unlock(&robust) == 0);
    }
    EXPECT(pthread_mutex_lock(&robust) == ENOTRECOVERABLE);
    EXPECT(pthread_mutex_trylock(&robust) == ENOTRECOVERABLE);
    EXPECT(pthread_mutex_unlock(&robust) == EPERM);
    return NULL;
}

static void *notes_run(void *ran)
{
    *(volatile bool *)ran = true;
    return NULL;
}

/* A ceiling is the least that a holder runs with: it takes nothing from one that has the most. */
static const char *ceiling_below_the_most(pthread_mutex_t *m)
{
    volatile bool ran = false;
    pthread_attr_t attr;
    pthread_t id;
    cpu_set_t all, one;
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    EXPECT(pthread_getaffinity_np(pthread_self(), sizeof all, &all) == 0);
    EXPECT(pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0);
    EXPECT(pthread_mutex_lock(m) == 0);
    EXPECT(pthread_setschedparam(pthread_self(), SCHED_FIFO,
                                 &(struct sched_param){.sched_priority = 32}) == 0);
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_FIFO);
    pthread_attr_setschedparam(&attr, &(struct sched_param){.sched_priority = 25});
    EXPECT(pthread_create(&id, &attr, notes_run, (void *)&ran) == 0 && !ran);
    EXPECT(pthread_mutex_unlock(m) == 0 && pthread_join(id, NULL) == 0 && ran);
    return pthread_setaffinity_np(pthread_self(), sizeof all, &all) == 0 ? NULL : "affinity";
}

static const char *ceilings(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t m;
    struct sched_param above = {.sched_priority = 21}, usual = {.sched_priority = 0};
    int old = -1;
    pthread_mutexattr_init(&attr);
    EXPECT(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT) == 0);
    EXPECT(pthread_mutexattr_setprioceiling(&attr, 20) == 0);
    EXPECT(pthread_mutexattr_setprioceiling(&attr, 33) == EINVAL);
    EXPECT(pthread_mutex_init(&m, &attr) == 0);
    EXPECT(pthread_mutex_lock(&m) == 0 && pthread_mutex_trylock(&m) == EBUSY);
    EXPECT(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == EPERM);
    EXPECT(pthread_mutexattr_setprioceiling(&attr, 0) == EINVAL);
    EXPECT(pthread_setschedparam(pthread_self(), SCHED_RR, &above) == 0);
    EXPECT(pthread_mutex_lock(&m) == EINVAL);
    EXPECT(pthread_mutex_setprioceiling(&m, 21, &old) == 0 && old == 20);
    EXPECT(pthread_mutex_lock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
    const char *wrong = ceiling_below_the_most(&m);
    if (wrong != NULL)
        return wrong;
    return pthread_setschedparam(pthread_self(), SCHED_OTHER, &usual) == 0 ? NULL : "priority";
}

static const char *policies(void)
{
    struct sched_param p = {.sched_priority = 3};
    int policy;
    EXPECT(sched_getscheduler(0) == SCHED_OTHER);
    EXPECT(sched_setscheduler(0, SCHED_OTHER, &p) == -1 && errno == EINVAL);
    EXPECT(sched_setscheduler(0, SCHED_FIFO, &p) == SCHED_OTHER);
    EXPECT(pthread_getschedparam(pthread_self(), &policy, &p) == 0);
    EXPECT(policy == SCHED_FIFO && p.sched_priority == 3);
    p.sched_priority = 0;
    EXPECT(sched_setscheduler(0, SCHED_OTHER, &p) == SCHED_FIFO);
    EXPECT(sched_get_priority_max(SCHED_FIFO) - sched_get_priority_min(SCHED_FIFO) == 31);
    EXPECT(sched_getparam(0, &p) == 0 && p.sched_priority == 0);
    EXPECT(sched_setscheduler(0, SCHED_RR, &p) == -1 && errno == EINVAL);
    EXPECT(sched_get_priority_min(SCHED_OTHER) == 0 && sched_get_priority_max(SCHED_OTHER) == 0);
    EXPECT(sched_get_priority_min(SCHED_RR) == 1);
    p.sched_priority = 16;
    EXPECT(sched_setscheduler(1, SCHED_RR, &p) == SCHED_OTHER);
    p.sched_priority = 0;
    EXPECT(sched_setscheduler(1, SCHED_OTHER, &p) == SCHED_RR);
    EXPECT(sched_getscheduler(99) == -1 && errno == ESRCH);
    EXPECT(sched_getparam(0, NULL) == -1 && errno == EINVAL);
    EXPECT(sched_setparam(0, NULL) == -1 && errno == EINVAL);
    EXPECT(sched_setscheduler(0, SCHED_RR, NULL) == -1 && errno == EINVAL);
    EXPECT(sched_rr_get_interval(0, NULL) == -1 && errno == EFAULT);
    return NULL;
}

static const char *named_semaphores(void)
{
    sem_t *a = sem_open("/one", O_CREAT | O_EXCL, 0600, 2), *b = sem_open("/one", 0);
    int value = -1;
    EXPECT(a != SEM_FAILED && a == b);
    EXPECT(sem_open("/one", O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED && errno == EEXIST);
    EXPECT(sem_wait(a) == 0 && sem_getvalue(b, &value) == 0 && value == 1);
    EXPECT(sem_unlink("/one") == 0 && sem_unlink("/one") == -1 && errno == ENOENT);
    EXPECT(sem_open("/one", 0) == SEM_FAILED && errno == ENOENT);
    EXPECT(sem_post(a) == 0 && sem_close(a) == 0 && sem_close(b) == 0);
    EXPECT(sem_close(b) == -1 && errno == EINVAL);
    EXPECT(sem_unlink("") == -1 && errno == ENOENT);
    char name[254] = "/";
    memset(name + 1, 'n', 252);
    EXPECT(sem_open(name, O_CREAT, 0600, 1) == SEM_FAILED && errno == ENAMETOOLONG);
    return NULL;
}

static void *on_own_stack(void *where)
{
    *(void **)where = __builtin_frame_address(0);
    return NULL;
}

static const char *attributes(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    pthread_attr_t attr;
    pthread_t t;
    void *where = NULL;
    size_t bytes = 0;
    char name[16];
    EXPECT(pthread_attr_init(&attr) == 0);
    EXPECT(pthread_attr_setstack(&attr, stack, PTHREAD_STACK_MIN - 16) == EINVAL);
    EXPECT(pthread_attr_setstack(&attr, stack, sizeof stack) == 0);
    EXPECT(pthread_create(&t, &attr, on_own_stack, &where) == 0 && pthread_join(t, NULL) == 0);
    EXPECT((char *)where > stack && (char *)where < stack + sizeof stack);
    EXPECT(pthread_getattr_np(pthread_self(), &attr) == 0);
    EXPECT(pthread_attr_getstack(&attr, &where, &bytes) == 0);
    EXPECT((char *)&attr > (char *)where && (char *)&attr < (char *)where + bytes);
    EXPECT(pthread_setname_np(pthread_self(), "0123456789abcdef") == ERANGE);
    EXPECT(pthread_setname_np(pthread_self(), "main") == 0);
    EXPECT(pthread_getname_np(pthread_self(), name, sizeof name) == 0 && strcmp(name, "main") == 0);
    return NULL;
}

static mtx_t c11_mutex;
static int c11_count;

static int c11_work(void *by)
{
    mtx_lock(&c11_mutex);
    c11_count += *(int *)by;
    mtx_unlock(&c11_mutex);
    return 7;
}

static const char *c11(void)
{
    thrd_t t[4];
    int two = 2, result;
    EXPECT(mtx_init(&c11_mutex, mtx_plain) == thrd_success);
    for (int i = 0; i < 4; i++)
        EXPECT(thrd_create(&t[i], c11_work, &two) == thrd_success);
    for (int i = 0; i < 4; i++)
        EXPECT(thrd_join(t[i], &result) == thrd_success && result == 7);
    EXPECT(c11_count == 8);
    return NULL;
}

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static long written, torn;

static void *reads_and_writes(void *me)
{
    for (int i = 0; i < 3000; i++) {
        if ((i + *(int *)me) % 4 == 0) {
            pthread_rwlock_wrlock(&lock);
            written++;
            pthread_rwlock_unlock(&lock);
        } else {
            pthread_rwlock_rdlock(&lock);
            long before = *(volatile long *)&written;
            torn += before != *(volatile long *)&written;
            pthread_rwlock_unlock(&lock);
        }
        if (i % 500 == 0)
            pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static const char *storm_of_locks(void)
{
    static int ids[6] = {0, 1, 2, 3, 4, 5};
    pthread_t t[6];
    EXPECT(pthread_barrier_init(&barrier, NULL, 6) == 0);
    for (int i = 0; i < 6; i++)
        EXPECT(pthread_create(&t[i], NULL, reads_and_writes, &ids[i]) == 0);
    for (int i = 0; i < 6; i++)
        EXPECT(pthread_join(t[i], NULL) == 0);
    EXPECT(written == 6 * 750 && torn == 0);
    return pthread_barrier_destroy(&barrier) == 0 ? NULL : "barrier";
}

int main(int argc, char **argv)
{
    static const struct check checks[] = {
        {"cancellation", cancellation},
        {"robust_mutexes", robust_mutexes},
        {"ceilings", ceilings},
        {"policies", policies},
        {"named_semaphores", named_semaphores},
        {"attributes", attributes},
        {"c11", c11},
        {"storm_of_locks", storm_of_locks},
        {NULL, NULL},
    };
    return run_checks(checks, argc, argv);
}
