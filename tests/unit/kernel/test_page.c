/* SPDX-License-Identifier: BSD-2-Clause */
/* The page allocator over a sparse mapping that plays physical memory. */
#include <stdint.h>
static uint64_t test_phys_base;
#define PHYS_BASE test_phys_base
#define UNIT_PANIC
#include "unit.h"
#include <sys/mman.h>

/* Two CPUs, when several is set; the test is now on the one, now on the other. */
static bool several;
#define smp_running several
#include "sched/sched.h"
static struct cpu two[2];
static unsigned here;
struct cpu *cpus[CPUS_MAX] = {&two[0], &two[1]};
#define this_cpu() (&two[here].base)
#include "mm/page.c"

/* What stacks keep until it is wanted: a block of the allocator. */
static uint64_t kept, kept_order;

uint64_t stack_spare_pages(void) { return kept != 0 ? 1ull << kept_order : 0; }

void stack_trim(void)
{
    if (kept != 0)
        page_free(kept, (unsigned)kept_order);
    kept = 0;
}
#include "boot/ranges.c"

#define MIB   (1ull << 20)
#define GIB   (1ull << 30)
#define FLOOR (3 * MIB) /* the image ends there */
#define PHYS  (256 * GIB)

/* Basic blocks run, counted through -fsanitize-coverage=trace-pc: time without its noise. */
uint64_t steps;
__asm__(
    ".text\n.globl __sanitizer_cov_trace_pc\n__sanitizer_cov_trace_pc: incq steps(%rip)\nret\n");

static int map_memory(void **state)
{
    (void)state;
    if (test_phys_base != 0)
        munmap((void *)test_phys_base, PHYS);
    void *p =
        mmap(0, PHYS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED)
        return -1;
    madvise(p, PHYS, MADV_NOHUGEPAGE);
    test_phys_base = (uint64_t)p;
    memset(&mem, 0, sizeof mem);
    memset(two, 0, sizeof two);
    several = false;
    here = 0;
    return 0;
}

static uint64_t touched_pages(void)
{
    static unsigned char there[64 * MIB / PAGE_SIZE];
    uint64_t n = 0;
    for (uint64_t at = 0; at < PHYS; at += 64 * MIB) {
        assert_int_equal(mincore((char *)test_phys_base + at, 64 * MIB, there), 0);
        for (size_t i = 0; i < sizeof there; i++)
            n += there[i] & 1;
    }
    return n;
}

static struct boot_info info;

static void range(uint64_t base, uint64_t end, uint32_t type)
{
    boot_info_add_range(&info, base, end - base, type);
}

static uint64_t init(void) { return page_init(&info, FLOOR); }

static uint64_t init_one(uint64_t end)
{
    memset(&info, 0, sizeof info);
    range(0, 0x9fc00, RANGE_USABLE);
    range(0x9fc00, MIB, RANGE_RESERVED);
    range(MIB, end, RANGE_USABLE);
    return init();
}

/* What the statistics say must agree with the lists, whatever happened before. */
static void check_stats(void)
{
    struct page_stats s = page_get_stats();
    uint64_t listed = 0, virgin = 0;
    for (unsigned o = 0; o <= ORDER_MAX; o++) {
        uint64_t n = 0;
        uint32_t prev = NIL;
        for (uint32_t at = mem.free_orders >> o & 1 ? mem.heads[o] : NIL; at != NIL; n++) {
            const struct page *p = page_at(at);
            assert_true(p->state == FREE && p->order == o && p->prev == prev &&
                        at % (1u << o) == 0);
            prev = at;
            at = p->next;
        }
        assert_int_equal(n, s.free_blocks[o]);
        listed += n << o;
    }
    for (unsigned i = 0; i < mem.zone_count; i++)
        virgin += mem.zones[i].end - mem.zones[i].carved;
    assert_int_equal(virgin, s.virgin);
    assert_int_equal(s.free, listed + virgin + two[0].pages.n + two[1].pages.n);
    assert_true(s.low_water <= s.free && s.free <= s.total && s.reserved <= s.free);
}

/* Takes everything in blocks of falling order; the number of blocks goes to taken[order]. */
static struct block {
    uint64_t pa;
    unsigned order;
} * blocks;
static size_t block_count;

static void take_all(unsigned from, uint64_t taken[ORDER_MAX + 1])
{
    blocks = realloc(blocks, mem.stats.total * sizeof *blocks);
    assert_non_null(blocks);
    block_count = 0;
    for (unsigned o = from + 1; o-- > 0;) {
        uint64_t pa;
        for (taken[o] = 0; (pa = page_alloc(o)) != 0; taken[o]++) {
            assert_int_equal(pa & ((PAGE_SIZE << o) - 1), 0);
            blocks[block_count++] = (struct block){pa, o};
        }
    }
}

static void give_all(uint64_t seed)
{
    while (block_count > 0) {
        size_t i = next_random(&seed) % block_count;
        page_free(blocks[i].pa, blocks[i].order);
        blocks[i] = blocks[--block_count];
    }
    free(blocks);
    blocks = 0;
}

static void small_machine(void **state)
{
    (void)state;
    uint64_t pages = init_one(16 * MIB);
    /* 13 MiB behind the image, and 12 bytes of every page's 4096 for its struct page. */
    assert_true(pages <= 13 * 256 && pages >= 13 * 256 - 13 * 256 * sizeof(struct page) / 4096 - 2);
    struct page_stats s = page_get_stats();
    assert_true(s.total == pages && s.free == pages && s.virgin == pages && s.low_water == pages);
    assert_true(s.reserved == 0 && s.allocations == 0 && s.frees == 0);
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t pa = page_alloc(0);
        assert_true(pa >= FLOOR && pa < 16 * MIB);
    }
    assert_int_equal(page_alloc(0), 0);
    s = page_get_stats();
    assert_true(s.free == 0 && s.virgin == 0 && s.low_water == 0 && s.allocations == pages);
    check_stats();
}

static void setup_touches_nothing(void **state)
{
    (void)state;
    uint64_t pages = init_one(PHYS);
    assert_true(pages > (PHYS - 2 * MIB) / PAGE_SIZE / 1000 * 996);
    assert_int_equal(touched_pages(), 0);
    assert_int_not_equal(page_alloc(0), 0);
    assert_true(touched_pages() <= 2); /* struct pages only */
    uint64_t pa = page_alloc(ORDER_1G);
    assert_int_not_equal(pa, 0);
    page_free(pa, ORDER_1G);
    assert_true(touched_pages() <= 64);
    check_stats();
}

static void orders(void **state)
{
    (void)state;
    init_one(8 * GIB);
    for (unsigned o = 0; o <= ORDER_MAX; o++) {
        uint64_t a = page_alloc(o), b = page_alloc(o);
        assert_true(a != 0 && b != 0 && a != b);
        assert_int_equal((a | b) & ((PAGE_SIZE << o) - 1), 0);
        page_free(a, o);
        page_free(b, o);
        check_stats();
    }
    assert_int_equal(page_alloc(ORDER_MAX + 1), 0);
    assert_int_equal(page_alloc(63), 0);
    assert_int_equal(page_alloc_reserved(ORDER_MAX + 1), 0);
    static const struct {
        uint64_t bytes;
        unsigned order;
    } cases[] = {{0, 0},    {1, 0},           {4096, 0},         {4097, 1},
                 {8192, 1}, {2 * MIB, 9},     {2 * MIB + 1, 10}, {GIB, 18},
                 {8193, 2}, {GIB - 4095, 18}, {1ull << 40, 28}};
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(order_for(cases[i].bytes), cases[i].order);
}

/* All that can be had, in blocks, can be had again after it was given back in any order. */
static void give_back(void **state)
{
    (void)state;
    uint64_t first[ORDER_MAX + 1], second[ORDER_MAX + 1], singles[ORDER_MAX + 1];
    uint64_t total = init_one(64 * MIB + 5 * PAGE_SIZE);
    take_all(ORDER_MAX, first);
    assert_int_equal(page_get_stats().free, 0);
    give_all(1);
    check_stats();
    take_all(0, singles);
    assert_int_equal(singles[0], total);
    give_all(2);
    check_stats();
    assert_int_equal(page_get_stats().free, total);
    take_all(ORDER_MAX, second);
    assert_memory_equal(first, second, sizeof first);
    give_all(3);
    assert_int_equal(page_get_stats().allocations, page_get_stats().frees);
}

/* What is kept for later use counts as free, and is had by whoever finds nothing else. */
static void reclaimed(void **state)
{
    (void)state;
    for (int cpus_too = 0; cpus_too < 2; cpus_too++) {
        uint64_t total = init_one(16 * MIB), taken[ORDER_MAX + 1];
        several = cpus_too;
        kept_order = 4;
        kept = page_alloc(4);
        assert_int_equal(page_get_stats().free, total);
        take_all(0, taken);
        assert_int_equal(taken[0], total);
        assert_int_equal(kept, 0);
        give_all(1);
        kept = page_alloc(4);
        assert_true(page_reserve(total));
        assert_int_equal(kept, 0);
        assert_false(page_reserve(1));
        page_unreserve(total);
        assert_int_equal(map_memory(state), 0);
    }
}

/* What lies in the CPUs' caches is free, found free, and had by whoever needs it. */
static void caches(void **state)
{
    (void)state;
    uint64_t total = init_one(16 * MIB), taken[ORDER_MAX + 1], pa[100];
    several = true;
    for (size_t i = 0; i < COUNT(pa); i++) {
        here = i % 2;
        pa[i] = page_alloc(0);
    }
    check_stats();
    assert_int_equal(page_get_stats().free, total - COUNT(pa));
    assert_true(two[0].pages.n > 0 && two[1].pages.n > 0);
    for (size_t i = 0; i < COUNT(pa); i++) {
        here = i / 2 % 2; /* not always where it was had */
        page_free(pa[i], 0);
    }
    assert_true(two[0].pages.n <= PAGE_CACHE && two[1].pages.n <= PAGE_CACHE);
    assert_panics(page_free(pa[COUNT(pa) - 1], 0), "no block of order 0");
    check_stats();
    assert_int_equal(page_get_stats().free, total);

    /* the other CPU's are had too, be it in single pages or joined to larger blocks */
    here = 0;
    take_all(0, taken);
    assert_int_equal(taken[0], total);
    give_all(1);
    here = 1;
    take_all(ORDER_MAX, taken);
    assert_int_equal(page_get_stats().free, 0);
    give_all(2);

    /* promises hold while pages lie in caches, and page_return() renews them */
    assert_int_not_equal(page_alloc(0), 0);
    assert_true(page_reserve(total - 1));
    assert_false(page_reserve(1));
    assert_int_equal(page_alloc(0), 0);
    for (uint64_t i = 0; i < total - 1; i++) {
        here = i % 2;
        uint64_t page = page_alloc_reserved(0);
        assert_int_not_equal(page, 0);
        if (i % 3 == 0) {
            page_return(page, 0);
            assert_int_not_equal(page_alloc_reserved(0), 0);
        }
    }
    assert_true(page_get_stats().free == 0 && page_get_stats().reserved == 0);
}

/* Modules lie in RAM as ranges of their own (kernel/boot/main.c). */
static void holes(void **state)
{
    (void)state;
    static const struct boot_range modules[] = {
        {5 * MIB, 0x3000, RANGE_MODULE},
        {4 * MIB, 0x10000, RANGE_MODULE},         /* before the other */
        {5 * MIB + 0x1000, 0x1000, RANGE_MODULE}, /* within the first one */
        {40 * MIB, MIB, RANGE_MODULE},            /* outside memory */
        {16 * MIB - 4096, 8192, RANGE_MODULE},    /* over the end */
    };
    memset(&info, 0, sizeof info);
    range(12 * MIB, 16 * MIB, RANGE_USABLE); /* unsorted */
    range(MIB, 8 * MIB + 77, RANGE_USABLE);
    range(8 * MIB + 77, 9 * MIB, RANGE_NVS);
    for (size_t i = 0; i < COUNT(modules); i++)
        range(modules[i].base, modules[i].base + modules[i].size, RANGE_MODULE);
    uint64_t total = init(), taken[ORDER_MAX + 1], pages = 0;
    assert_true(total > 9 * 256 - 64);
    static uint8_t used[16 * MIB / PAGE_SIZE];
    memset(used, 0, sizeof used);
    take_all(ORDER_MAX, taken);
    for (size_t i = 0; i < block_count; i++) {
        uint64_t base = blocks[i].pa, end = base + (PAGE_SIZE << blocks[i].order);
        assert_true(base >= FLOOR && end <= 16 * MIB);
        assert_true(end <= 8 * MIB || base >= 12 * MIB);
        for (size_t m = 0; m < COUNT(modules); m++)
            assert_true(end <= modules[m].base || base >= modules[m].base + modules[m].size);
        for (uint64_t at = base; at < end; at += PAGE_SIZE, pages++)
            assert_int_equal(used[at / PAGE_SIZE]++, 0);
    }
    assert_int_equal(pages, total);
    give_all(4);
}

/* As many pieces of RAM as the map holds, the largest last: each is had. */
static void many_pieces(void **state)
{
    (void)state;
    uint64_t wanted = 0, taken[ORDER_MAX + 1];
    memset(&info, 0, sizeof info);
    for (unsigned i = 1; i <= BOOT_RANGES; i++, wanted++)
        range((2 + 2 * i) * MIB, (2 + 2 * i) * MIB + 2 * PAGE_SIZE, RANGE_USABLE);
    range(3 * GIB, 4 * GIB, RANGE_USABLE); /* one too many: the smallest goes */
    assert_int_equal(info.ram_lost, 2 * PAGE_SIZE);
    assert_int_equal(mem.zone_count, 0);
    wanted += GIB / PAGE_SIZE - 1;
    uint64_t total = init();
    assert_true(total <= wanted && total > wanted - GIB / PAGE_SIZE / 256);
    assert_int_equal(mem.zone_count, BOOT_RANGES);
    take_all(ORDER_MAX, taken);
    give_all(5);
    check_stats();
}

/* Memory that the window cannot show is not given out. */
static void beyond_the_window(void **state)
{
    (void)state;
    memset(&info, 0, sizeof info);
    range(511 * GIB, 600 * GIB, RANGE_USABLE);
    range(700 * GIB, 800 * GIB, RANGE_USABLE);
    uint64_t total = init();
    assert_true(total <= GIB / PAGE_SIZE && total > GIB / PAGE_SIZE * 99 / 100);
    assert_int_equal(mem.zone_count, 1);
}

/* Ranges that overlap: what any of them reserves is never given, what none reserves is gained. */
struct overlap {
    struct boot_range ranges[5];
    uint64_t usable; /* MiB above 3 */
};

static void overlaps(void **state)
{
    static const struct overlap cases[] = {
        {{{0, 16, 1}, {8, 4, 2}}, 9},              /* reserved within usable */
        {{{0, 16, 1}, {3, 1, 2}, {15, 4, 4}}, 11}, /* at both ends */
        {{{0, 8, 1}, {4, 8, 1}}, 9},               /* usable twice */
        {{{0, 8, 1}, {0, 8, 1}}, 5},               /* the same */
        {{{0, 16, 1}, {4, 4, 1}}, 13},             /* usable within usable */
        {{{0, 16, 1}, {4, 8, 1}, {6, 1, 2}}, 12},
        {{{3, 8, 2}, {0, 16, 1}}, 5},  /* reserved at the start, given first */
        {{{0, 16, 1}, {0, 5, 2}}, 11}, /* the same base */
        {{{0, 5, 2}, {0, 16, 1}}, 11},
        {{{0, 16, 2}, {4, 8, 1}}, 0}, /* usable within reserved */
        {{{0, 16, 1}, {6, 4, 2}, {7, 1, 2}, {9, 3, 5}}, 7},
        {{{8, 8, 1}, {4, 8, 1}, {11, 2, 3}}, 10}, /* unsorted */
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        map_memory(state);
        memset(&info, 0, sizeof info);
        for (size_t i = 0; i < 5 && cases[c].ranges[i].size != 0; i++) {
            const struct boot_range *r = &cases[c].ranges[i];
            range(r->base * MIB, (r->base + r->size) * MIB, r->type);
        }
        uint64_t total = init(), taken[ORDER_MAX + 1];
        uint64_t wanted = cases[c].usable * 256;
        if (total > wanted || total + total / 256 + 8 < wanted)
            fail_msg("case %zu: %lu pages, not about %lu", c, (unsigned long)total,
                     (unsigned long)wanted);
        if (total == 0)
            continue;
        take_all(ORDER_MAX, taken);
        for (size_t i = 0; i < block_count; i++)
            for (uint32_t r = 0; r < info.range_count; r++) {
                uint64_t base = blocks[i].pa, end = base + (PAGE_SIZE << blocks[i].order);
                const struct boot_range *at = &info.ranges[r];
                assert_true(at->type == RANGE_USABLE || end <= at->base ||
                            base >= at->base + at->size);
            }
        give_all(c + 1);
    }
}

static void tiny_ranges(void **state)
{
    (void)state;
    memset(&info, 0, sizeof info);
    range(4 * MIB + 1, 4 * MIB + 4096, RANGE_USABLE);     /* not one whole page */
    range(5 * MIB, 5 * MIB + 4096, RANGE_USABLE);         /* its struct page takes it all */
    range(6 * MIB, 6 * MIB + 8192, RANGE_USABLE);         /* one */
    range(7 * MIB + 1, 7 * MIB + 3 * 4096, RANGE_USABLE); /* one */
    assert_int_equal(init(), 2);
    assert_true(page_alloc(0) == 6 * MIB || page_alloc(0) == 6 * MIB);
    assert_int_equal(page_alloc(1), 0);
    memset(&mem, 0, sizeof mem);
    memset(&info, 0, sizeof info);
    assert_int_equal(init(), 0);
    assert_int_equal(page_alloc(0), 0);
    assert_false(page_reserve(1));
}

static void promises(void **state)
{
    (void)state;
    uint64_t total = init_one(16 * MIB);
    assert_false(page_reserve(total + 1));
    assert_false(page_reserve(UINT64_MAX));
    assert_int_equal(page_get_stats().reserved, 0);
    assert_int_equal(page_alloc_reserved(0), 0);
    assert_true(page_reserve(total - 3));
    assert_false(page_reserve(4));
    assert_int_equal(page_get_stats().reserved, total - 3);
    assert_int_equal(page_alloc(2), 0);
    uint64_t pa = page_alloc(1);
    assert_true(pa != 0 && page_alloc(0) != 0);
    assert_int_equal(page_alloc(0), 0); /* the rest is promised */
    for (uint64_t i = 0; i < total - 3; i++)
        assert_int_not_equal(page_alloc_reserved(0), 0);
    struct page_stats s = page_get_stats();
    assert_true(s.reserved == 0 && s.free == 0 && s.low_water == 0);
    assert_int_equal(page_alloc_reserved(0), 0);
    page_free(pa, 1);
    assert_true(page_reserve(2));
    assert_int_equal(page_alloc_reserved(2), 0); /* larger than the promise */
    assert_int_equal(page_get_stats().reserved, 2);
    assert_int_not_equal(page_alloc_reserved(1), 0);
    page_unreserve(0);
    assert_int_equal(page_get_stats().reserved, 0);
    check_stats();
}

static void wrong_frees(void **state)
{
    (void)state;
    init_one(64 * MIB);
    uint64_t a = page_alloc(0), b = page_alloc(0), c = page_alloc(3);
    assert_panics(page_free(c, 2), "order 2");
    assert_panics(page_free(c, 4), "order 4");
    assert_panics(page_free(0, 0), "0x0");
    assert_panics(page_free(2 * MIB, 0), "0x200000");
    assert_panics(page_free(40 * GIB, 0), "0xa00000000");
    assert_panics(page_free(63 * MIB, 0), "in use"); /* virgin */
    page_free(a, 0);
    assert_panics(page_free(a, 0), "in use");
    page_free(b, 0);
    assert_panics(page_free(b, 0), "in use"); /* joined with a, whichever was first */
    assert_panics(page_free(a, 0), "in use");
    page_free(c, 3);
    assert_panics(page_free(c, 3), "in use");
    check_stats();
}

/* Every block that was freed is seen as free, however it joined with others since. */
static void double_frees(void **state)
{
    (void)state;
    enum { N = 64 };
    uint64_t pas[N], seed = 7;
    init_one(16 * MIB);
    for (int i = 0; i < N; i++)
        pas[i] = page_alloc(0);
    for (int i = N; i > 0; i--) {
        int j = (int)(next_random(&seed) % (unsigned)i);
        uint64_t pa = pas[j];
        pas[j] = pas[i - 1];
        pas[i - 1] = pa;
        page_free(pa, 0);
        for (int k = i - 1; k < N; k++)
            assert_panics(page_free(pas[k], 0), "in use");
    }
    check_stats();
}

enum { STRESS = 1000000, LIVE = 2048 };

/* A million operations against a map of who owns which page. */
static void stress(void **state)
{
    (void)state;
    static struct block live[LIVE];
    static uint16_t owner[64 * MIB / PAGE_SIZE];
    uint64_t seed = 42, used = 0, total, promised = 0;
    memset(owner, 0, sizeof owner);
    memset(&info, 0, sizeof info);
    range(MIB, 20 * MIB + 3 * PAGE_SIZE, RANGE_USABLE);
    range(21 * MIB, 64 * MIB, RANGE_USABLE);
    total = init();
    memset(live, 0, sizeof live);
    for (int i = 0; i < STRESS; i++) {
        uint64_t r = next_random(&seed);
        uint16_t slot = (uint16_t)(r % LIVE);
        struct block *b = &live[slot];
        bool fresh = b->pa == 0;
        if (fresh) {
            unsigned limit = r >> 32 & 1 ? 3 : r >> 33 & 7 ? 6 : 12;
            b->order = (unsigned)(r >> 40) % limit;
            b->pa = page_alloc(b->order);
            used += b->pa != 0 ? 1ull << b->order : 0;
        } else {
            page_free(b->pa, b->order);
            used -= 1ull << b->order;
        }
        for (uint64_t n = b->pa >> PAGE_SHIFT, e = n + (1ull << b->order); b->pa != 0 && n < e;
             n++) {
            assert_int_equal(owner[n], fresh ? 0 : slot + 1);
            owner[n] = fresh ? (uint16_t)(slot + 1) : 0;
        }
        if (!fresh)
            b->pa = 0;
        assert_int_equal(mem.stats.free, total - used);
        if (r >> 60 == 0) {
            page_unreserve(promised);
            promised = r % 4096;
            if (!page_reserve(promised))
                promised = 0;
        }
        if (i % 20000 == 0)
            check_stats();
    }
    page_unreserve(promised);
    for (struct block *b = live; b < live + LIVE; b++)
        if (b->pa != 0)
            page_free(b->pa, b->order);
    check_stats();
    assert_int_equal(page_get_stats().free, total);
    assert_int_equal(page_get_stats().allocations, page_get_stats().frees);
}

/* The most steps that one call took in a mixed load; the load fits into 16 MiB. */
static uint64_t most_steps(uint64_t end)
{
    struct block live[64] = {{0, 0}};
    uint64_t seed = 9, most = 0;
    init_one(end);
    for (int i = 0; i < 200000; i++) {
        uint64_t r = next_random(&seed);
        struct block *b = &live[r % COUNT(live)];
        uint64_t before = steps;
        if (b->pa != 0) {
            page_free(b->pa, b->order);
            b->pa = 0;
        } else {
            b->order = (unsigned)(r >> 40) % (r >> 20 & 15 ? 5 : 9);
            b->pa = page_alloc(b->order);
        }
        if (steps - before > most)
            most = steps - before;
    }
    return most;
}

static void steps_grow_with_the_logarithm(void **state)
{
    uint64_t small = most_steps(16 * MIB);
    map_memory(state);
    uint64_t large = most_steps(PHYS); /* 2^14 times the memory */
    assert_true(small > 10);
    if (large > 2 * small || large > 600)
        fail_msg("%lu steps at 16 MiB, %lu at 256 GiB", (unsigned long)small, (unsigned long)large);
}

#define TEST(f) cmocka_unit_test_setup(f, map_memory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_machine),
        TEST(setup_touches_nothing),
        TEST(orders),
        TEST(give_back),
        TEST(holes),
        TEST(many_pieces),
        TEST(beyond_the_window),
        TEST(overlaps),
        TEST(tiny_ranges),
        TEST(promises),
        TEST(wrong_frees),
        TEST(double_frees),
        TEST(stress),
        TEST(caches),
        TEST(reclaimed),
        TEST(steps_grow_with_the_logarithm),
    };
    return cmocka_run_group_tests_name("page", tests, 0, 0);
}
