/* SPDX-License-Identifier: BSD-2-Clause */
/* What a POSIX thread begins with. */
#include "libc/local.h"
#include <errno.h>

const uint64_t limpet_thread_stack __attribute__((weak)) = STACK_DEFAULT;

#define STACK_MOST (1ull << 40)

int pthread_attr_init(pthread_attr_t *attr)
{
    *attr =
        (pthread_attr_t){._size = limpet_thread_stack, ._guard = PAGE_SIZE, ._policy = SCHED_OTHER};
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attr)
{
    attr->_size = 0; /* as no thread can have */
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
    if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE)
        return EINVAL;
    attr->_detached = state == PTHREAD_CREATE_DETACHED;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attr, int *state)
{
    *state = attr->_detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
    return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t bytes)
{
    attr->_guard = bytes;
    return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t *attr, size_t *bytes)
{
    *bytes = attr->_guard;
    return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
    if (inherit != PTHREAD_INHERIT_SCHED && inherit != PTHREAD_EXPLICIT_SCHED)
        return EINVAL;
    attr->_explicit = inherit == PTHREAD_EXPLICIT_SCHED;
    return 0;
}

int pthread_attr_getinheritsched(const pthread_attr_t *attr, int *inherit)
{
    *inherit = attr->_explicit ? PTHREAD_EXPLICIT_SCHED : PTHREAD_INHERIT_SCHED;
    return 0;
}

/* Policy and priority are set one after the other: pthread_create() looks whether they agree. */
int pthread_attr_setschedparam(pthread_attr_t *attr, const struct sched_param *param)
{
    if (param->sched_priority < 0 || param->sched_priority > PRIORITY_MOST)
        return EINVAL;
    attr->_param = *param;
    return 0;
}

int pthread_attr_getschedparam(const pthread_attr_t *attr, struct sched_param *param)
{
    *param = attr->_param;
    return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (policy != SCHED_OTHER && policy != SCHED_FIFO && policy != SCHED_RR)
        return EINVAL;
    attr->_policy = (unsigned char)policy;
    return 0;
}

int pthread_attr_getschedpolicy(const pthread_attr_t *attr, int *policy)
{
    *policy = attr->_policy;
    return 0;
}

int pthread_attr_setscope(pthread_attr_t *attr, int scope)
{
    (void)attr;
    return scope == PTHREAD_SCOPE_SYSTEM ? 0 : scope == PTHREAD_SCOPE_PROCESS ? ENOTSUP : EINVAL;
}

int pthread_attr_getscope(const pthread_attr_t *attr, int *scope)
{
    (void)attr;
    *scope = PTHREAD_SCOPE_SYSTEM;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t bytes)
{
    if (bytes < STACK_LEAST || bytes > STACK_MOST)
        return EINVAL;
    attr->_size = bytes;
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *attr, size_t *bytes)
{
    *bytes = attr->_size;
    return 0;
}

int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t bytes)
{
    if (((uintptr_t)stack | bytes) & 15)
        return EINVAL;
    int error = pthread_attr_setstacksize(attr, bytes);
    if (error == 0)
        attr->_stack = stack;
    return error;
}

int pthread_attr_getstack(const pthread_attr_t *attr, void **stack, size_t *bytes)
{
    *stack = attr->_stack;
    *bytes = attr->_size;
    return 0;
}

int pthread_attr_setaffinity_np(pthread_attr_t *attr, size_t bytes, const cpu_set_t *set)
{
    uint64_t cpus_wanted;
    int error = sched_read_set(bytes, set, &cpus_wanted);
    if (error != 0)
        return error;
    attr->_pinned = 1;
    attr->_cpus = cpus_wanted;
    return 0;
}

int pthread_attr_getaffinity_np(const pthread_attr_t *attr, size_t bytes, cpu_set_t *set)
{
    return sched_write_set(bytes, set, attr->_pinned ? attr->_cpus : ANY_CPU);
}

int pthread_getattr_np(pthread_t id, pthread_attr_t *attr)
{
    pthread_attr_init(attr);
    mutex_lock(&pthread_mutex);
    const struct thread *t = pthread_living(id);
    if (t != 0) {
        const struct pthread *p = ((const struct local *)t->local)->pthread;
        attr->_detached = p->detached;
        attr->_explicit = 1;
        attr->_policy = t->policy;
        attr->_param.sched_priority = t->own_priority;
        attr->_stack = p->stack != 0 ? p->stack : (void *)(t->stack + PAGE_SIZE);
        attr->_size = p->stack != 0 ? p->stack_size : t->stack_size - PAGE_SIZE;
        attr->_guard = p->stack != 0 ? 0 : PAGE_SIZE;
        attr->_pinned = t->affinity != ANY_CPU;
        attr->_cpus = t->affinity;
    }
    mutex_unlock(&pthread_mutex);
    return t != 0 ? 0 : ESRCH;
}
