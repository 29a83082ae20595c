/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows of basic about several CPUs, and about sleep. All times are TSC ticks. Where the machine
 * has fewer CPUs than the guest, an answer may take a scheduler's slice: after a second a row has
 * as many samples as it has.
 */
#ifndef BASIC_CPUS_H
#define BASIC_CPUS_H

#include <stddef.h>
#include <stdint.h>

/* How much later than asked for a sleep of 1 ms ends. */
size_t take_late_sleeps(uint32_t *samples);

/* An interrupt to CPU 1 and its answer: while that spins, and while it is idle. */
const char *no_pings(void); /* why not, or NULL */
const char *start_spinner(void);
const char *end_spinner(void);
size_t take_pings(uint32_t *samples);
size_t take_idle_pings(uint32_t *samples);

/* From sem_post() on CPU 0 to the first instruction of who waited for it on CPU 1, idle. */
size_t take_wakeups(uint32_t *samples);

/* A mutex taken and given back while another CPU does the same. */
const char *start_rival(void);
const char *end_rival(void);
void call_lock(uint64_t n);
extern char rival_note[]; /* how contended it was */

#endif
