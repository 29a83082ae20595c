/* SPDX-License-Identifier: BSD-2-Clause */
/* Demand paging: regions of addresses whose pages are promised at once and given on first touch. */
#include "vm.h"
#include "lock.h"
#include "page.h"
#include <errno.h>
#include <string.h>

struct region heap = {.base = VM_HEAP, .end = VM_HEAP, .shift = SHIFT_4K};

static struct lock lock;
static struct region *regions = &heap;
static struct region pool[32]; /* beside the heap; free ones have end = 0 */
static uint64_t next_base = VM_REGIONS;

/* The 4 KiB pages that n bytes from base on take, tables not counted. */
static uint64_t pages_of(uint64_t bytes)
{
    return bytes >> PAGE_SHIFT;
}

/* The table pages that a region of so many bytes may need, at worst. */
static uint64_t tables_of(uint64_t bytes)
{
    return bytes == 0 ? 0 : (bytes >> SHIFT_2M) + (bytes >> 30) + 4;
}

static void unmap_range(struct region *r, uint64_t from, uint64_t to)
{
    uint64_t resident = 0;
    for (uint64_t va = from; va < to;) {
        unsigned shift;
        uint64_t pa = paging_unmap(va, &shift);
        if (pa != 0) {
            page_free(pa, shift - PAGE_SHIFT);
            resident += 1ull << (shift - PAGE_SHIFT);
        }
        va = (va | ((1ull << shift) - 1)) + 1;
    }
    uint64_t untouched = pages_of(to - from) - resident;
    r->promised -= untouched;
    page_unreserve(untouched);
}

static int grow(struct region *r, uint64_t bytes)
{
    uint64_t tables = tables_of(r->end + bytes - r->base);
    uint64_t more_tables = tables > r->tables ? tables - r->tables : 0;
    if (!page_reserve(pages_of(bytes) + more_tables))
        return -ENOMEM;
    r->promised += pages_of(bytes) + more_tables;
    r->tables += more_tables;
    r->end += bytes;
    return 0;
}

int region_grow(struct region *r, int64_t delta)
{
    int error = 0;
    unsigned long flags = lock_take(&lock);
    if (delta >= 0) {
        uint64_t limit = r == &heap ? VM_HEAP_END : r->end;
        error = (uint64_t)delta > limit - r->end ? -ENOMEM : grow(r, (uint64_t)delta);
    } else {
        uint64_t end = r->end - (uint64_t)-delta;
        unmap_range(r, end, r->end);
        r->end = end;
    }
    lock_drop(&lock, flags);
    return error;
}

struct region *region_create(uint64_t bytes, unsigned shift)
{
    uint64_t size = (bytes + (1ull << shift) - 1) & ~((1ull << shift) - 1);
    if ((shift != SHIFT_4K && shift != SHIFT_2M) || size < bytes || size == 0)
        return 0;

    unsigned long flags = lock_take(&lock);
    struct region *r = 0;
    for (unsigned i = 0; i < sizeof pool / sizeof *pool && r == 0; i++)
        if (pool[i].end == 0)
            r = &pool[i];
    if (r != 0 && size <= VM_REGIONS_END - next_base) {
        *r = (struct region){.base = next_base, .end = next_base, .shift = shift};
        if (grow(r, size) == 0) {
            /* a gap behind each, so that running over its end faults; addresses are plenty */
            next_base = (r->end + (1ull << SHIFT_2M) * 2 - 1) & ~((1ull << SHIFT_2M) - 1);
            r->next = regions;
            regions = r;
        } else {
            r->end = 0;
            r = 0;
        }
    } else {
        r = 0;
    }
    lock_drop(&lock, flags);
    return r;
}

struct region *region_find(uint64_t va)
{
    for (struct region *r = regions; r != 0; r = r->next)
        if (va >= r->base && va < r->end)
            return r;
    return 0;
}

void region_destroy(struct region *r)
{
    unsigned long flags = lock_take(&lock);
    unmap_range(r, r->base, r->end);
    page_unreserve(r->promised); /* tables that were never needed; used ones stay, for reuse */
    for (struct region **at = &regions; *at != 0; at = &(*at)->next)
        if (*at == r) {
            *at = r->next;
            break;
        }
    r->end = 0;
    lock_drop(&lock, flags);
}

bool region_fault(uint64_t va)
{
    struct region *r = region_find(va);
    if (r == 0)
        return false;

    unsigned shift = r->shift;
    uint64_t pa = 0;
    if (shift == SHIFT_2M) {
        uint64_t base = va & ~((1ull << SHIFT_2M) - 1);
        if (base >= r->base && base + (1ull << SHIFT_2M) <= r->end && paging_free_2m(va))
            pa = page_alloc_reserved(ORDER_2M);
        if (pa == 0)
            shift = SHIFT_4K; /* memory is in pieces: the promise still holds, page by page */
    }
    if (pa == 0)
        pa = page_alloc_reserved(0);
    va &= ~((1ull << shift) - 1);
    if (pa == 0 || paging_map(va, pa, shift, VM_RW, &r->promised) != 0)
        return false;
    uint64_t pages = 1ull << (shift - PAGE_SHIFT);
    r->promised -= pages;
    r->faults++;
    r->zeroed += pages << PAGE_SHIFT;
    memset((void *)va, 0, pages << PAGE_SHIFT);
    return true;
}
