/* SPDX-License-Identifier: BSD-2-Clause */
/* The page allocator: see page.h for the contract, docs/boot.md for the picture. */
#include "mm/page.h"
#include "base/lock.h"
#include "base/panic.h"
#include "sched/sched.h"

#define ZONES (BOOT_RANGES + 1) /* a range of RAM each; that which holds the image makes two */
#define NIL   UINT32_MAX

/*
 * One a page, at the top of its zone, so that the zone's low pages stay together. Only the entry of
 * a block's first page means anything, and it is written before it is ever read: the buddy of a
 * block is itself a block, or part of smaller ones whose first it begins, or not carved yet.
 */
enum { IN_USE, FREE, CACHED };
struct page {
    uint32_t next, prev; /* page numbers; in the free list of this order */
    uint8_t order, state;
};

/*
 * A run of usable memory. Page numbers: [first, carved) are blocks, [carved, end) virgin; behind
 * that stand the struct pages.
 */
struct zone {
    uint32_t first, carved, end;
    uint64_t pages; /* where that of page 0 would stand */
};
uint64_t page_kept;
static struct page_keeper *keepers;

_Static_assert(PAGES_MAX <= UINT32_MAX, "page numbers have 32 bits");

static struct {
    struct lock lock;
    unsigned zone_count;
    uint32_t free_orders; /* bit o: list o is not empty */
    uint32_t heads[ORDER_MAX + 1];
    struct zone zones[ZONES];
    struct page_stats stats;
} mem;

static struct zone *zone_of(uint64_t n)
{
    for (unsigned i = 0; i < mem.zone_count; i++)
        if (n >= mem.zones[i].first && n < mem.zones[i].end)
            return &mem.zones[i];
    return 0;
}

static struct page *page_in(const struct zone *z, uint64_t n)
{
    return (struct page *)(z->pages + n * sizeof(struct page));
}

static struct page *page_at(uint64_t n) { return page_in(zone_of(n), n); }

static void list_add(struct page *p, uint32_t n, unsigned order)
{
    bool was_empty = !(mem.free_orders & 1u << order);
    *p = (struct page){was_empty ? NIL : mem.heads[order], NIL, (uint8_t)order, FREE};
    if (!was_empty)
        page_at(p->next)->prev = n;
    mem.heads[order] = n;
    mem.free_orders |= 1u << order;
    mem.stats.free_blocks[order]++;
}

static void list_remove(struct page *p)
{
    if (p->next != NIL)
        page_at(p->next)->prev = p->prev;
    if (p->prev != NIL)
        page_at(p->prev)->next = p->next;
    else if (p->next != NIL)
        mem.heads[p->order] = p->next;
    else
        mem.free_orders &= ~(1u << p->order);
    mem.stats.free_blocks[p->order]--;
    p->state = IN_USE;
}

/* Puts a block on its free list, joined with its buddy as often as that is free too. */
static void release(struct zone *z, uint64_t n, unsigned order)
{
    for (; order < ORDER_MAX; order++) {
        uint64_t buddy = n ^ 1ull << order;
        if (buddy < z->first || buddy + (1ull << order) > z->carved)
            break;
        struct page *b = page_in(z, buddy);
        if (b->state != FREE || b->order != order)
            break;
        list_remove(b);
        page_in(z, n | 1ull << order)->state = FREE; /* to see it freed again */
        n &= ~(1ull << order);
    }
    list_add(page_in(z, n), (uint32_t)n, order);
}

/* The largest order ≤ max that a block at the zone's watermark can have. */
static unsigned carve_order(const struct zone *z, unsigned max)
{
    unsigned order = z->carved != 0 ? (unsigned)__builtin_ctz(z->carved) : max;
    if (order > max)
        order = max;
    while (1ull << order > z->end - z->carved)
        order--;
    return order;
}

/* Moves the watermark over one block and returns its first page; the block is on no list. */
static uint64_t carve_block(struct zone *z, unsigned order)
{
    uint64_t n = z->carved;
    z->carved += 1u << order;
    mem.stats.virgin -= 1ull << order;
    *page_in(z, n) = (struct page){.order = (uint8_t)order};
    return n;
}

/* A block at the next multiple of its size; what lies before that goes on the lists. */
static __attribute__((noinline)) uint64_t carve_behind(struct zone *z, uint64_t at, unsigned order)
{
    while (z->carved < at) {
        unsigned o = carve_order(z, order);
        release(z, carve_block(z, o), o);
    }
    return carve_block(z, order);
}

/* A block of exactly this order from virgin memory: its first page, or 0 (page 0 is never ours). */
static uint64_t carve(unsigned order)
{
    uint64_t size = 1ull << order;
    for (struct zone *z = mem.zones; z < mem.zones + mem.zone_count; z++) {
        uint64_t aligned = (z->carved + size - 1) & ~(size - 1);
        if (aligned < z->end && z->end - aligned >= size)
            return aligned == z->carved ? carve_block(z, order) : carve_behind(z, aligned, order);
    }
    return 0;
}

/* Last resort: carve all that is left, so that it may join with what was freed beside it. */
static void carve_all(void)
{
    for (struct zone *z = mem.zones; z < mem.zones + mem.zone_count; z++)
        while (z->carved < z->end) {
            unsigned o = carve_order(z, ORDER_MAX);
            release(z, carve_block(z, o), o);
        }
}

/* A free block of this order from the first list of these, split from a larger one if need be. */
static __attribute__((noinline)) uint64_t take_from(uint32_t orders, unsigned order)
{
    unsigned o = (unsigned)__builtin_ctz(orders);
    uint64_t n = mem.heads[o];
    struct page *p = page_at(n);
    list_remove(p);
    while (o > order) {
        o--;
        list_add(p + (1ull << o), (uint32_t)(n + (1ull << o)), o);
    }
    p->order = (uint8_t)order;
    return n;
}

static inline uint64_t take_listed(unsigned order)
{
    uint32_t orders = mem.free_orders & ~((1u << order) - 1);
    return orders != 0 ? take_from(orders, order) : 0;
}

/* The lock is held, and the caller has checked that there are enough free pages. */
static uint64_t take(unsigned order)
{
    uint64_t n = take_listed(order);
    if (n == 0)
        n = carve(order);
    if (n == 0 && mem.stats.virgin != 0) {
        carve_all();
        n = take_listed(order);
    }
    if (n == 0)
        return 0;
    mem.stats.free -= 1ull << order;
    if (mem.stats.free < mem.stats.low_water)
        mem.stats.low_water = mem.stats.free;
    mem.stats.allocations++;
    return n << PAGE_SHIFT;
}

/* Inlined, as it is what most first touches of a page cost. */
static inline __attribute__((always_inline)) uint64_t alloc_listed(unsigned order, bool promised)
{
    unsigned long flags = lock_take(&mem.lock);
    uint64_t pa = 0, size = 1ull << order;
    if (promised ? mem.stats.reserved >= size : mem.stats.free >= mem.stats.reserved + size)
        pa = take(order);
    if (pa != 0 && promised)
        page_unreserve(size);
    lock_drop(&mem.lock, flags);
    return pa;
}

/* The lock is held. */
static void put_back(struct zone *z, uint64_t n, unsigned order)
{
    release(z, n, order);
    mem.stats.free += 1ull << order;
    mem.stats.frees++;
}

/*
 * The caches. What is in them counts as taken: promises are kept without them. What was taken from
 * them out of a promise is settled with the lists' lock, for many pages at once.
 */

static struct page_cache *cache_here(void) { return &((struct cpu *)this_cpu())->pages; }

static void settle(struct page_cache *c)
{
    page_unreserve(c->owed);
    c->owed = 0;
}

static void drain(struct page_cache *c, uint32_t keep)
{
    lock_enter(&mem.lock);
    settle(c);
    while (c->n > keep) {
        uint64_t n = c->pages[--c->n];
        put_back(zone_of(n), n, 0);
    }
    lock_leave(&mem.lock);
}

/* The smallest blocks first, whole. The lists' lock is held, and there are enough pages. */
static void fill_block(struct page_cache *c)
{
    uint32_t room = PAGE_MAGAZINE - c->n;
    unsigned order = 31 - (unsigned)__builtin_clz(room);
    if (mem.free_orders & ((1u << order) - 1))
        order = (unsigned)__builtin_ctz(mem.free_orders);
    uint64_t n = take(order) >> PAGE_SHIFT;
    if (n == 0)
        return; /* all is carved now, into smaller ones */
    struct page *p = page_at(n);
    for (uint32_t i = 1u << order; i-- > 0;) {
        p[i] = (struct page){.state = CACHED};
        c->pages[c->n++] = (uint32_t)n + i;
    }
}

static void fill(struct page_cache *c)
{
    lock_enter(&mem.lock);
    settle(c);
    if (mem.stats.free >= mem.stats.reserved + PAGE_MAGAZINE)
        while (c->n < PAGE_MAGAZINE)
            fill_block(c);
    lock_leave(&mem.lock);
}

static __attribute__((noinline)) uint64_t alloc_cached(bool promised)
{
    unsigned long flags = interrupts_save();
    struct page_cache *c = cache_here();
    uint64_t n = 0;
    lock_enter(&c->lock);
    if (c->n == 0 || c->owed == PAGE_MAGAZINE)
        fill(c);
    if (c->n != 0) {
        n = c->pages[--c->n];
        page_at(n)->state = IN_USE;
        c->owed += promised;
    }
    lock_drop(&c->lock, flags);
    return n << PAGE_SHIFT;
}

static void free_cached(struct page *p, uint64_t n)
{
    struct page_cache *c = cache_here();
    lock_enter(&c->lock);
    if (c->n == 2 * PAGE_MAGAZINE)
        drain(c, PAGE_MAGAZINE);
    p->state = CACHED;
    c->pages[c->n++] = (uint32_t)n;
    lock_leave(&c->lock);
}

/* Of each cache, down to so many, pages back to the lists: memory is short, or wanted in blocks. */
static void drain_all(uint32_t keep)
{
    for (unsigned i = 0; smp_running && i < CPUS_MAX && cpus[i] != 0; i++) {
        unsigned long flags = lock_take(&cpus[i]->pages.lock);
        drain(&cpus[i]->pages, keep);
        lock_drop(&cpus[i]->pages.lock, flags);
    }
}

void page_keeper_add(struct page_keeper *k)
{
    k->next = __atomic_load_n(&keepers, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&keepers, &k->next, k, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED))
        ;
}

bool page_reclaim(void)
{
    if (!interrupts_on())
        return false;
    arch_touch_stack(STACK_OF_PAGES);
    for (const struct page_keeper *k = __atomic_load_n(&keepers, __ATOMIC_ACQUIRE); k != 0;
         k = k->next)
        k->give_back();
    drain_all(0);
    return true;
}

static uint64_t alloc(unsigned order, bool promised)
{
    if (order > ORDER_MAX)
        return 0;
    uint64_t pa = order == 0 && smp_running ? alloc_cached(promised) : 0;
    if (pa == 0)
        pa = alloc_listed(order, promised);
    if (pa == 0 && smp_running) {
        drain_all(0);
        pa = alloc_listed(order, promised);
    }
    return pa;
}

uint64_t page_alloc(unsigned order)
{
    arch_touch_stack(STACK_OF_PAGES); /* a fault of the stack's own would come back here */
    uint64_t pa = alloc(order, false);
    return pa == 0 && page_reclaim() ? alloc(order, false) : pa;
}

uint64_t page_alloc_reserved(unsigned order) { return alloc(order, true); }

void page_return(uint64_t pa, unsigned order)
{
    uint64_t n = pa >> PAGE_SHIFT;
    arch_touch_stack(STACK_OF_PAGES);
    unsigned long flags = lock_take(&mem.lock); /* nobody else is promised it in between */
    put_back(zone_of(n), n, order);
    __atomic_add_fetch(&mem.stats.reserved, 1ull << order, __ATOMIC_RELAXED);
    lock_drop(&mem.lock, flags);
}

void page_free(uint64_t pa, unsigned order)
{
    uint64_t n = pa >> PAGE_SHIFT;
    arch_touch_stack(STACK_OF_PAGES);
    unsigned long flags = interrupts_save();
    struct zone *z = zone_of(n);
    if (z == 0 || n >= z->carved || page_in(z, n)->state != IN_USE || page_in(z, n)->order != order)
        panic("page_free: no block of order %u is in use at 0x%lx.", order, (unsigned long)pa);
    if (order == 0 && smp_running) {
        free_cached(page_in(z, n), n);
    } else {
        lock_enter(&mem.lock);
        put_back(z, n, order);
        lock_leave(&mem.lock);
    }
    interrupts_restore(flags);
}

/*
 * Promises are a matter of one counter: what was promised too much is taken back. Another CPU must
 * not take pages between the two looks. On this one, who takes some is done before anything else
 * runs, so that at worst no is said too early.
 */
static inline bool reserve(uint64_t n)
{
    uint64_t reserved = __atomic_add_fetch(&mem.stats.reserved, n, __ATOMIC_RELAXED);
    bool promised = reserved >= n && reserved <= __atomic_load_n(&mem.stats.free, __ATOMIC_RELAXED);
    if (!promised)
        page_unreserve(n);
    return promised;
}

static __attribute__((noinline)) bool reserve_locked(uint64_t n)
{
    arch_touch_stack(STACK_OF_PAGES);
    unsigned long flags = lock_take(&mem.lock);
    bool promised = reserve(n);
    lock_drop(&mem.lock, flags);
    return promised;
}

static __attribute__((noinline)) bool reserve_kept(uint64_t n)
{
    drain_all(0);
    return reserve_locked(n) || (page_reclaim() && reserve_locked(n));
}

bool page_reserve(uint64_t n)
{
    return (smp_running ? reserve_locked(n) : reserve(n)) || reserve_kept(n);
}

void page_unreserve(uint64_t n) { __atomic_sub_fetch(&mem.stats.reserved, n, __ATOMIC_RELAXED); }

struct page_stats page_get_stats(void)
{
    arch_touch_stack(STACK_OF_PAGES);
    drain_all(2 * PAGE_MAGAZINE); /* which settles what is owed */
    unsigned long flags = lock_take(&mem.lock);
    struct page_stats s = mem.stats;
    lock_drop(&mem.lock, flags);
    for (unsigned i = 0; smp_running && i < CPUS_MAX && cpus[i] != 0; i++)
        s.free += cpus[i]->pages.n;
    s.free += __atomic_load_n(&page_kept, __ATOMIC_RELAXED);
    return s;
}

/* Adds [base, end) bytes as a zone; its struct pages take the top of it. */
static void add_zone(uint64_t base, uint64_t end)
{
    uint64_t first = (base + PAGE_SIZE - 1) >> PAGE_SHIFT, last = end >> PAGE_SHIFT;
    if (last <= first)
        return;
    uint64_t meta = ((last - first) * sizeof(struct page) + PAGE_SIZE - 1) >> PAGE_SHIFT;
    if (last - first <= meta)
        return;
    last -= meta;
    mem.zones[mem.zone_count++] =
        (struct zone){(uint32_t)first, (uint32_t)first, (uint32_t)last,
                      (uint64_t)phys_to_virt(last << PAGE_SHIFT) - first * sizeof(struct page)};
    mem.stats.total += last - first;
}

/*
 * What shares 2 MiB with the image is a zone apart, so that a small program touches no other 2 MiB:
 * hosts like to back memory in pieces of that size, zeroed. So one zone begins at a multiple of it.
 */
uint64_t page_init(const struct boot_info *info, uint64_t floor)
{
    const uint64_t ceiling = PAGES_MAX << PAGE_SHIFT, piece = PAGE_SIZE << ORDER_2M;
    uint64_t apart = 0;
    for (const struct boot_range *r = info->ranges; r < info->ranges + info->range_count; r++) {
        uint64_t base = r->base > floor ? r->base : floor, end = r->base + r->size;
        if (end > ceiling)
            end = ceiling;
        if (r->type != RANGE_USABLE || base >= end)
            continue;
        uint64_t next = (base + piece - 1) & ~(piece - 1);
        if (apart == 0 && end > next) {
            add_zone(base, next);
            base = apart = next;
        }
        add_zone(base, end);
    }
    mem.stats.free = mem.stats.virgin = mem.stats.low_water = mem.stats.total;
    return mem.stats.total;
}

uint64_t page_take_first(uint64_t n, uint64_t align)
{
    for (struct zone *z = mem.zones; z < mem.zones + mem.zone_count; z++)
        if (z->first == z->carved && (z->first & (align - 1)) == 0 && z->end - z->first >= n) {
            uint64_t pa = (uint64_t)z->first << PAGE_SHIFT;
            z->first = z->carved += (uint32_t)n; /* from now on it begins behind them */
            mem.stats.free = mem.stats.low_water = mem.stats.virgin -= n;
            return pa;
        }
    return 0;
}
