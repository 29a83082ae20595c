/* Nothing is left behind: temporary folders are removed, children killed and Xen domains ended,
 * however the tool ends.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CLEANUP_H
#define LIMPET_CLEANUP_H

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

/* The signal that asked the tool to stop, or 0. Everything that waits looks at it. */
extern volatile sig_atomic_t interrupted;

/* Installs the handlers of SIGINT, SIGTERM and SIGHUP and the clean-up at exit. Call once, first.
 */
void cleanup_init(void);

/* Makes a private folder "limpet-tmp.XXXXXX" in $TMPDIR or /tmp, removed at exit at the latest. It
 * is locked (flock) as long as it is used: the first call removes those of ours there that are not,
 * which were left by a tool that was killed. Returns its absolute path (caller frees), or NULL with
 * a message. */
char *cleanup_tmpdir(void);

/* Removes a folder of cleanup_tmpdir with all that is in it. */
void cleanup_remove(const char *dir);

/* A child that is killed at exit; child_gone after it was waited for. group: kill its whole process
 * group. */
void cleanup_child(pid_t pid, int group);
void cleanup_child_gone(pid_t pid);

/* Waits for the end of a child that was killed, but not for ever: one that is stuck in the kernel
 * does not end by SIGKILL. Returns its wait status, then SIGKILL. usage may be NULL. */
int cleanup_await(pid_t pid, struct rusage *usage);

/* Something else to undo at exit; undone after it was. The context is borrowed. */
void cleanup_undo(void (*undo)(void *context), void *context);
void cleanup_undone(const void *context);

/* A tracing instance of the kernel's, removed at exit; NULL: there is none any more. Borrowed. */
void cleanup_instance(const char *dir);

#endif
