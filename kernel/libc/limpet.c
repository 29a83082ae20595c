/* SPDX-License-Identifier: BSD-2-Clause */
/* limpet.h: what an app may ask of Limpet beyond C and POSIX. */
#include "limpet.h"
#include "arch.h"
#include "ledger.h"
#include "page.h"
#include "platform.h"
#include "sched.h"
#include "time.h"
#include "vm.h"
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

unsigned limpet_cpu(void) { return this_cpu()->number; }

int limpet_pin(unsigned cpu)
{
    if (cpu != LIMPET_ANY_CPU && cpu >= smp_count()) {
        errno = EINVAL;
        return -1;
    }
    if (cpu != LIMPET_ANY_CPU && !smp_wait_for(cpu)) {
        errno = ETIMEDOUT;
        return -1;
    }
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
    region_destroy(r);
    return 0;
}

struct limpet_memory limpet_memory(void)
{
    struct page_stats s = page_get_stats();
    return (struct limpet_memory){s.total, s.free, s.low_water, region_faults()};
}
