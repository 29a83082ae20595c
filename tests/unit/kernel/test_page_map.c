/* SPDX-License-Identifier: BSD-2-Clause */
/* What the page allocator makes of a memory map: holes, pieces, overlaps. */
#include "kernel/pages.h"

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

/* What main's stack is made of: where a zone begins, and never again anybody's. */
static void off_the_front(void **state)
{
    (void)state;
    uint64_t taken[ORDER_MAX + 1];
    memset(&info, 0, sizeof info);
    range(MIB, 12 * MIB + 5 * PAGE_SIZE, RANGE_USABLE);
    uint64_t total = init(), pages = 0;
    assert_int_equal(mem.zone_count, 2);
    assert_int_equal(page_take_first(10 << ORDER_2M, 1 << ORDER_2M), 0);
    uint64_t low = page_take_first(2 << ORDER_2M, 1 << ORDER_2M), top = page_take_first(5, 1);
    assert_true(low % (2 * MIB) == 0 && low >= FLOOR);
    assert_true(top >= FLOOR && top < low);
    assert_int_equal(page_get_stats().free, total - 5 - (2 << ORDER_2M));
    take_all(ORDER_MAX, taken);
    for (size_t i = 0; i < block_count; i++) {
        uint64_t base = blocks[i].pa, end = base + (PAGE_SIZE << blocks[i].order);
        assert_true(end <= top || base >= top + 5 * PAGE_SIZE);
        assert_true(end <= low || base >= low + 4 * MIB);
        pages += 1ull << blocks[i].order;
    }
    assert_int_equal(pages, total - 5 - (2 << ORDER_2M));
    assert_int_equal(page_take_first(1, 1), 0);
    give_all(4);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(holes),    TEST(many_pieces), TEST(off_the_front), TEST(beyond_the_window),
        TEST(overlaps), TEST(tiny_ranges),
    };
    return cmocka_run_group_tests_name("page map", tests, 0, 0);
}
