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
                   VM_STACKS + PAGES_MAX * PAGE_SIZE <= VM_MAPS &&
                   VM_REGIONS + ((uint64_t)ARENAS << ARENA_SHIFT) <= VM_END,
               "the parts of the address space do not overlap");

struct region heap = {.base = VM_HEAP, .shift = SHIFT_4K};

/* A region belongs to who has it; others, page faults, change promised alone. */
static struct arena {
    struct lock lock;
    uint32_t count;      /* regions ever made, free ones included */
    struct region *free; /* linked by next */
} arenas[ARENAS];

/*
 * Regions that were given up while several CPUs run, linked by next, their pages (promised: how
 * many) hidden. All CPUs are asked to forget these when so many pages have come together; a region
 * counts for two more.
 */
#define LIMBO 512
static struct {
    struct region *fresh; /* not asked for yet */
    uint64_t weight;      /* of these */
    struct region *asked; /* free as soon as all CPUs have done what they were asked, */
    uint64_t request;     /* by this request */
    struct mutex mutex;   /* over the last two */
} limbo;

static struct region *table_of(unsigned arena)
{
    return (struct region *)(VM_REGION_TABLES + ((uint64_t)arena << TABLE_SHIFT));
}

static unsigned class_of_arena(unsigned arena) { return CLASS_MIN + arena % ARENAS_2M; }

static unsigned arena_of(const struct region *r)
{
    return (unsigned)(((uint64_t)r - VM_REGION_TABLES) >> TABLE_SHIFT);
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

/* Leaves r so many pages; the others are hidden. Returns how many those are. */
static uint64_t cut(struct region *r, uint64_t pages)
{
    uint64_t end = r->base + r->pages * PAGE_SIZE;
    uint64_t resident = (uint64_t)r->pages + r->tables - r->promised; /* at most */
    r->pages = (uint32_t)pages;
    return resident == 0 ? 0 : paging_hide(r->base + pages * PAGE_SIZE, end, resident);
}

static void free_hidden(uint64_t va, uint64_t pages)
{
    if (pages == 0)
        return;
    tlb_flush();
    paging_free_hidden(va, pages);
}

static void shrink(struct region *r, uint64_t less)
{
    uint64_t hidden = cut(r, r->pages - less);
    free_hidden(r->base + r->pages * PAGE_SIZE, hidden);
    __atomic_sub_fetch(&r->promised, (uint32_t)(less - hidden), __ATOMIC_RELAXED);
    page_unreserve(less - hidden);
}

int heap_grow(int64_t delta)
{
    if (delta >= 0)
        return (uint64_t)delta > VM_HEAP_END - heap.base - heap.pages * PAGE_SIZE
                   ? -ENOMEM
                   : grow(&heap, (uint64_t)delta >> PAGE_SHIFT);
    shrink(&heap, (uint64_t)-delta >> PAGE_SHIFT);
    return 0;
}

static bool map_table_page(uint64_t va)
{
    uint64_t pa = page_alloc(0);
    if (pa == 0)
        return false;
    int error = paging_map(va, pa, SHIFT_4K, VM_RW, 0);
    if (error != 0)
        page_free(pa, 0);
    return error == 0;
}

/* Where r begins: at its slot of addresses, or at a colour of its own in it. */
static __attribute__((noinline)) void place(struct region *r, unsigned shift, bool aligned)
{
    unsigned arena = arena_of(r);
    uint64_t i = (uint64_t)(r - table_of(arena));
    r->base = VM_REGIONS + ((uint64_t)arena << ARENA_SHIFT) + (i << class_of_arena(arena));
    if (!aligned)
        r->base += i * 37 % COLOURS << shift;
    r->aligned = aligned;
}

/* A struct region that is new to its arena, which is locked; NULL: no memory, or no addresses. */
static __attribute__((noinline)) struct region *add_region(struct arena *a)
{
    unsigned arena = (unsigned)(a - arenas);
    struct region *r = &table_of(arena)[a->count];
    if ((uint64_t)a->count << class_of_arena(arena) >> ARENA_SHIFT != 0 ||
        (a->count % PER_PAGE == 0 && !map_table_page((uint64_t)r)))
        return 0;
    r->pages = 0;
    a->count++;
    place(r, arena < ARENAS_2M ? SHIFT_4K : SHIFT_2M, false);
    return r;
}

static inline struct region *new_region(struct arena *a)
{
    unsigned long flags = lock_take(&a->lock);
    struct region *r = a->free;
    if (r != 0)
        a->free = r->next;
    else
        r = add_region(a);
    lock_drop(&a->lock, flags);
    return r;
}

static void free_region(struct region *r)
{
    struct arena *a = &arenas[arena_of(r)];
    unsigned long flags = lock_take(&a->lock);
    r->promised = 0;
    r->next = a->free;
    a->free = r;
    lock_drop(&a->lock, flags);
}

/* The arena whose slots hold so many bytes at any colour. */
static unsigned arena_for(uint64_t bytes, unsigned shift)
{
    unsigned class = PAGE_SHIFT + order_for(bytes + ((uint64_t)COLOURS << shift));
    if (class < CLASS_MIN)
        class = CLASS_MIN;
    return class - CLASS_MIN + (shift == SHIFT_2M ? ARENAS_2M : 0);
}

uint64_t region_create(uint64_t bytes, unsigned shift, uint64_t align)
{
    uint64_t page = 1ull << shift, size = (bytes + page - 1) & ~(page - 1);
    if ((shift != SHIFT_4K && shift != SHIFT_2M) || size < bytes || size == 0 ||
        size > 1ull << (CLASS_MAX - 1) || align > 1ull << (CLASS_MAX - 1))
        return 0;
    uint64_t pages = size >> PAGE_SHIFT, tables = tables_of(pages);
    if (!page_reserve(pages + tables))
        return 0;
    struct arena *a = &arenas[arena_for(size > align ? size : align, shift)];
    struct region *r;
    for (bool again = true; (r = new_region(a)) == 0; again = false)
        if (!again || !page_reclaim()) {
            page_unreserve(pages + tables);
            return 0;
        }
    if (align > page || r->aligned)
        place(r, shift, align > page);
    r->promised = (uint32_t)(pages + tables);
    r->tables = (uint32_t)tables;
    r->shift = (uint16_t)shift;
    r->slot = 0;
    r->pages = (uint32_t)pages;
    return r->base;
}

static struct region *region_find(uint64_t va)
{
    uint64_t arena = (va - VM_REGIONS) >> ARENA_SHIFT;
    if (va < VM_REGIONS || arena >= ARENAS)
        return 0;
    uint64_t i = (va & ((1ull << ARENA_SHIFT) - 1)) >> class_of_arena((unsigned)arena);
    struct region *r = &table_of((unsigned)arena)[i];
    if (i >= arenas[arena].count || va - r->base >= r->pages * PAGE_SIZE)
        return 0; /* a free one has no pages */
    return r;
}

uint64_t region_end(uint64_t va)
{
    const struct region *r = va - heap.base < heap.pages * PAGE_SIZE ? &heap : region_find(va);
    return r != 0 ? r->base + r->pages * PAGE_SIZE : 0;
}

struct region *region_at(uint64_t base)
{
    struct region *r = region_find(base);
    return r != 0 && r->base == base ? r : 0;
}

/* Frees what was asked for, as soon as all have done it, or waits for that; then asks for what has
 * come since. limbo's mutex is held. */
static void limbo_turn(bool wait)
{
    uint64_t pages = 0;
    if (limbo.asked != 0 && !tlb_done(limbo.request, wait))
        return;
    for (struct region *r = limbo.asked, *next; r != 0; r = next) {
        next = r->next;
        pages += r->promised;
        paging_free_hidden(r->base, r->promised);
        free_region(r);
    }
    __atomic_sub_fetch(&page_kept, pages, __ATOMIC_RELAXED);
    __atomic_store_n(&limbo.weight, 0, __ATOMIC_RELAXED);
    limbo.asked = __atomic_exchange_n(&limbo.fresh, 0, __ATOMIC_ACQUIRE);
    if (limbo.asked != 0)
        limbo.request = tlb_ask();
}

static void give_back(void)
{
    mutex_lock(&limbo.mutex);
    limbo_turn(true);
    limbo_turn(true);
    mutex_unlock(&limbo.mutex);
}

struct page_keeper region_keeper = {.give_back = give_back};

static void defer(struct region *r, uint64_t hidden)
{
    r->promised = (uint32_t)hidden;
    __atomic_add_fetch(&page_kept, hidden, __ATOMIC_RELAXED);
    r->next = __atomic_load_n(&limbo.fresh, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&limbo.fresh, &r->next, r, 0, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
    uint64_t weight = __atomic_add_fetch(&limbo.weight, hidden + 2, __ATOMIC_RELAXED);
    if (weight < LIMBO || !mutex_try(&limbo.mutex))
        return;
    limbo_turn(weight >= 2 * LIMBO);
    mutex_unlock(&limbo.mutex);
}

static void give_up(struct region *r, bool now)
{
    uint64_t hidden = cut(r, 0);
    page_unreserve(r->promised); /* also for tables not needed; those made stay, for reuse */
    if (hidden != 0 && smp_running && !now) {
        defer(r, hidden);
        return;
    }
    free_hidden(r->base, hidden);
    free_region(r);
}

void region_destroy(struct region *r) { give_up(r, false); }

void region_unmap(struct region *r) { give_up(r, true); }

bool region_resize(struct region *r, uint64_t bytes)
{
    uint64_t page = 1ull << r->shift, size = (bytes + page - 1) & ~(page - 1);
    if (size < bytes || size == 0 || arena_for(size, r->shift) != arena_of(r))
        return false;
    uint64_t pages = size >> PAGE_SHIFT;
    if (pages > r->pages)
        return grow(r, pages - r->pages) == 0;
    if (pages < r->pages)
        shrink(r, r->pages - pages);
    return true;
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

const struct vm_others *vm_others;

bool region_fault(uint64_t va, uint64_t error)
{
    struct region *r = va - heap.base < heap.pages * PAGE_SIZE ? &heap : region_find(va);
    if (r == 0)
        return vm_others != 0 && vm_others->fault(va, error);
    unsigned shift;
    uint64_t pa = page_for(r, va, &shift), bytes = 1ull << shift;
    va &= ~(bytes - 1);
    if (pa == 0)
        return false;
    memset(phys_to_virt(pa), 0, bytes);
    uint32_t pages = (uint32_t)(bytes >> PAGE_SHIFT);
    __atomic_sub_fetch(&r->promised, pages, __ATOMIC_RELAXED); /* first: see cut() */
    int failed = paging_map(va, pa, shift, VM_RW, &r->promised);
    if (failed != 0) {
        __atomic_add_fetch(&r->promised, pages, __ATOMIC_RELAXED);
        page_return(pa, shift - PAGE_SHIFT);
        return failed == -EEXIST; /* another CPU was faster */
    }
    tlb_count_fault(bytes);
    return true;
}

uint64_t region_faults(void)
{
    uint64_t faults = 0;
    for (unsigned i = 0; i < CPUS_MAX && cpus[i] != 0; i++)
        faults += cpus[i]->faults;
    return faults;
}
