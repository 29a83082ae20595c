/* A lab that stays open for many jobs: limpet lab open LAB -- COMMAND.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LAB_OPEN_H
#define LIMPET_LAB_OPEN_H

#include "lab/lab.h"

#include <stdbool.h>

/* The folder in it that has the jobs' folders. */
#define LAB_QUEUE "queue"

/* Is there such a file in the folder? */
bool lab_has(const char *dir, const char *name);

/* The lab's job folder, while `limpet lab open` has one open for the command that we are part of;
 * NULL when there is none, or it is another lab. */
const char *lab_opened(const char *lab);

/* Has the open lab run a job, whose folder is complete, in its turn: standard input is read to its
 * end first, the console comes as it is written. Returns what went wrong, or NULL; the job's
 * results are in its folder then. */
const char *lab_open_run(const struct lab_job *job, struct console *console);

#endif
