/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: nanoseconds out of the TSC. The frequency is looked up at the first call that needs it. */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdbool.h>
#include <stdint.h>
#include "arch.h"
#include "base/platform.h"

/* Monotonic nanoseconds since the image's door. */
uint64_t time_now(void);

/* Nanoseconds since 1970 by the platform's calendar; without one by what the command line told; if
 * that told nothing, since boot, which is said once. */
uint64_t time_wall(void);

/* What the command line told: nanoseconds since 1970 when the machine was started; 0: nothing. */
extern uint64_t time_told;

/* What time_wall() is ahead of time_now(): the same at every call. */
uint64_t time_wall_base(void);

/* Sets that, so that it is ns now; false: it would have been before 1970 when the image began. */
bool time_set_wall(uint64_t ns);

/* How often it was set; a futex, for who waits for a time since 1970. And who is told then by how
 * many ns it was set forward, called with no lock held; NULL: nobody. */
extern uint32_t time_settings;
extern void (*time_was_set)(int64_t by);

/* The TSC's frequency, its source and its error. */
struct clock_source time_source(void);

/* The same by one clock of platform->clocks, 0 up; name NULL beyond the last. */
struct clock_source time_source_at(unsigned index);

/* Set by boot_main(): the TSC at the door. */
extern uint64_t time_tsc_at_entry;

/* ns = ticks × time_scale / 2^32, and what time_wall() adds; NO_SCALE, NO_BASE: not looked up yet.
 */
#define NO_SCALE 0
#define NO_BASE  UINT64_MAX
extern uint64_t time_scale, time_base;

/* Ticks of the TSC as ns, once time_scale is known. */
static inline uint64_t time_of_ticks(uint64_t ticks)
{
    return (uint64_t)((unsigned __int128)ticks * time_scale >> 32);
}

/* As time_now(), likewise. */
static inline uint64_t time_scaled(void) { return time_of_ticks(cpu_stamp() - time_tsc_at_entry); }

#endif
