/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program has used of the machine, and what it may use. */
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

typedef unsigned long rlim_t;
struct rlimit {
    rlim_t rlim_cur, rlim_max; /* the limit, and what it may be set to */
};
#define RLIM_INFINITY  (~0ul)
#define RLIM_SAVED_CUR RLIM_INFINITY /* no limit is too large for an rlim_t */
#define RLIM_SAVED_MAX RLIM_INFINITY

/* Numbered as on Linux. Bytes, where nothing else is said. */
#define RLIMIT_CPU     0 /* seconds: no limit */
#define RLIMIT_FSIZE   1 /* no limit */
#define RLIMIT_DATA    2 /* memory in use or promised, files too; no limit at first */
#define RLIMIT_STACK   3 /* main's: the linker and the machine say how much */
#define RLIMIT_CORE    4 /* 0: there are no core files */
#define RLIMIT_RSS     5 /* no limit */
#define RLIMIT_NPROC   6 /* threads */
#define RLIMIT_NOFILE  7 /* descriptors: OPEN_MAX at first */
#define RLIMIT_MEMLOCK 8 /* no limit: all memory is locked */
#define RLIMIT_AS      9 /* the same as RLIMIT_DATA; the less of both holds */

/* 0, or -1 with EINVAL: no such limit, or one that could not be held (those of DATA, AS and NOFILE
 * are); EPERM: more than rlim_max, which is for good. */
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);

#ifdef __cplusplus
}
#endif

#endif
