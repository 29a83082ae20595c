/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program has used of the machine. */
#ifndef _SYS_RESOURCE_H_
#define _SYS_RESOURCE_H_

#include <sys/cdefs.h>
#include <sys/time.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RUSAGE_SELF     0
#define RUSAGE_CHILDREN (-1) /* there are none: all zero */
#if __GNU_VISIBLE || __BSD_VISIBLE
#define RUSAGE_THREAD 1 /* the calling thread; memory and faults stay the process' */
#endif

/* Those that are not explained are zero. */
struct rusage {
    struct timeval ru_utime; /* CPU time; the kernel's is part of it */
    struct timeval ru_stime;
    long ru_maxrss; /* the most memory that was in use, the kernel's too: KiB */
    long ru_ixrss, ru_idrss, ru_isrss;
    long ru_minflt; /* first touches of pages */
    long ru_majflt, ru_nswap, ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals;
    long ru_nvcsw;  /* switches to another thread: because this one waited, */
    long ru_nivcsw; /* because it was another's turn, sched_yield() included */
};

/* 0, or -1 with EINVAL. */
int getrusage(int who, struct rusage *usage);

#ifdef __cplusplus
}
#endif

#endif
