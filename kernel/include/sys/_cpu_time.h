/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CPU time, from the kernel to the functions that tell of it (apps/libc/cpu_clock.c); no app need
 * include it. What is counted: from when a CPU switches to a thread until it switches away, with
 * interrupts in between, and with what the host took away meanwhile.
 */
#ifndef _SYS__CPU_TIME_H
#define _SYS__CPU_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A thread's clock, from its pthread_t: above CLOCK_MONOTONIC and all others. */
#define __CPU_CLOCK_OF(thread) ((clockid_t)(thread) | (clockid_t)1 << 32)

/* Nanoseconds by a clock of CPU time. 0, EINVAL: it is none; ESRCH: its thread has ended. */
int __cpu_time(clockid_t clock, uint64_t *ns);

/* Which timers use, once somebody has made one by such a clock. */
extern int (*__timer_cpu_time)(clockid_t clock, uint64_t *ns);

/* setitimer(), when that is set. */
struct itimerval;
int __setitimer(int which, const struct itimerval *__restrict value,
                struct itimerval *__restrict old);

/* What the process has used beside time; memory is in bytes. Switches are of the calling thread,
 * or, with all, of every thread so far. */
struct __usage {
    uint64_t memory, faults, waits, preemptions;
};
struct __usage __usage(bool all);

/* In the place of the kernel's switch from one thread to the next: counts, then switches. */
void limpet_switch_counted(uint64_t *save, uint64_t next, bool idle);

#ifdef __cplusplus
}
#endif
#endif
