/* SPDX-License-Identifier: BSD-2-Clause */
/* What somebody else tells of the time that this program's CPU had to do without. */
#ifndef JITTER_STOLEN_H
#define JITTER_STOLEN_H

#include <stdint.h>

/* Why nobody tells, or NULL. */
const char *stolen_none(void); /* the hypervisor, of time that others had of it */
const char *waited_none(void); /* the system, of time in which others had the CPU */

/* Nanoseconds so far, of the running CPU, on which the caller stays; of the calling thread. */
uint64_t stolen_ns(void);
uint64_t waited_ns(void);

/* From here on the hypervisor writes, and no longer. */
void stolen_begin(void);
void stolen_end(void);

/* Did it not tell in the end? Returns so, or NULL. */
const char *stolen_wrong(void);
#endif
