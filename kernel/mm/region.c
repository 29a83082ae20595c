/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Demand paging: regions of addresses whose pages are promised at once and given on first touch.
 * The heap is one. The others stand in arenas by page size and size class (a power of two), so that
 * an address tells its region without a search: class from the arena, number from the offset in it.
 */
#include "mm/vm.h"
#include "base/lock.h"
#include "sched/mutex.h"
#include "mm/page.h"
#include "mm/tlb.h"
#include <errno.h>
#include <string.h>

#define CLASS_MIN 18u /* 256 KiB */
#define CLASS_MAX 40u /* 1 TiB */
/* Arenas from this one on are for 2 MiB pages, whose tables end higher up. */
#define ARENAS_2M   32u
#define ARENAS      (ARENAS_2M + CLASS_MAX - CLASS_MIN + 1)
#define ARENA_SHIFT 41u /* 2 TiB of addresses each */
#define TABLE_SHIFT 30u /* 1 GiB of addresses for an arena's struct regions */
/* Regions begin at different pages of their slots: caches are set-associative. */
#define COLOURS  64u
#define PER_PAGE (PAGE_SIZE / sizeof(struct region))
_Static_assert(PAGE_SIZE % sizeof(struct region) == 0, "tables grow by whole pages");
_Static_assert((1ull << ARENA_SHIFT >> CLASS_MIN) * sizeof(struct region) <= 1ull << TABLE_SHIFT,
               "a table holds all of its arena");
_Static_assert(VM_REGION_TABLES + ((uint64_t)ARENAS << TABLE_SHIFT) <= VM_STACKS &&
                   VM_STACKS + PAGES_MAX * PAGE_SIZE <= VM_REGIONS &&
                   VM_REGIONS + ((uint64_t)ARENAS << ARENA_SHIFT) <= VM_END,
               "the parts of the address space do not overlap");

struct region heap = {.shift = SHIFT_4K};
uint64_t heap_base = VM_HEAP;

static struct mutex mutex; /* protects all but promised, which page faults update atomically */
static uint32_t region_count[ARENAS]; /* ever made, free ones included */
static uint32_t free_list[ARENAS];    /* number + 1 of the first free; linked by tables */
static uint64_t faults, zeroed, flush_at = 1ull << 20;

static struct region *table_of(unsigned arena)
{
    return (struct region *)(VM_REGION_TABLES + ((uint64_t)arena << TABLE_SHIFT));
}

static unsigned class_of_arena(unsigned arena) { return CLASS_MIN + arena % ARENAS_2M; }

static unsigned arena_of(const struct region *r)
{
    return (unsigned)(((uint64_t)r - VM_REGION_TABLES) >> TABLE_SHIFT);
}

static uint64_t slot_base(unsigned arena, uint64_t i, bool aligned, unsigned shift)
{
    return VM_REGIONS + ((uint64_t)arena << ARENA_SHIFT) + (i << class_of_arena(arena)) +
           (aligned ? 0 : i * 37 % COLOURS << shift);
}

static uint64_t base_of(const struct region *r)
{
    if (r == &heap)
        return heap_base;
    unsigned arena = arena_of(r);
    return slot_base(arena, (uint64_t)(r - table_of(arena)), r->aligned, r->shift);
}

/* The table pages that a region of so many pages may need, at worst. */
static uint64_t tables_of(uint64_t pages)
{
    return pages == 0 ? 0 : (pages >> 9) + (pages >> 18) + 5;
}

static int grow(struct region *r, uint64_t more)
{
    uint64_t tables = tables_of(r->pages + more);
    uint64_t more_tables = tables > r->tables ? tables - r->tables : 0;
    if (r->pages + more > UINT32_MAX - UINT16_MAX || !page_reserve(more + more_tables))
        return -ENOMEM;
    __atomic_add_fetch(&r->promised, (uint32_t)(more + more_tables), __ATOMIC_RELAXED);
    r->tables += (uint32_t)more_tables;
    r->pages += (uint32_t)more;
    return 0;
}

/* Pages that are no longer mapped, and free once no CPU knows the translation. */
#define BATCH 64
struct batch {
    unsigned n;
    uint64_t pages[BATCH]; /* physical address + order */
};

static void free_batch(struct batch *b)
{
    if (b->n != 0)
        tlb_flush();
    while (b->n > 0) {
        uint64_t page = b->pages[--b->n];
        page_free(page & ~(PAGE_SIZE - 1), page & (PAGE_SIZE - 1));
    }
}

static void shrink(struct region *r, uint64_t less)
{
    struct batch batch;
    uint64_t resident = 0, end = base_of(r) + r->pages * PAGE_SIZE;
    batch.n = 0;
    for (uint64_t va = end - less * PAGE_SIZE; va < end;) {
        unsigned shift;
        uint64_t pa = paging_unmap(va, &shift);
        if (pa != 0) {
            if (batch.n == BATCH)
                free_batch(&batch);
            batch.pages[batch.n++] = pa + shift - PAGE_SHIFT;
            resident += 1ull << (shift - PAGE_SHIFT);
        }
        va = (va | ((1ull << shift) - 1)) + 1;
    }
    free_batch(&batch);
    __atomic_sub_fetch(&r->promised, (uint32_t)(less - resident), __ATOMIC_RELAXED);
    r->pages -= (uint32_t)less;
    page_unreserve(less - resident);
}

int heap_grow(int64_t delta)
{
    int error = 0;
    mutex_lock(&mutex);
    if (delta < 0)
        shrink(&heap, (uint64_t)-delta >> PAGE_SHIFT);
    else if ((uint64_t)delta > VM_HEAP_END - heap_base - heap.pages * PAGE_SIZE)
        error = -ENOMEM;
    else
        error = grow(&heap, (uint64_t)delta >> PAGE_SHIFT);
    mutex_unlock(&mutex);
    return error;
}

static bool map_table_page(uint64_t va)
{
    uint64_t pa = page_alloc(0);
    if (pa == 0)
        return false;
    unsigned long flags = interrupts_save();
    int error = paging_map(va, pa, SHIFT_4K, VM_RW, 0);
    interrupts_restore(flags);
    if (error != 0)
        page_free(pa, 0);
    return error == 0;
}

/* The number of a struct region of this arena that is free, or UINT32_MAX. */
static uint32_t new_region(unsigned arena)
{
    struct region *table = table_of(arena);
    uint32_t i = region_count[arena];
    if (free_list[arena] != 0) {
        i = free_list[arena] - 1;
        free_list[arena] = table[i].tables;
        return i;
    }
    if ((uint64_t)i << class_of_arena(arena) >> ARENA_SHIFT != 0)
        return UINT32_MAX;
    if (i % PER_PAGE == 0 && !map_table_page((uint64_t)&table[i]))
        return UINT32_MAX;
    region_count[arena] = i + 1;
    return i;
}

/* The arena whose slots hold so many bytes at any colour. */
static unsigned arena_for(uint64_t bytes, unsigned shift)
{
    unsigned class = PAGE_SHIFT + order_for(bytes + ((uint64_t)COLOURS << shift));
    if (class < CLASS_MIN)
        class = CLASS_MIN;
    return class - CLASS_MIN + (shift == SHIFT_2M ? ARENAS_2M : 0);
}

static void free_region(unsigned arena, uint32_t i)
{
    table_of(arena)[i] = (struct region){.tables = free_list[arena]};
    free_list[arena] = i + 1;
}

uint64_t region_create(uint64_t bytes, unsigned shift, uint64_t align)
{
    uint64_t page = 1ull << shift, size = (bytes + page - 1) & ~(page - 1);
    if ((shift != SHIFT_4K && shift != SHIFT_2M) || size < bytes || size == 0 ||
        size > 1ull << (CLASS_MAX - 1) || align > 1ull << (CLASS_MAX - 1))
        return 0;
    unsigned arena = arena_for(size > align ? size : align, shift);
    uint64_t pages = size >> PAGE_SHIFT, tables = tables_of(pages), base = 0;
    mutex_lock(&mutex);
    uint32_t i = new_region(arena);
    if (i != UINT32_MAX && page_reserve(pages + tables)) {
        table_of(arena)[i] = (struct region){(uint32_t)pages, (uint32_t)(pages + tables),
                                             (uint32_t)tables, (uint16_t)shift, align > page};
        base = slot_base(arena, i, align > page, shift);
    } else if (i != UINT32_MAX) {
        free_region(arena, i);
    }
    mutex_unlock(&mutex);
    return base;
}

static struct region *region_find(uint64_t va)
{
    uint64_t arena = (va - VM_REGIONS) >> ARENA_SHIFT;
    if (va < VM_REGIONS || arena >= ARENAS)
        return 0;
    uint64_t i = (va & ((1ull << ARENA_SHIFT) - 1)) >> class_of_arena((unsigned)arena);
    struct region *r = &table_of((unsigned)arena)[i];
    if (i >= region_count[arena] || va - base_of(r) >= r->pages * PAGE_SIZE)
        return 0; /* a free one has no pages */
    return r;
}

uint64_t region_end(uint64_t va)
{
    const struct region *r = va - heap_base < heap.pages * PAGE_SIZE ? &heap : region_find(va);
    return r != 0 ? base_of(r) + r->pages * PAGE_SIZE : 0;
}

struct region *region_at(uint64_t base)
{
    struct region *r = region_find(base);
    return r != 0 && base_of(r) == base ? r : 0;
}

void region_destroy(struct region *r)
{
    mutex_lock(&mutex);
    shrink(r, r->pages);
    page_unreserve(r->promised); /* for tables that were not needed; those made stay, for reuse */
    unsigned arena = arena_of(r);
    free_region(arena, (uint32_t)(r - table_of(arena)));
    mutex_unlock(&mutex);
}

bool region_resize(struct region *r, uint64_t bytes)
{
    uint64_t page = 1ull << r->shift, size = (bytes + page - 1) & ~(page - 1);
    if (size < bytes || size == 0 || arena_for(size, r->shift) != arena_of(r))
        return false;
    mutex_lock(&mutex);
    uint64_t pages = size >> PAGE_SHIFT;
    bool ok = true;
    if (pages > r->pages)
        ok = grow(r, pages - r->pages) == 0;
    else if (pages < r->pages)
        shrink(r, r->pages - pages);
    mutex_unlock(&mutex);
    return ok;
}

/* The page for a first touch, of the region's size if memory has one in one piece. */
static uint64_t page_for(struct region *r, uint64_t va, unsigned *shift)
{
    *shift = r->shift;
    if (*shift == SHIFT_2M && paging_free_2m(va)) {
        uint64_t pa = page_alloc_reserved(ORDER_2M);
        if (pa != 0)
            return pa;
    }
    *shift = SHIFT_4K; /* memory is in pieces: the promise still holds, page by page */
    return page_alloc_reserved(0);
}

bool region_fault(uint64_t va)
{
    struct region *r = va - heap_base < heap.pages * PAGE_SIZE ? &heap : region_find(va);
    if (r == 0)
        return false;
    unsigned shift;
    uint64_t pa = page_for(r, va, &shift), bytes = 1ull << shift;
    va &= ~(bytes - 1);
    if (pa == 0)
        return false;
    memset(phys_to_virt(pa), 0, bytes);
    int error = paging_map(va, pa, shift, VM_RW, &r->promised);
    if (error != 0) {
        page_return(pa, shift - PAGE_SHIFT);
        return error == -EEXIST; /* another CPU was faster */
    }
    __atomic_sub_fetch(&r->promised, (uint32_t)(bytes >> PAGE_SHIFT), __ATOMIC_RELAXED);
    __atomic_add_fetch(&faults, 1, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&zeroed, bytes, __ATOMIC_RELAXED) > flush_at) {
        /*
         * Plain QEMU's software TLB begins at 256 pages and grows only when it is flushed while
         * full. A flush at each doubling is what it takes, and nothing to a CPU
         * (docs/rows.md).
         */
        flush_at = 2 * zeroed;
        paging_flush();
    }
    return true;
}

uint64_t region_faults(void) { return faults; }
