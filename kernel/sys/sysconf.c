/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits, and what of POSIX there is. */
#include "boot/args.h"
#include "libc/local.h"
#include "mm/page.h"
#include "sched/smp.h"
#include "sys/file.h"
#include <aio.h>
#include <errno.h>
#include <limits.h>
#include <mqueue.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

#define POSIX_2008 200809L
#define NO_LIMIT   (-1L) /* also: this option is not there */

static const struct {
    int name;
    long value;
} facts[] = {
    {_SC_VERSION, POSIX_2008},
    {_SC_PAGESIZE, (long)PAGE_SIZE},
    {_SC_CLK_TCK, CLOCKS_PER_SEC},
    {_SC_ARG_MAX, BOOT_STRINGS},
    {_SC_CHILD_MAX, 0},
    {_SC_STREAM_MAX, OPEN_MAX},
    {_SC_IOV_MAX, IOV_MAX},
    {_SC_SYMLOOP_MAX, 40}, /* PATH_LINKS of sys/path.h */
    {_SC_ATEXIT_MAX, INT_MAX},
    {_SC_TIMERS, POSIX_2008},
    {_SC_TIMER_MAX, 63},
    {_SC_DELAYTIMER_MAX, INT_MAX},
    {_SC_RTSIG_MAX, SIGRTMAX - SIGRTMIN + 1},
    {_SC_SIGQUEUE_MAX, 128},
    {_SC_MONOTONIC_CLOCK, POSIX_2008},
    {_SC_TIMEOUTS, POSIX_2008},
    {_SC_JOB_CONTROL, NO_LIMIT},
    {_SC_SAVED_IDS, NO_LIMIT},
    {_SC_FSYNC, POSIX_2008},
    {_SC_SYNCHRONIZED_IO, POSIX_2008},
    {_SC_MAPPED_FILES, POSIX_2008},
    {_SC_MEMLOCK, POSIX_2008},
    {_SC_MEMLOCK_RANGE, POSIX_2008},
    {_SC_MEMORY_PROTECTION, POSIX_2008},
    {_SC_REALTIME_SIGNALS, POSIX_2008},
    {_SC_ASYNCHRONOUS_IO, POSIX_2008},
    {_SC_AIO_MAX, NO_LIMIT},
    {_SC_AIO_LISTIO_MAX, NO_LIMIT},
    {_SC_AIO_PRIO_DELTA_MAX, AIO_PRIO_DELTA_MAX},
    {_SC_MESSAGE_PASSING, POSIX_2008},
    {_SC_MQ_OPEN_MAX, MQ_OPEN_MAX},
    {_SC_MQ_PRIO_MAX, MQ_PRIO_MAX},
    {_SC_SHELL, NO_LIMIT},
    {_SC_SPAWN, NO_LIMIT},
    {_SC_SEMAPHORES, POSIX_2008},
    {_SC_SEM_NSEMS_MAX, NO_LIMIT},
    {_SC_SEM_VALUE_MAX, SEM_VALUE_MAX},
    {_SC_THREADS, POSIX_2008},
    {_SC_THREAD_KEYS_MAX, KEYS},
    {_SC_THREAD_DESTRUCTOR_ITERATIONS, KEY_ROUNDS},
    {_SC_THREAD_STACK_MIN, STACK_LEAST},
    {_SC_THREAD_THREADS_MAX, THREADS_MAX},
    {_SC_THREAD_ATTR_STACKSIZE, POSIX_2008},
    {_SC_THREAD_ATTR_STACKADDR, POSIX_2008},
    {_SC_THREAD_SAFE_FUNCTIONS, POSIX_2008},
    {_SC_THREAD_PRIORITY_SCHEDULING, POSIX_2008},
    {_SC_THREAD_PRIO_INHERIT, POSIX_2008},
    {_SC_THREAD_PRIO_PROTECT, POSIX_2008},
    {_SC_THREAD_PROCESS_SHARED, POSIX_2008},
    {_SC_CPUTIME, POSIX_2008},
    {_SC_THREAD_CPUTIME, POSIX_2008},
    {_SC_CLOCK_SELECTION, POSIX_2008},
    {_SC_PRIORITY_SCHEDULING, POSIX_2008},
    {_SC_BARRIERS, POSIX_2008},
    {_SC_SPIN_LOCKS, POSIX_2008},
    {_SC_READER_WRITER_LOCKS, POSIX_2008},
    {_SC_THREAD_ROBUST_PRIO_INHERIT, POSIX_2008},
    {_SC_THREAD_ROBUST_PRIO_PROTECT, POSIX_2008},
    {_SC_REGEXP, POSIX_2008},
    {_SC_RE_DUP_MAX, RE_DUP_MAX},
    {_SC_NGROUPS_MAX, 1},
    {_SC_HOST_NAME_MAX, 64},
    {_SC_LOGIN_NAME_MAX, sizeof "root"},
    {_SC_TTY_NAME_MAX, sizeof "/dev/tty"},
    {_SC_TZNAME_MAX, TZNAME_MAX},
    {_SC_GETGR_R_SIZE_MAX, NO_LIMIT}, /* any buffer will do: nothing is copied */
    {_SC_GETPW_R_SIZE_MAX, NO_LIMIT},
    {_SC_V7_LP64_OFF64, 1},
    {_SC_V7_LPBIG_OFFBIG, 1},
};

/* Options that are not there, and limits of utilities, of which there are none. */
static const short absent[] = {_SC_PRIORITIZED_IO,
                               _SC_SHARED_MEMORY_OBJECTS,
                               _SC_ADVISORY_INFO,
                               _SC_BC_BASE_MAX,
                               _SC_BC_DIM_MAX,
                               _SC_BC_SCALE_MAX,
                               _SC_BC_STRING_MAX,
                               _SC_COLL_WEIGHTS_MAX,
                               _SC_EXPR_NEST_MAX,
                               _SC_IPV6,
                               _SC_LINE_MAX,
                               _SC_RAW_SOCKETS,
                               _SC_SPORADIC_SERVER,
                               _SC_SS_REPL_MAX,
                               _SC_THREAD_SPORADIC_SERVER,
                               _SC_TRACE,
                               _SC_TRACE_EVENT_FILTER,
                               _SC_TRACE_EVENT_NAME_MAX,
                               _SC_TRACE_INHERIT,
                               _SC_TRACE_LOG,
                               _SC_TRACE_NAME_MAX,
                               _SC_TRACE_SYS_MAX,
                               _SC_TRACE_USER_EVENT_MAX,
                               _SC_TYPED_MEMORY_OBJECTS,
                               _SC_V7_ILP32_OFF32,
                               _SC_V7_ILP32_OFFBIG,
                               _SC_XOPEN_CRYPT,
                               _SC_XOPEN_ENH_I18N,
                               _SC_XOPEN_LEGACY,
                               _SC_XOPEN_REALTIME,
                               _SC_XOPEN_REALTIME_THREADS,
                               _SC_XOPEN_SHM,
                               _SC_XOPEN_STREAMS,
                               _SC_XOPEN_UNIX,
                               _SC_XOPEN_VERSION,
                               _SC_XOPEN_UUCP,
                               _SC_2_CHAR_TERM,
                               _SC_2_C_BIND,
                               _SC_2_C_DEV,
                               _SC_2_FORT_DEV,
                               _SC_2_FORT_RUN,
                               _SC_2_LOCALEDEF,
                               _SC_2_PBS,
                               _SC_2_PBS_ACCOUNTING,
                               _SC_2_PBS_CHECKPOINT,
                               _SC_2_PBS_LOCATE,
                               _SC_2_PBS_MESSAGE,
                               _SC_2_PBS_TRACK,
                               _SC_2_SW_DEV,
                               _SC_2_UPE,
                               _SC_2_VERSION};

long sysconf(int name)
{
    switch (name) {
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN: /* those that are not will be, by the time there are threads */
        return (long)smp_count();
    case _SC_OPEN_MAX:
        return descriptor_limit;
    case _SC_PHYS_PAGES:
        return (long)page_get_stats().total;
    case _SC_AVPHYS_PAGES:
        return (long)(page_get_stats().free - page_get_stats().reserved);
    }
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (facts[i].name == name)
            return facts[i].value;
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (absent[i] == name)
            return NO_LIMIT;
    errno = EINVAL;
    return -1;
}
