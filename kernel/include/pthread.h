/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX threads, in place of newlib's header. Functions return 0 or an error number, as POSIX says,
 * and errno stays what it was. There is one process: what may be shared by processes is.
 * Names ending in _np are as on Linux.
 *
 * abstime is of CLOCK_REALTIME, unless a clock is given, that or CLOCK_MONOTONIC.
 */
#ifndef __PTHREAD_h
#define __PTHREAD_h

#include <sched.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A thread. */

int pthread_create(pthread_t *__restrict id, const pthread_attr_t *__restrict attr,
                   void *(*start)(void *), void *__restrict argument);
int pthread_join(pthread_t id, void **result);
int pthread_tryjoin_np(pthread_t id, void **result); /* EBUSY */
int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *abstime);
int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock,
                         const struct timespec *abstime);
int pthread_detach(pthread_t id);
void pthread_exit(void *result) __attribute__((__noreturn__));
pthread_t pthread_self(void);
int pthread_equal(pthread_t a, pthread_t b);
int pthread_getcpuclockid(pthread_t id, clockid_t *clock);  /* ESRCH */
int pthread_getattr_np(pthread_t id, pthread_attr_t *attr); /* as it is now */
void pthread_yield(void);

/* With its final NUL; longer ones are refused: ERANGE. */
#define PTHREAD_NAME_BYTES 16
int pthread_setname_np(pthread_t id, const char *name);
int pthread_getname_np(pthread_t id, char *name, size_t bytes);

/* What it begins with. */

#ifndef PTHREAD_STACK_MIN
#define PTHREAD_STACK_MIN 16384
#endif
int pthread_attr_init(pthread_attr_t *attr);
int pthread_attr_destroy(pthread_attr_t *attr);
int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state);
int pthread_attr_setdetachstate(pthread_attr_t *attr, int state);
int pthread_attr_getguardsize(const pthread_attr_t *__restrict attr, size_t *__restrict bytes);
int pthread_attr_setguardsize(pthread_attr_t *attr, size_t bytes); /* a page is what it gets */
int pthread_attr_getinheritsched(const pthread_attr_t *__restrict attr, int *__restrict inherit);
int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit);
int pthread_attr_getschedparam(const pthread_attr_t *__restrict attr,
                               struct sched_param *__restrict param);
int pthread_attr_setschedparam(pthread_attr_t *__restrict attr,
                               const struct sched_param *__restrict param);
int pthread_attr_getschedpolicy(const pthread_attr_t *__restrict attr, int *__restrict policy);
int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy);
int pthread_attr_getscope(const pthread_attr_t *__restrict attr, int *__restrict scope);
int pthread_attr_setscope(pthread_attr_t *attr, int scope);
int pthread_attr_getstack(const pthread_attr_t *__restrict attr, void **__restrict stack,
                          size_t *__restrict bytes);
int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes);
int pthread_attr_getstacksize(const pthread_attr_t *__restrict attr, size_t *__restrict bytes);
int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes);
int pthread_attr_getaffinity_np(const pthread_attr_t *attr, size_t bytes, cpu_set_t *set);
int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t bytes, const cpu_set_t *set);

/* Scheduling: policies and priorities are those of sched.h. */

int pthread_getschedparam(pthread_t id, int *__restrict policy,
                          struct sched_param *__restrict param);
int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param);
int pthread_setschedprio(pthread_t id, int priority);
int pthread_getconcurrency(void);
int pthread_setconcurrency(int level);
int pthread_getaffinity_np(pthread_t id, size_t bytes, cpu_set_t *set);
int pthread_setaffinity_np(pthread_t id, size_t bytes, const cpu_set_t *set);

/* Cancellation. */

#define PTHREAD_CANCEL_ENABLE       0
#define PTHREAD_CANCEL_DISABLE      1
#define PTHREAD_CANCEL_DEFERRED     0
#define PTHREAD_CANCEL_ASYNCHRONOUS 1
#define PTHREAD_CANCELED            ((void *)-1)
int pthread_cancel(pthread_t id);
int pthread_setcancelstate(int state, int *old);
int pthread_setcanceltype(int type, int *old);
void pthread_testcancel(void);

struct _pthread_cleanup_context {
    void (*_routine)(void *);
    void *_arg;
    struct _pthread_cleanup_context *_previous;
};
void _pthread_cleanup_push(struct _pthread_cleanup_context *context, void (*routine)(void *),
                           void *argument);
void _pthread_cleanup_pop(struct _pthread_cleanup_context *context, int execute);
#define pthread_cleanup_push(routine, argument)                                                    \
    do {                                                                                           \
        struct _pthread_cleanup_context _pthread_cleanup;                                          \
    _pthread_cleanup_push(&_pthread_cleanup, (routine), (argument))
#define pthread_cleanup_pop(execute)                                                               \
    _pthread_cleanup_pop(&_pthread_cleanup, (execute));                                            \
    }                                                                                              \
    while (0)

/* Mutexes. */

#define PTHREAD_MUTEX_INITIALIZER                                                                  \
    {                                                                                              \
        PTHREAD_MUTEX_DEFAULT << 2, 0, 0, 0, 0, 0, 0, 0                                            \
    }
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP                                                     \
    {                                                                                              \
        PTHREAD_MUTEX_RECURSIVE << 2, 0, 0, 0, 0, 0, 0, 0                                          \
    }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP                                                    \
    {                                                                                              \
        PTHREAD_MUTEX_ERRORCHECK << 2, 0, 0, 0, 0, 0, 0, 0                                         \
    }
int pthread_mutex_init(pthread_mutex_t *__restrict mutex,
                       const pthread_mutexattr_t *__restrict attr);
int pthread_mutex_destroy(pthread_mutex_t *mutex);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_trylock(pthread_mutex_t *mutex);
int pthread_mutex_timedlock(pthread_mutex_t *__restrict mutex,
                            const struct timespec *__restrict abstime);
int pthread_mutex_clocklock(pthread_mutex_t *__restrict mutex, clockid_t clock,
                            const struct timespec *__restrict abstime);
int pthread_mutex_unlock(pthread_mutex_t *mutex);
int pthread_mutex_consistent(pthread_mutex_t *mutex);
int pthread_mutex_getprioceiling(const pthread_mutex_t *__restrict mutex, int *__restrict ceiling);
int pthread_mutex_setprioceiling(pthread_mutex_t *__restrict mutex, int ceiling,
                                 int *__restrict old);

int pthread_mutexattr_init(pthread_mutexattr_t *attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t *attr);
int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t *__restrict attr,
                                     int *__restrict ceiling);
int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attr, int ceiling);
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t *__restrict attr,
                                  int *__restrict protocol);
int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol);
int pthread_mutexattr_getpshared(const pthread_mutexattr_t *__restrict attr,
                                 int *__restrict shared);
int pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int shared);
int pthread_mutexattr_getrobust(const pthread_mutexattr_t *__restrict attr, int *__restrict robust);
int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust);
int pthread_mutexattr_gettype(const pthread_mutexattr_t *__restrict attr, int *__restrict type);
int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type);

/* Conditions. */

#define PTHREAD_COND_INITIALIZER                                                                   \
    {                                                                                              \
        0                                                                                          \
    }
int pthread_cond_init(pthread_cond_t *__restrict cond, const pthread_condattr_t *__restrict attr);
int pthread_cond_destroy(pthread_cond_t *cond);
int pthread_cond_signal(pthread_cond_t *cond);
int pthread_cond_broadcast(pthread_cond_t *cond);
int pthread_cond_wait(pthread_cond_t *__restrict cond, pthread_mutex_t *__restrict mutex);
int pthread_cond_timedwait(
    pthread_cond_t *__restrict cond, pthread_mutex_t *__restrict mutex,
    const struct timespec *__restrict abstime); /* of its attribute's clock */
int pthread_cond_clockwait(pthread_cond_t *__restrict cond, pthread_mutex_t *__restrict mutex,
                           clockid_t clock, const struct timespec *__restrict abstime);

int pthread_condattr_init(pthread_condattr_t *attr);
int pthread_condattr_destroy(pthread_condattr_t *attr);
int pthread_condattr_getclock(const pthread_condattr_t *__restrict attr,
                              clockid_t *__restrict clock);
int pthread_condattr_setclock(pthread_condattr_t *attr, clockid_t clock);
int pthread_condattr_getpshared(const pthread_condattr_t *__restrict attr, int *__restrict shared);
int pthread_condattr_setpshared(pthread_condattr_t *attr, int shared);

/* Read-write locks. */

#define PTHREAD_RWLOCK_INITIALIZER                                                                 \
    {                                                                                              \
        0, 0, 0                                                                                    \
    }
int pthread_rwlock_init(pthread_rwlock_t *__restrict lock,
                        const pthread_rwlockattr_t *__restrict attr);
int pthread_rwlock_destroy(pthread_rwlock_t *lock);
int pthread_rwlock_rdlock(pthread_rwlock_t *lock);
int pthread_rwlock_wrlock(pthread_rwlock_t *lock);
int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock);
int pthread_rwlock_trywrlock(pthread_rwlock_t *lock);
int pthread_rwlock_timedrdlock(pthread_rwlock_t *__restrict lock,
                               const struct timespec *__restrict abstime);
int pthread_rwlock_timedwrlock(pthread_rwlock_t *__restrict lock,
                               const struct timespec *__restrict abstime);
int pthread_rwlock_clockrdlock(pthread_rwlock_t *__restrict lock, clockid_t clock,
                               const struct timespec *__restrict abstime);
int pthread_rwlock_clockwrlock(pthread_rwlock_t *__restrict lock, clockid_t clock,
                               const struct timespec *__restrict abstime);
int pthread_rwlock_unlock(pthread_rwlock_t *lock);

int pthread_rwlockattr_init(pthread_rwlockattr_t *attr);
int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attr);
int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *__restrict attr,
                                  int *__restrict shared);
int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attr, int shared);
/* As glibc has them. Where a writer waits, a reader does too unless its priority is higher: that is
 * the last kind, and the default; with the others readers pass it. EINVAL: another kind. */
#define PTHREAD_RWLOCK_PREFER_READER_NP              0
#define PTHREAD_RWLOCK_PREFER_WRITER_NP              1
#define PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP 2
int pthread_rwlockattr_setkind_np(pthread_rwlockattr_t *attr, int kind);
int pthread_rwlockattr_getkind_np(const pthread_rwlockattr_t *__restrict attr,
                                  int *__restrict kind);

/* Barriers. */

#define PTHREAD_BARRIER_SERIAL_THREAD (-1)
int pthread_barrier_init(pthread_barrier_t *__restrict barrier,
                         const pthread_barrierattr_t *__restrict attr, unsigned count);
int pthread_barrier_destroy(pthread_barrier_t *barrier);
int pthread_barrier_wait(pthread_barrier_t *barrier);

int pthread_barrierattr_init(pthread_barrierattr_t *attr);
int pthread_barrierattr_destroy(pthread_barrierattr_t *attr);
int pthread_barrierattr_getpshared(const pthread_barrierattr_t *__restrict attr,
                                   int *__restrict shared);
int pthread_barrierattr_setpshared(pthread_barrierattr_t *attr, int shared);

/* Spin locks, which wait after a while; what is done once; thread-specific data. */

int pthread_spin_init(pthread_spinlock_t *lock, int shared);
int pthread_spin_destroy(pthread_spinlock_t *lock);
int pthread_spin_lock(pthread_spinlock_t *lock);
int pthread_spin_trylock(pthread_spinlock_t *lock);
int pthread_spin_unlock(pthread_spinlock_t *lock);

#define PTHREAD_ONCE_INIT                                                                          \
    {                                                                                              \
        0, 0                                                                                       \
    }
int pthread_once(pthread_once_t *once, void (*routine)(void));

/* Always 0: nothing forks, so that none of them is ever called. */
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));

#ifndef PTHREAD_KEYS_MAX
#define PTHREAD_KEYS_MAX              128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#endif
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
int pthread_key_delete(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
void *pthread_getspecific(pthread_key_t key);

#ifdef __cplusplus
}
#endif

#endif
