/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls: plain functions under newlib, called without a change of mode. One table names
 * them all, also those that this OS does not have; these fail with ENOSYS and say so once.
 *
 * All return as POSIX says: -1 with errno set on error.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

/* SYSCALL(name): implemented in kernel/sys. NOSYS(name): not here. */
/* clang-format off */
#define SYSCALL_TABLE(SYSCALL, NOSYS)                                                              \
    SYSCALL(read) SYSCALL(write) SYSCALL(open) SYSCALL(close) SYSCALL(lseek) SYSCALL(fstat)        \
    SYSCALL(stat) SYSCALL(link) SYSCALL(unlink) SYSCALL(mkdir) SYSCALL(rmdir) SYSCALL(rename)      \
    SYSCALL(ftruncate) SYSCALL(dup) SYSCALL(dup2) SYSCALL(isatty) SYSCALL(fcntl) SYSCALL(access) SYSCALL(kill)                \
    SYSCALL(getpid) SYSCALL(sbrk) SYSCALL(_exit) SYSCALL(gettimeofday) SYSCALL(clock_gettime)      \
    SYSCALL(clock_getres) SYSCALL(nanosleep) SYSCALL(usleep) SYSCALL(sleep) SYSCALL(sched_yield)   \
    SYSCALL(times) SYSCALL(sysconf) SYSCALL(getpagesize) SYSCALL(getentropy)                       \
    NOSYS(sigprocmask) NOSYS(sigaction) NOSYS(sigsuspend) NOSYS(alarm) NOSYS(pause)
/* clang-format on */

struct syscall {
    const char *name;
    void (*function)(void); /* cast to its own type before use */
    int implemented;
};

extern const struct syscall syscalls[]; /* ended by a NULL name */

#endif
