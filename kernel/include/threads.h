/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads as C11 has them (ISO/IEC 9899:2011, 7.26): those of POSIX by other names. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#else
#define thread_local _Thread_local
#endif

typedef pthread_t thrd_t;
typedef pthread_mutex_t mtx_t;
typedef pthread_cond_t cnd_t;
typedef pthread_key_t tss_t;
typedef pthread_once_t once_flag;
typedef int (*thrd_start_t)(void *);
typedef void (*tss_dtor_t)(void *);

#define ONCE_FLAG_INIT      PTHREAD_ONCE_INIT
#define TSS_DTOR_ITERATIONS PTHREAD_DESTRUCTOR_ITERATIONS

enum { mtx_plain = 0, mtx_recursive = 1, mtx_timed = 2 };
enum { thrd_success, thrd_busy, thrd_error, thrd_nomem, thrd_timedout };

/* These return one of thrd_…, where nothing else is said. Times are absolute, of TIME_UTC. */
int thrd_create(thrd_t *thread, thrd_start_t start, void *argument);
int thrd_equal(thrd_t a, thrd_t b);
thrd_t thrd_current(void);
int thrd_sleep(const struct timespec *duration, struct timespec *left); /* 0, -1: a signal, -2 */
void thrd_yield(void);
void thrd_exit(int result) __attribute__((__noreturn__));
int thrd_detach(thrd_t thread);
int thrd_join(thrd_t thread, int *result);

int mtx_init(mtx_t *mutex, int type);
int mtx_lock(mtx_t *mutex);
int mtx_timedlock(mtx_t *__restrict mutex, const struct timespec *__restrict at);
int mtx_trylock(mtx_t *mutex);
int mtx_unlock(mtx_t *mutex);
void mtx_destroy(mtx_t *mutex);

int cnd_init(cnd_t *condition);
int cnd_signal(cnd_t *condition);
int cnd_broadcast(cnd_t *condition);
int cnd_wait(cnd_t *condition, mtx_t *mutex);
int cnd_timedwait(cnd_t *__restrict condition, mtx_t *__restrict mutex,
                  const struct timespec *__restrict at);
void cnd_destroy(cnd_t *condition);

int tss_create(tss_t *key, tss_dtor_t destructor);
void *tss_get(tss_t key);
int tss_set(tss_t key, void *value);
void tss_delete(tss_t key);

void call_once(once_flag *flag, void (*routine)(void));

#ifdef __cplusplus
}
#endif

#endif
