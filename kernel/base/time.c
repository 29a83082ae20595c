/* SPDX-License-Identifier: BSD-2-Clause */
/* Time: see time.h. */
#include "base/time.h"
#include "base/console.h"
#include "base/lock.h"
#include "base/panic.h"

uint64_t time_tsc_at_entry, time_told, time_scale = NO_SCALE, time_base = NO_BASE;

static struct lock lock;
static struct clock_source source;

static void start_clock(void)
{
    unsigned long flags = lock_take(&lock);
    if (time_scale == NO_SCALE) {
        for (unsigned i = 0; source.hz == 0 && platform->clocks[i] != 0; i++)
            source = platform->clocks[i]();
        if (source.hz < 1000000)
            panic("No clock tells the frequency of the TSC (%lu Hz is not one).", source.hz);
        time_scale = (uint64_t)(((unsigned __int128)1000000000 << 32) / source.hz);
    }
    lock_drop(&lock, flags);
}

uint64_t time_now(void)
{
    if (time_scale == NO_SCALE)
        start_clock();
    return time_scaled();
}

static void start_wall(void)
{
    time_now(); /* its clock first: it takes the lock, too */
    unsigned long flags = lock_take(&lock);
    if (time_base == NO_BASE) {
        uint64_t wall = platform->wall_ns(), now = time_now();
        time_base = wall > now ? wall - now : time_told;
    }
    lock_drop(&lock, flags);
    if (time_base == 0)
        kprintf("LIMPET: no clock tells the date: it is 1970 here, unless limpet.time=SECONDS says "
                "otherwise\n");
}

uint64_t time_wall_base(void)
{
    if (time_base == NO_BASE)
        start_wall();
    return time_base;
}

uint64_t time_wall(void) { return time_wall_base() + time_now(); }

uint32_t time_settings;
void (*time_was_set)(int64_t by);

bool time_set_wall(uint64_t ns)
{
    uint64_t before = time_wall_base(), now = time_now();
    if (ns < now)
        return false;
    __atomic_store_n(&time_base, ns - now, __ATOMIC_RELEASE);
    __atomic_add_fetch(&time_settings, 1, __ATOMIC_RELEASE);
    if (time_was_set != 0)
        time_was_set((int64_t)(ns - now - before));
    return true;
}

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
    if (time_scale == NO_SCALE)
        start_clock();
    return source;
}
