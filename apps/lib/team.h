/* SPDX-License-Identifier: BSD-2-Clause */
/* Worker threads that do their parts of a piece of work at the same time. */
#ifndef APPS_TEAM_H
#define APPS_TEAM_H

#define TEAM_MAX 64

/*
 * Starts so many threads, the caller among them, each pinned to a CPU of its own as far as there
 * are enough. 0, or an error number.
 */
int team_start(unsigned threads);

/* Where they are: "a CPU of its own", or "any CPU". */
const char *team_places(void);

/* Calls work(0) … work(threads - 1), each on its thread; returns when all have. */
void team_run(void (*work)(unsigned thread));

#endif
