/* SPDX-License-Identifier: BSD-2-Clause */
/* POSIX threads: their life and their names. */
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
    thread_self()->cancel_disabled = true; /* once is enough */
    if (thread_self()->interrupted)
        thread_handled(); /* a signal that came before the end */
    while (local->cleanup != 0)
        _pthread_cleanup_pop(local->cleanup, 1);
    pthread_run_destructors(local);
    if (local->robust != 0)
        pthread_abandon_mutexes(local);
    if (interruption_leaves != 0)
        interruption_leaves();
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
    __atomic_store_n(&p->begun, true, __ATOMIC_SEQ_CST); /* then the hook looks */
    if (p->affinity != 0)
        thread_set_affinity(p->affinity);
    if (interruption_begins != 0)
        interruption_begins();
    pthread_exit(p->start(p->argument));
}

/* What the attributes want; its stack in bytes goes to *bytes. */
static void prepare(struct pthread *p, const pthread_attr_t *attr, uint64_t *bytes,
                    unsigned *scheduled)
{
    *scheduled = SCHEDULED(thread_self()->policy, thread_self()->own_priority);
    *bytes = limpet_thread_stack;
    if (attr == 0)
        return;
    p->detached = attr->_detached;
    if (attr->_explicit)
        *scheduled = SCHEDULED(attr->_policy, (unsigned)attr->_param.sched_priority);
    if (attr->_pinned)
        p->affinity = attr->_cpus;
    *bytes = attr->_size;
    if (attr->_stack != 0) {
        p->stack = attr->_stack;
        p->stack_size = attr->_size;
        *bytes = STACK_LEAST;
    }
}

int pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*start)(void *),
                   void *argument)
{
    if (attr != 0 && (attr->_size == 0 || /* destroyed */
                      (attr->_explicit && sched_check(attr->_policy, attr->_param.sched_priority))))
        return EINVAL;
    struct pthread *p = pthread_new();
    uint64_t bytes;
    unsigned scheduled;
    if (p == 0)
        return EAGAIN;
    prepare(p, attr, &bytes, &scheduled);
    p->start = start;
    p->argument = argument;
    p->signal_mask = local_self()->signals_joined ? local_self()->signals.mask : 0;
    *id = p->id; /* before the thread runs, which may be at once */
    if (__atomic_fetch_add(&others, 1, __ATOMIC_RELAXED) == 0)
        smp_start(); /* main is no longer alone */
    void *top = p->stack != 0 ? (char *)p->stack + p->stack_size : 0;
    if (thread_create(begin, p, bytes, top, scheduled, &p->thread) == 0)
        return 0;
    __atomic_sub_fetch(&others, 1, __ATOMIC_RELAXED);
    pthread_free(p);
    return EAGAIN;
}

static int join(pthread_t id, void **result, bool wait, uint64_t deadline)
{
    if (thread_self()->cancelled)
        interruption_cancel();
    mutex_lock(&pthread_mutex);
    struct pthread *p = pthread_find(id);
    int error = p == 0                       ? ESRCH
                : p == local_self()->pthread ? EDEADLK
                : p->detached || p->joining  ? EINVAL
                : !wait && p->done == 0      ? EBUSY
                                             : 0;
    if (error == 0)
        p->joining = true;
    mutex_unlock(&pthread_mutex);
    if (error != 0)
        return error;
    while (__atomic_load_n(&p->done, __ATOMIC_ACQUIRE) == 0) {
        int waited = futex_wait_interruptible(&p->done, 0, deadline);
        if (waited != -ETIMEDOUT && waited != -EINTR)
            continue;
        p->joining = false; /* also for who is cancelled, or leaves by siglongjmp() */
        if (waited == -ETIMEDOUT)
            return ETIMEDOUT;
        thread_handled_at_point();
        p->joining = true;
    }
    if (result != 0)
        *result = p->result;
    pthread_free(p);
    return 0;
}

int pthread_join(pthread_t id, void **result) { return join(id, result, true, NO_DEADLINE); }

int pthread_tryjoin_np(pthread_t id, void **result) { return join(id, result, false, 0); }

int pthread_clockjoin_np(pthread_t id, void **result, clockid_t clock, const struct timespec *at)
{
    uint64_t deadline;
    int error = pthread_deadline(at, clock, &deadline);
    return error != 0 ? error : join(id, result, true, deadline);
}

int pthread_timedjoin_np(pthread_t id, void **result, const struct timespec *at)
{
    return pthread_clockjoin_np(id, result, CLOCK_REALTIME, at);
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

void pthread_yield(void) { sched_yield_now(); }

int pthread_setname_np(pthread_t id, const char *name)
{
    size_t length = strlen(name);
    if (length >= PTHREAD_NAME_BYTES)
        return ERANGE;
    mutex_lock(&pthread_mutex);
    struct pthread *p = pthread_find(id);
    if (p != 0)
        memcpy(p->name, name, length + 1);
    mutex_unlock(&pthread_mutex);
    return p != 0 ? 0 : ESRCH;
}

int pthread_getname_np(pthread_t id, char *name, size_t bytes)
{
    mutex_lock(&pthread_mutex);
    const struct pthread *p = pthread_find(id);
    int error = p == 0 ? ESRCH : strlen(p->name) >= bytes ? ERANGE : 0;
    if (error == 0)
        memcpy(name, p->name, strlen(p->name) + 1);
    mutex_unlock(&pthread_mutex);
    return error;
}
