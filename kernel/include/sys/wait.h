/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the status of a process that has ended is read: POSIX.1-2017, <sys/wait.h>, coded as on
 * Linux. There is one process, so that no function is declared here: wait() and its like do not
 * exist.
 */
#ifndef _SYS_WAIT_H
#define _SYS_WAIT_H

#include <signal.h>
#include <sys/types.h>

#define WEXITSTATUS(status)  ((status) >> 8 & 0xff)
#define WTERMSIG(status)     ((status)&0x7f)
#define WSTOPSIG(status)     WEXITSTATUS(status)
#define WIFEXITED(status)    (WTERMSIG(status) == 0)
#define WIFSIGNALED(status)  (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WIFSTOPPED(status)   (((status)&0xff) == 0x7f)
#define WIFCONTINUED(status) ((status) == 0xffff)
#define WCOREDUMP(status)    (((status)&0x80) != 0)

/* Options of waitpid() and waitid(). */
#define WNOHANG    1
#define WUNTRACED  2
#define WSTOPPED   2
#define WEXITED    4
#define WCONTINUED 8
#define WNOWAIT    0x01000000

typedef enum { P_ALL, P_PID, P_PGID } idtype_t;

#endif
