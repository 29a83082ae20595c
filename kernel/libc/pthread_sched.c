/* SPDX-License-Identifier: BSD-2-Clause */
/* Policies, priorities and CPUs of threads, as POSIX and Linux ask for them: see sched.h. */
#include "libc/local.h"
#include "sched/smp.h"
#include <errno.h>

#define ME 1 /* the process's number; 0 is the caller's, too */

/* Of a policy: the first is -1 where there is none such. */
static int least(int policy)
{
    return policy == SCHED_OTHER                        ? 0
           : policy == SCHED_FIFO || policy == SCHED_RR ? PRIORITY_LEAST
                                                        : -1;
}

static int most(int policy) { return policy == SCHED_OTHER ? 0 : PRIORITY_MOST; }

int sched_check(int policy, int priority)
{
    bool known = least(policy) >= 0;
    return known && priority >= least(policy) && priority <= most(policy) ? 0 : EINVAL;
}

/* policy -1: it keeps the one that it has. */
static int schedule(pthread_t id, int policy, int priority)
{
    mutex_lock(&pthread_mutex);
    struct thread *t = pthread_living(id);
    int error = ESRCH;
    if (t != 0) {
        int wanted = policy < 0 ? t->policy : policy;
        error = sched_check(wanted, priority);
        if (error == 0) {
            t->policy = (uint8_t)wanted;
            thread_set_priority(t, (uint8_t)priority);
        }
    }
    mutex_unlock(&pthread_mutex);
    sched_give_way(); /* not before: others would wait for the mutex */
    return error;
}

int pthread_setschedprio(pthread_t id, int priority) { return schedule(id, -1, priority); }

int pthread_setschedparam(pthread_t id, int policy, const struct sched_param *param)
{
    return policy < 0 ? EINVAL : schedule(id, policy, param->sched_priority);
}

int pthread_getschedparam(pthread_t id, int *policy, struct sched_param *param)
{
    mutex_lock(&pthread_mutex);
    const struct thread *t = pthread_living(id);
    if (t != 0) {
        *policy = t->policy;
        param->sched_priority = t->own_priority;
    }
    mutex_unlock(&pthread_mutex);
    return t != 0 ? 0 : ESRCH;
}

static int concurrency;

int pthread_getconcurrency(void) { return concurrency; }

int pthread_setconcurrency(int level)
{
    if (level < 0)
        return EINVAL;
    concurrency = level; /* a hint: each thread is the kernel's own */
    return 0;
}

/* The process's. */

static int result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static int other_process(pid_t pid) { return pid < 0 ? EINVAL : pid > ME ? ESRCH : 0; }

int sched_getscheduler(pid_t pid)
{
    int error = other_process(pid);
    return error != 0 ? result(error) : thread_self()->policy;
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    int error = param == 0 ? EINVAL : other_process(pid), before = thread_self()->policy;
    if (error == 0)
        error = pthread_setschedparam(pthread_self(), policy, param);
    return error != 0 ? result(error) : before;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
    int error = param == 0 ? EINVAL : other_process(pid);
    return result(error != 0 ? error : pthread_setschedprio(pthread_self(), param->sched_priority));
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
    int policy, error = param == 0 ? EINVAL : other_process(pid);
    return result(error != 0 ? error : pthread_getschedparam(pthread_self(), &policy, param));
}

int sched_get_priority_min(int policy)
{
    return least(policy) < 0 ? result(EINVAL) : least(policy);
}

int sched_get_priority_max(int policy) { return least(policy) < 0 ? result(EINVAL) : most(policy); }

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    int error = interval == 0 ? EFAULT : other_process(pid);
    if (error == 0)
        *interval = (struct timespec){0, SLICE_NS};
    return result(error);
}

/* CPUs. */

int sched_read_set(size_t bytes, const cpu_set_t *set, uint64_t *affinity)
{
    unsigned count = smp_count();
    if (bytes < sizeof *set)
        return EINVAL;
    *affinity = set->_bits & (count < CPUS_MAX ? (1ull << count) - 1 : ANY_CPU);
    return *affinity != 0 ? 0 : EINVAL;
}

int sched_write_set(size_t bytes, cpu_set_t *set, uint64_t affinity)
{
    unsigned count = smp_count();
    if (bytes < sizeof *set)
        return EINVAL;
    *set = (cpu_set_t){affinity & (count < CPUS_MAX ? (1ull << count) - 1 : ANY_CPU)};
    return 0;
}

int pthread_setaffinity_np(pthread_t id, size_t bytes, const cpu_set_t *set)
{
    uint64_t affinity;
    int error = sched_read_set(bytes, set, &affinity);
    if (error != 0)
        return error;
    if (!smp_wait_for((unsigned)__builtin_ctzll(affinity)))
        return EINVAL;
    if (id == pthread_self()) {
        thread_set_affinity(affinity);
        return 0;
    }
    mutex_lock(&pthread_mutex);
    struct thread *t = pthread_living(id);
    if (t != 0)
        thread_set_affinity_of(t, affinity);
    mutex_unlock(&pthread_mutex);
    return t != 0 ? 0 : ESRCH;
}

int pthread_getaffinity_np(pthread_t id, size_t bytes, cpu_set_t *set)
{
    mutex_lock(&pthread_mutex);
    const struct thread *t = pthread_living(id);
    int error = t != 0 ? sched_write_set(bytes, set, t->affinity) : ESRCH;
    mutex_unlock(&pthread_mutex);
    return error;
}

int sched_setaffinity(pid_t pid, size_t bytes, const cpu_set_t *set)
{
    int error = other_process(pid);
    return result(error != 0 ? error : pthread_setaffinity_np(pthread_self(), bytes, set));
}

int sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t *set)
{
    int error = other_process(pid);
    return result(error != 0 ? error : pthread_getaffinity_np(pthread_self(), bytes, set));
}

int sched_getcpu(void) { return (int)this_cpu()->number; }
