/* Child processes with pipes, that die with the tool.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_PROC_H
#define LIMPET_PROC_H

#include "base/buf.h"

#include <stdbool.h>
#include <sys/types.h>

struct proc {
    pid_t pid;      /* 0: none */
    int pidfd;      /* readable once the process has ended */
    int in;         /* write end of its stdin, non-blocking */
    int out;        /* read end of its stdout, non-blocking */
    int err;        /* read end of its stderr, non-blocking */
    int extra;      /* our end of a socket pair whose other end is PROC_EXTRA_FD in the child */
    double started; /* now_s() just before the fork */
    /* After proc_finish(): */
    double rss_mib;          /* the most it had resident */
    double user_s, system_s; /* CPU time */
};

#define PROC_EXTRA_FD   3
#define PROC_PATIENCE_S 10.0
#define PROC_KEPT       (16u << 10) /* of messages without end, the end */

/* Gives this process, and so every program that it ever starts, one known locale: their words are
 * in English and their encoding is UTF-8, whatever the user's environment says or does not say. */
void proc_environment(void);

/* Starts argv[0] (searched in PATH) in the folder dir (NULL: here), in a process group of its own,
 * killed when the tool dies, and registered for clean-up. Returns 0, or -errno; a program that
 * cannot be executed is -ENOENT etc. */
int proc_start(struct proc *p, char *const argv[], const char *dir);

/* The same, but its standard input and output are one terminal of its own, which changes no byte:
 * for programs that ask whether they have one. It has no control of it. */
int proc_start_terminal(struct proc *p, char *const argv[], const char *dir);

/* The program of that name or path, as exec would find it from here: its absolute path, in which
 * links stay links; caller frees. NULL with errno set when there is none that we may execute. */
char *proc_program(const char *name);

/* Waits for the end (killing first if asked to) and closes all descriptors. Returns the wait
 * status; of a process that even SIGKILL does not end, that of one which it did. */
int proc_finish(struct proc *p, bool kill_first);

/* The seconds of processor time that it has used so far; negative when that cannot be told. */
double proc_cpu_s(const struct proc *p);

/* When a process was started, in ticks since the machine was; 0: there is none. Its number may come
 * again, both together do not. */
unsigned long long proc_start_time(pid_t pid);

/* Has a signal or a debugger stopped it? */
bool proc_is_stopped(pid_t pid);

/* Appends what can be read without waiting: at most about so many bytes, lest who writes without
 * end be read without end. Returns false at end of file or error. */
bool proc_read_most(int fd, struct buf *out, size_t most);

/* The same for a pipe: at most what one holds, so all that was in it when its writer ended. */
bool proc_read(int fd, struct buf *out);

/* The same, but out then keeps only the end of all that was read. */
bool proc_read_end(int fd, struct buf *out);

/* Runs a command in the folder dir (NULL: here) to its end, killed after limit_s seconds, or
 * PROC_PATIENCE_S after an interruption. Appends what it writes to out and err (NULL: dropped).
 * Returns the wait status, or -errno with its words in err. */
int proc_run(char *const argv[], const char *dir, double limit_s, struct buf *out, struct buf *err);

/* Runs a command to its end and returns its stdout (caller frees) when its status is 0, else NULL.
 */
char *proc_output(char *const argv[]);

#endif
