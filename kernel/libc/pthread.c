/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX threads: their life, their attributes. Locks are in pthread_mutex.c and
 * pthread_sync.c. */
#include "libc/local.h"
#include "sched/interruption.h"
#include "sched/mutex.h"
#include "sched/smp.h"
#include "sched/turnstile.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct local main_local;
static uint32_t others; /* threads beside the last to end */

void pthread_init_main(void)
{
    struct thread *t = thread_self();
    t->local = &main_local;
    main_local.reent = _GLOBAL_REENT;
    main_local.pthread = &pthread_main;
    main_local.slot = pthread_main.id;
    pthread_main.thread = t;
}

/* Life. */

void _pthread_cleanup_push(struct _pthread_cleanup_context *context, void (*routine)(void *),
                           void *argument)
{
    struct local *local = local_self();
    *context = (struct _pthread_cleanup_context){routine, argument, 0, local->cleanup};
    local->cleanup = context;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_context *context, int execute)
{
    local_self()->cleanup = context->_previous;
    if (execute)
        context->_routine(context->_arg);
}

static void forget_thread(struct pthread *p)
{
    unsigned long flags = lock_take(&turnstile_lock);
    p->thread = 0;
    lock_drop(&turnstile_lock, flags);
}

void pthread_exit(void *result)
{
    struct local *local = local_self();
    struct pthread *p = local->pthread;
    while (local->cleanup != 0)
        _pthread_cleanup_pop(local->cleanup, 1);
    pthread_run_destructors(local);
    if (__atomic_fetch_sub(&others, 1, __ATOMIC_ACQ_REL) == 0)
        exit(0);              /* it was the last */
    if (p == &pthread_main) { /* the process goes on without main */
        local->signals = (struct signals){.mask = UINT64_MAX};
        local->signals_joined = true;
        futex_wait(&pthread_main.done, 0, NO_DEADLINE);
    }
    _reclaim_reent(local->reent);
    heap_leave(local);
    mutex_lock(&pthread_mutex);
    bool detached = p->detached;
    p->result = result;
    forget_thread(p);
    __atomic_store_n(&p->done, 1, __ATOMIC_RELEASE);
    mutex_unlock(&pthread_mutex);
    thread_self()->ending = !detached;
    if (detached)
        pthread_free(p);
    else
        futex_wake_later(&p->done, UINT32_MAX);
    if (thread_self()->turnstiles != 0)
        turnstile_forget(thread_self());
    thread_exit();
}

static void begin(void *argument)
{
    struct pthread *p = argument;
    struct local *local = local_self();
    memset(local, 0, offsetof(struct local, values) + pthread_keys_end() * sizeof *local->values);
    local->pthread = p;
    local->slot = p->id & 0xffff;
    local->reent = &local->own;
    _REENT_INIT_PTR_ZEROED(&local->own);
    if (p->signal_mask != 0) {
        local->signals = (struct signals){.mask = p->signal_mask};
        local->signals_joined = true;
    }
    __atomic_store_n(&p->begun, true, __ATOMIC_RELEASE);
    pthread_exit(p->start(p->argument));
}

int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*start)(void *),
                   void *argument)
{
    struct pthread *p = pthread_new();
    if (p == 0)
        return EAGAIN;
    uint64_t stack = attr != 0 && attr->stacksize != 0 ? (uint64_t)attr->stacksize : STACK_DEFAULT;
    uint8_t priority = thread_self()->own_priority;
    if (attr != 0) {
        p->detached = attr->detachstate == PTHREAD_CREATE_DETACHED;
        if (attr->inheritsched == PTHREAD_EXPLICIT_SCHED)
            priority = (uint8_t)attr->schedparam.sched_priority;
    }
    p->start = start;
    p->argument = argument;
    p->signal_mask = local_self()->signals_joined ? local_self()->signals.mask : 0;
    *id = p->id; /* before the thread runs, which may be at once */
    if (__atomic_fetch_add(&others, 1, __ATOMIC_RELAXED) == 0)
        smp_start(); /* main is no longer alone */
    if (thread_create(begin, p, stack, priority, &p->thread) == 0)
        return 0;
    __atomic_sub_fetch(&others, 1, __ATOMIC_RELAXED);
    pthread_free(p);
    return EAGAIN;
}

int pthread_join(pthread_t id, void **result)
{
    mutex_lock(&pthread_mutex);
    struct pthread *p = pthread_find(id);
    int error = p == 0                       ? ESRCH
                : p == local_self()->pthread ? EDEADLK
                : p->detached || p->joining  ? EINVAL
                                             : 0;
    if (error == 0)
        p->joining = true;
    mutex_unlock(&pthread_mutex);
    if (error != 0)
        return error;
    while (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) == 0)
        futex_wait_handling(&p->done, 0, NO_DEADLINE);
    if (result != 0)
        *result = p->result;
    pthread_free(p);
    return 0;
}

int pthread_detach(pthread_t id)
{
    mutex_lock(&pthread_mutex);
    struct pthread *p = pthread_find(id);
    int error = p == 0 ? ESRCH : p->detached || p->joining ? EINVAL : 0;
    bool over = error == 0 && p->done != 0;
    if (error == 0)
        p->detached = true;
    mutex_unlock(&pthread_mutex);
    if (over)
        pthread_free(p);
    return error;
}

pthread_t pthread_self(void) { return local_self()->pthread->id; }

int pthread_equal(pthread_t a, pthread_t b) { return a == b; }

void pthread_yield(void) { sched_yield_now(); }

/* Cancellation: a thread here ends only by its own act. */

int pthread_cancel(pthread_t id)
{
    (void)id;
    return ENOSYS;
}

int pthread_setcancelstate(int state, int *old)
{
    if (old != 0)
        *old = PTHREAD_CANCEL_DISABLE;
    return state == PTHREAD_CANCEL_DISABLE ? 0 : ENOSYS;
}

void pthread_testcancel(void) {}

/* Scheduling. */

/* The thread unless it has ended, which it cannot do as long as the mutex is held. */
static struct thread *living(pthread_t id)
{
    struct pthread *p = pthread_find(id);
    return p != 0 && p->done == 0 ? p->thread : 0;
}

int pthread_setschedprio(pthread_t id, int priority)
{
    if (priority < 0 || priority >= PRIORITIES)
        return EINVAL;
    mutex_lock(&pthread_mutex);
    struct thread *t = living(id);
    if (t != 0)
        thread_set_priority(t, (uint8_t)priority);
    mutex_unlock(&pthread_mutex);
    sched_give_way(); /* not before: others would wait for the mutex */
    return t != 0 ? 0 : ESRCH;
}

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param)
{
    if (policy != SCHED_RR && policy != SCHED_OTHER)
        return ENOTSUP;
    return pthread_setschedprio(id, param->sched_priority);
}

int pthread_getschedparam(pthread_t id, int *policy, struct sched_param *param)
{
    mutex_lock(&pthread_mutex);
    struct thread *t = living(id);
    if (t != 0)
        param->sched_priority = t->own_priority;
    mutex_unlock(&pthread_mutex);
    *policy = SCHED_RR;
    return t != 0 ? 0 : ESRCH;
}

int sched_get_priority_min(int policy)
{
    (void)policy;
    return 0;
}

int sched_get_priority_max(int policy)
{
    (void)policy;
    return PRIORITIES - 1;
}

/* Attributes. */

int pthread_attr_init(pthread_attr_t *attr)
{
    *attr = (pthread_attr_t){.is_initialized = 1,
                             .stacksize = STACK_DEFAULT,
                             .inheritsched = PTHREAD_INHERIT_SCHED,
                             .schedpolicy = SCHED_RR,
                             .schedparam.sched_priority = PRIORITY_DEFAULT,
                             .detachstate = PTHREAD_CREATE_JOINABLE};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
    attr->is_initialized = 0;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes)
{
    if (bytes < STACK_LEAST || bytes > 1u << 30)
        return EINVAL;
    attr->stacksize = (int)bytes;
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes)
{
    *bytes = (size_t)attr->stacksize;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
    if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE)
        return EINVAL;
    attr->detachstate = state;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
    *state = attr->detachstate;
    return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
    if (param->sched_priority < 0 || param->sched_priority >= PRIORITIES)
        return EINVAL;
    attr->schedparam = *param;
    return 0;
}

int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param)
{
    *param = attr->schedparam;
    return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
    attr->inheritsched = inherit;
    return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (policy != SCHED_RR && policy != SCHED_OTHER)
        return ENOTSUP;
    attr->schedpolicy = policy;
    return 0;
}
