/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet.h: what an app may ask of Limpet beyond C and POSIX. */
#include "limpet.h"
#include "arch.h"
#include "base/ledger.h"
#include "mm/page.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "sched/smp.h"
#include "base/time.h"
#include "mm/vm.h"
#include <errno.h>

struct limpet_clock limpet_clock(void)
{
    struct clock_source s = time_source();
    return (struct limpet_clock){s.hz, s.name, s.error_ppm};
}

int limpet_clock_source(unsigned index, struct limpet_clock *clock)
{
    struct clock_source s = time_source_at(index);
    *clock = (struct limpet_clock){s.hz, s.name, s.error_ppm};
    return s.name != 0;
}

const struct limpet_stamp *limpet_ledger(unsigned index)
{
    _Static_assert(sizeof(struct limpet_stamp) == sizeof(struct stamp), "the same structure");
    return index < ledger_count ? (const struct limpet_stamp *)&ledger[index] : 0;
}

const char *limpet_platform(void) { return platform->name; }

void limpet_hypervisor(char signature[13]) { arch_hypervisor(signature); }

struct limpet_confidential limpet_confidential(void)
{
    struct confidential c = arch_confidential();
    return (struct limpet_confidential){confidential_names[c.possible],
                                        confidential_names[c.active]};
}

unsigned limpet_cpu(void) { return this_cpu()->number; }

static int have_cpu(unsigned cpu)
{
    if (cpu < smp_count() && smp_wait_for(cpu))
        return 0;
    errno = cpu < smp_count() ? ETIMEDOUT : EINVAL;
    return -1;
}

int limpet_ping(unsigned cpu)
{
    if (have_cpu(cpu) != 0)
        return -1;
    if (smp_running)
        smp_ping(cpu);
    return 0;
}

int limpet_pin(unsigned cpu)
{
    if (cpu != LIMPET_ANY_CPU && have_cpu(cpu) != 0)
        return -1;
    thread_set_affinity(cpu == LIMPET_ANY_CPU ? ANY_CPU : 1ull << cpu);
    return 0;
}

void *limpet_map(size_t bytes, size_t page_size)
{
    unsigned shift = page_size == 1u << SHIFT_4K   ? SHIFT_4K
                     : page_size == 1u << SHIFT_2M ? SHIFT_2M
                                                   : 0;
    if (shift == 0 || bytes == 0) {
        errno = EINVAL;
        return 0;
    }
    uint64_t base = region_create(bytes, shift, 0);
    if (base == 0)
        errno = ENOMEM;
    return (void *)base;
}

int limpet_unmap(void *base)
{
    struct region *r = region_at((uint64_t)base);
    if (r == 0) {
        errno = EINVAL;
        return -1;
    }
    region_unmap(r);
    return 0;
}

struct limpet_memory limpet_memory(void)
{
    page_reclaim(); /* what is kept for later use is free */
    struct page_stats s = page_get_stats();
    return (struct limpet_memory){s.total, s.free, s.low_water, region_faults()};
}

uint32_t limpet_turns(void)
{
    uint32_t turns = 0;
    for (unsigned i = 0; i < CPUS_MAX && cpus[i] != 0; i++)
        turns += cpus[i]->turns;
    return turns;
}
