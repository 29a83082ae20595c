/* A lab that runs a job: its console, its standard input, its end.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_FOLLOW_H
#define LIMPET_LAB_FOLLOW_H

#include "base/proc.h"
#include "lab/lab.h"

/* The state of a job that runs. */
struct lab_follow {
    const struct lab_job *job;
    struct proc proc;
    struct console console;
    struct buf errors; /* of QEMU, and of the lab before the job began */
    bool started, ended;
    double deadline;
    double cpu_s, busy; /* what QEMU had computed when it last got on, and when that was */
    double woken;       /* when it was last woken */
    struct buf input;   /* read, and not yet taken by the lab */
    int stdin_fd;       /* -1: none, or no more */
};

/* Follows the job until the lab ends. Returns what went wrong, or NULL. */
const char *lab_follow(struct lab_follow *f);

#endif
