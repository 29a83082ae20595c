/* SPDX-License-Identifier: BSD-2-Clause */
/* C11's threads: see threads.h. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

static int result(int error)
{
    return error == 0                           ? thrd_success
           : error == EBUSY                     ? thrd_busy
           : error == ETIMEDOUT                 ? thrd_timedout
           : error == ENOMEM || error == EAGAIN ? thrd_nomem
                                                : thrd_error;
}

struct start {
    thrd_start_t start;
    void *argument;
};

static void *run(void *argument)
{
    struct start s = *(struct start *)argument;
    free(argument);
    return (void *)(intptr_t)s.start(s.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t start, void *argument)
{
    struct start *s = malloc(sizeof *s);
    if (s == 0)
        return thrd_nomem;
    *s = (struct start){start, argument};
    int error = pthread_create(thread, 0, run, s);
    if (error != 0)
        free(s);
    return result(error);
}

int thrd_equal(thrd_t a, thrd_t b) { return a == b; }

thrd_t thrd_current(void) { return pthread_self(); }

int thrd_sleep(const struct timespec *duration, struct timespec *left)
{
    int saved = errno, status = 0;
    if (nanosleep(duration, left) != 0)
        status = errno == EINTR ? -1 : -2;
    errno = saved;
    return status;
}

void thrd_yield(void) { sched_yield(); }

void thrd_exit(int status) { pthread_exit((void *)(intptr_t)status); }

int thrd_detach(thrd_t thread) { return result(pthread_detach(thread)); }

int thrd_join(thrd_t thread, int *status)
{
    void *value;
    int error = pthread_join(thread, &value);
    if (error == 0 && status != 0)
        *status = (int)(intptr_t)value;
    return result(error);
}

int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attr;
    if (type & ~(mtx_recursive | mtx_timed))
        return thrd_error;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                          : PTHREAD_MUTEX_NORMAL);
    return result(pthread_mutex_init(mutex, &attr));
}

int mtx_lock(mtx_t *mutex) { return result(pthread_mutex_lock(mutex)); }

int mtx_timedlock(mtx_t *mutex, const struct timespec *at)
{
    return result(pthread_mutex_timedlock(mutex, at));
}

int mtx_trylock(mtx_t *mutex) { return result(pthread_mutex_trylock(mutex)); }

int mtx_unlock(mtx_t *mutex) { return result(pthread_mutex_unlock(mutex)); }

void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy(mutex); }

int cnd_init(cnd_t *condition) { return result(pthread_cond_init(condition, 0)); }

int cnd_signal(cnd_t *condition) { return result(pthread_cond_signal(condition)); }

int cnd_broadcast(cnd_t *condition) { return result(pthread_cond_broadcast(condition)); }

int cnd_wait(cnd_t *condition, mtx_t *mutex) { return result(pthread_cond_wait(condition, mutex)); }

int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *at)
{
    return result(pthread_cond_timedwait(condition, mutex, at));
}

void cnd_destroy(cnd_t *condition) { pthread_cond_destroy(condition); }

int tss_create(tss_t *key, tss_dtor_t destructor)
{
    return result(pthread_key_create(key, destructor));
}

void *tss_get(tss_t key) { return pthread_getspecific(key); }

int tss_set(tss_t key, void *value) { return result(pthread_setspecific(key, value)); }

void tss_delete(tss_t key) { pthread_key_delete(key); }

void call_once(once_flag *flag, void (*routine)(void)) { pthread_once(flag, routine); }
