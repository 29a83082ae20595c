/* SPDX-License-Identifier: BSD-2-Clause */
/* Blocks of pages: had, given back, promised, counted; and what a call costs. */
#include "kernel/pages.h"

/* Basic blocks run, counted through -fsanitize-coverage=trace-pc: time without its noise. */
uint64_t steps;
__asm__(
    ".text\n.globl __sanitizer_cov_trace_pc\n__sanitizer_cov_trace_pc: incq steps(%rip)\nret\n");

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
        keep(4);
        assert_int_equal(page_get_stats().free, total);
        take_all(0, taken);
        assert_int_equal(taken[0], total);
        assert_true(kept[0] == 0 && kept[1] == 0);
        give_all(1);
        keep(4);
        assert_true(page_reserve(total));
        assert_true(kept[0] == 0 && kept[1] == 0);
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
    assert_true(two[0].pages.n <= 2 * PAGE_MAGAZINE && two[1].pages.n <= 2 * PAGE_MAGAZINE);
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

/* Nothing but scraps, none as large as a magazine: they are found, too. */
static void scraps(void **state)
{
    (void)state;
    memset(&info, 0, sizeof info);
    for (uint64_t i = 0; i < 8; i++)
        range(4 * MIB + i * MIB, 4 * MIB + i * MIB + 20 * PAGE_SIZE, RANGE_USABLE);
    uint64_t total = init(), taken[ORDER_MAX + 1];
    several = true;
    take_all(0, taken);
    assert_int_equal(taken[0], total);
    give_all(1);
    assert_true(page_reserve(total));
    for (uint64_t i = 0; i < total; i++)
        assert_int_not_equal(page_alloc_reserved(0), 0);
    assert_true(page_get_stats().free == 0 && page_get_stats().reserved == 0);
    check_stats();
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_machine), TEST(setup_touches_nothing),
        TEST(orders),        TEST(give_back),
        TEST(promises),      TEST(wrong_frees),
        TEST(double_frees),  TEST(stress),
        TEST(caches),        TEST(scraps),
        TEST(reclaimed),     TEST(steps_grow_with_the_logarithm),
    };
    return cmocka_run_group_tests_name("page", tests, 0, 0);
}
