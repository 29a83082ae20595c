/* SPDX-License-Identifier: BSD-2-Clause */
/* The page allocator over a sparse mapping that plays physical memory. */
#ifndef TESTS_PAGES_H
#define TESTS_PAGES_H

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

/* What two keepers have until it is wanted: a block of the allocator each. */
static uint64_t kept[2], kept_order;

static void unkeep(uint64_t *pa)
{
    if (*pa == 0)
        return;
    page_free(*pa, (unsigned)kept_order);
    page_kept -= 1ull << kept_order;
    *pa = 0;
}

static void unkeep_first(void) { unkeep(&kept[0]); }
static void unkeep_second(void) { unkeep(&kept[1]); }
static struct page_keeper first_keeper = {.give_back = unkeep_first};
static struct page_keeper second_keeper = {.give_back = unkeep_second};

static inline void keep(unsigned order)
{
    kept_order = order;
    for (int i = 0; i < 2; i++) {
        kept[i] = page_alloc(order);
        page_kept += 1ull << order;
    }
}
#include "boot/ranges.c"

#define MIB   (1ull << 20)
#define GIB   (1ull << 30)
#define FLOOR (3 * MIB) /* the image ends there */
#define PHYS  (256 * GIB)

static inline int map_memory(void **state)
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
    page_kept = kept[0] = kept[1] = 0;
    keepers = 0;
    page_keeper_add(&first_keeper);
    page_keeper_add(&second_keeper);
    here = 0;
    return 0;
}

static inline uint64_t touched_pages(void)
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

static inline void range(uint64_t base, uint64_t end, uint32_t type)
{
    boot_info_add_range(&info, base, end - base, type);
}

static inline uint64_t init(void) { return page_init(&info, FLOOR); }

static inline uint64_t init_one(uint64_t end)
{
    memset(&info, 0, sizeof info);
    range(0, 0x9fc00, RANGE_USABLE);
    range(0x9fc00, MIB, RANGE_RESERVED);
    range(MIB, end, RANGE_USABLE);
    return init();
}

/* What the statistics say must agree with the lists, whatever happened before. */
static inline void check_stats(void)
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

static inline void take_all(unsigned from, uint64_t taken[ORDER_MAX + 1])
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

static inline void give_all(uint64_t seed)
{
    while (block_count > 0) {
        size_t i = next_random(&seed) % block_count;
        page_free(blocks[i].pa, blocks[i].order);
        blocks[i] = blocks[--block_count];
    }
    free(blocks);
    blocks = 0;
}

#define TEST(f) cmocka_unit_test_setup(f, map_memory)

#endif
