/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: nanoseconds out of the TSC. The frequency is looked up at the first call that needs it. */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

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

/* As time_now(), once time_scale is known. */
static inline uint64_t time_scaled(void)
{
    return (uint64_t)((unsigned __int128)(cpu_stamp() - time_tsc_at_entry) * time_scale >> 32);
}

#endif
