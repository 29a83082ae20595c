/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: see time.h. */
#include "base/time.h"
#include "base/console.h"
#include "arch.h"
#include "base/lock.h"
#include "base/panic.h"

uint64_t time_tsc_at_entry, time_told;

static struct lock lock;
static struct clock_source source;
static uint64_t scale; /* ns = ticks × scale / 2^32 */
static uint64_t wall_base;
static bool wall_known;

static void start_clock(void)
{
    unsigned long flags = lock_take(&lock);
    if (scale == 0) {
        for (unsigned i = 0; source.hz == 0 && platform->clocks[i] != 0; i++)
            source = platform->clocks[i]();
        if (source.hz < 1000000)
            panic("No clock tells the frequency of the TSC (%lu Hz is not one).", source.hz);
        scale = (uint64_t)(((unsigned __int128)1000000000 << 32) / source.hz);
    }
    lock_drop(&lock, flags);
}

uint64_t time_now(void)
{
    if (scale == 0)
        start_clock();
    return (uint64_t)((unsigned __int128)(cpu_stamp() - time_tsc_at_entry) * scale >> 32);
}

static void start_wall(void)
{
    time_now(); /* its clock first: it takes the lock, too */
    unsigned long flags = lock_take(&lock);
    if (!wall_known) {
        uint64_t wall = platform->wall_ns(), now = time_now();
        wall_base = wall > now ? wall - now : time_told;
        __atomic_store_n(&wall_known, true, __ATOMIC_RELEASE);
    }
    lock_drop(&lock, flags);
    if (wall_base == 0)
        kprintf("LIMPET: no clock tells the date: it is 1970 here, unless limpet.time=SECONDS says "
                "otherwise\n");
}

uint64_t time_wall_base(void)
{
    if (!__atomic_load_n(&wall_known, __ATOMIC_ACQUIRE))
        start_wall();
    return wall_base;
}

uint64_t time_wall(void) { return time_wall_base() + time_now(); }

struct clock_source time_source_at(unsigned index)
{
    struct clock_source s = {.hz = 0};
    unsigned long flags = lock_take(&lock);
    for (unsigned i = 0; platform->clocks[i] != 0; i++)
        if (i == index) {
            s = platform->clocks[i]();
            s.name = s.name != 0 ? s.name : "";
        }
    lock_drop(&lock, flags);
    return s;
}

struct clock_source time_source(void)
{
    if (scale == 0)
        start_clock();
    return source;
}
