/* A VMM run as a child process, with one guest in it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_CHILD_H
#define LIMPET_CHILD_H

#include "vm/judge.h"
#include "base/proc.h"
#include "vm/vm.h"

/* Zero-initialize, set terminal and io's result, listener, stdin_fd and until. */
struct child {
    struct proc proc;
    struct vm_io io;
    bool terminal;     /* its standard input and output are one */
    struct buf errors; /* its stderr, the end of it */
    bool ended;        /* by itself */
};

/* Starts it in the folder dir (NULL: here); after timeout_s the guest counts as hanging. Fills in
 * the result's command line. Returns 0 or -errno. */
int child_start(struct child *c, const struct args *args, const char *dir, double timeout_s);

/* Waits until something happens and takes it in. Returns whether another descriptor (-1: none) has
 * something. Returns early after a second or a signal. */
bool child_step(struct child *c, int other, double until);

/* The guest's time is over. Unless it has just ended: did it say its last line? Did its VMM run? */
void child_overdue(struct child *c, struct end_facts *end);

/* Takes in what is still in the pipes: it belongs to the guest's last words. */
void child_last_words(struct child *c);

/* Ends it, if it has not, and notes how. errors and io remain until child_free(). Returns the wait
 * status. */
int child_finish(struct child *c, struct end_facts *end);
void child_free(struct child *c);

#endif
