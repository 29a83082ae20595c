/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * POSIX scheduling, and Linux' sets of CPUs. There is one process, of number 1 (also 0): what is
 * asked of it is asked of the calling thread.
 *
 * A thread begins with SCHED_OTHER, which has the priority 0 only and takes turns as SCHED_RR does,
 * where no thread with another policy wants the CPU. SCHED_FIFO and SCHED_RR have 1 (least) to 32.
 */
#ifndef _SCHED_H_
#define _SCHED_H_

#include <sys/cdefs.h>
#include <sys/sched.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* There is no SCHED_SPORADIC. */
#define _POSIX_SPORADIC_SERVER        (-1)
#define _POSIX_THREAD_SPORADIC_SERVER (-1)

/* All return -1 with errno on error: EINVAL, ESRCH. */
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param); /* the former */
int sched_getscheduler(pid_t pid);
int sched_setparam(pid_t pid, const struct sched_param *param);
int sched_getparam(pid_t pid, struct sched_param *param);
int sched_get_priority_min(int policy);
int sched_get_priority_max(int policy);
int sched_rr_get_interval(pid_t pid, struct timespec *interval);
int sched_yield(void);

/* As many CPUs as there are at most (kernel/base/cpus.h). */
#define CPU_SETSIZE 64
typedef struct {
    unsigned long _bits;
} cpu_set_t;

#if __BSD_VISIBLE || __GNU_VISIBLE
#define CPU_ZERO(set)       ((void)((set)->_bits = 0))
#define CPU_SET(cpu, set)   ((void)((cpu) < CPU_SETSIZE ? ((set)->_bits |= 1ul << ((cpu)&63)) : 0))
#define CPU_CLR(cpu, set)   ((void)((cpu) < CPU_SETSIZE ? ((set)->_bits &= ~(1ul << ((cpu)&63))) : 0))
#define CPU_ISSET(cpu, set) ((cpu) < CPU_SETSIZE && ((set)->_bits >> ((cpu)&63) & 1) != 0)
#define CPU_COUNT(set)      __builtin_popcountl((set)->_bits)
#define CPU_AND(to, a, b)   ((void)((to)->_bits = (a)->_bits & (b)->_bits))
#define CPU_OR(to, a, b)    ((void)((to)->_bits = (a)->_bits | (b)->_bits))
#define CPU_XOR(to, a, b)   ((void)((to)->_bits = (a)->_bits ^ (b)->_bits))
#define CPU_EQUAL(a, b)     ((a)->_bits == (b)->_bits)

/* bytes: the size of a set, at least 8. -1 with errno: EINVAL no such CPU, or too small a set. */
int sched_setaffinity(pid_t pid, size_t bytes, const cpu_set_t *set);
int sched_getaffinity(pid_t pid, size_t bytes, cpu_set_t *set);
int sched_getcpu(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
