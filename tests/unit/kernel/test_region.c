/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Demand-paged regions over the real page allocator. Page tables are played by a list that takes
 * its table pages out of the same promises; pages are mapped where the kernel asks for them, in
 * arenas moved to addresses that are free on the host.
 */
#include <stdint.h>
static uint64_t test_phys_base;
#define PHYS_BASE test_phys_base
#define UNIT_PANIC
#include "unit.h"
#include <sys/mman.h>
#include "mm/vm.h"
#undef VM_HEAP
#undef VM_HEAP_END
#undef VM_REGION_TABLES
#undef VM_REGIONS
#undef VM_STACKS
#undef VM_MAPS
#undef VM_END
#define VM_REGION_TABLES 0x110000000000ull
#define VM_HEAP          0x118000100000ull
#define VM_HEAP_END      (VM_HEAP + (512ull << 30))
#define VM_STACKS        0x111000000000ull /* there are none */
#define VM_MAPS          0x119800000000ull
#define VM_REGIONS       0x120000000000ull /* a multiple of an arena */
#define VM_END           0x900000000000ull /* what lies so high is not used */
#include "one_thread.h"
static struct cpu boot;
struct cpu *cpus[CPUS_MAX] = {&boot};
#define cpu_here() (&boot)
#include "mm/page.c"
static bool several; /* of region.c alone: other CPUs may know translations */
#undef smp_running
#define smp_running several
#include "mm/region.c"

/* Other CPUs forget translations: until then what was unmapped must not be anybody's. */
static unsigned flushes;
static uint64_t frees_at_flush, asked, done;
void tlb_flush(void)
{
    frees_at_flush = mem.stats.frees;
    flushes++;
}
void tlb_flush_pending(struct cpu *c) { assert_ptr_equal(c, &boot); }
uint64_t tlb_ask(void) { return ++asked; }
bool tlb_done(uint64_t n, bool wait)
{
    if (done < n && wait) {
        tlb_flush();
        done = n;
    }
    return done >= n;
}

#define KIB    1024ull
#define MIB    (1ull << 20)
#define GIB    (1ull << 30)
#define MEMORY (1 * GIB)

/* The page tables: what is mapped, and which tables there are (never given back). */

static struct {
    uint64_t va, pa;
    unsigned shift;
    bool hidden;
} maps[16384];
static size_t map_count;
static uint64_t tables[16384];
static size_t table_count;
static bool refuse_maps;

static bool has_table(uint64_t va, unsigned shift)
{
    for (size_t i = table_count; i-- > 0;)
        if (tables[i] == (va >> shift << 6 | shift))
            return true;
    return false;
}

int paging_map(uint64_t va, uint64_t pa, unsigned shift, enum vm_prot prot, uint32_t *promise)
{
    assert_int_equal(prot, VM_RW);
    assert_int_equal((va | pa) & ((1ull << shift) - 1), 0);
    for (unsigned s = 39; s > shift; s -= 9) {
        if (has_table(va, s))
            continue;
        uint64_t table = promise != NULL ? page_alloc_reserved(0) : page_alloc(0);
        if (table == 0 || refuse_maps)
            return page_free(table, 0), -ENOMEM;
        if (promise != NULL)
            --*promise;
        assert_true(table_count < COUNT(tables) && map_count < COUNT(maps));
        tables[table_count++] = va >> s << 6 | s;
    }
    if (refuse_maps)
        return -ENOMEM;
    void *at = mmap((void *)va, 1ull << shift, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    assert_ptr_equal(at, (void *)va);
    maps[map_count].va = va;
    maps[map_count].pa = pa;
    maps[map_count].hidden = false;
    maps[map_count++].shift = shift;
    return 0;
}

uint64_t paging_hide(uint64_t va, uint64_t end, uint64_t most)
{
    uint64_t found = 0;
    for (size_t i = 0; i < map_count && found < most; i++) /* in no order: all, or as many */
        if (maps[i].va >= va && maps[i].va < end) {
            assert_false(maps[i].hidden);
            maps[i].hidden = true;
            munmap((void *)maps[i].va, 1ull << maps[i].shift);
            found += 1ull << (maps[i].shift - PAGE_SHIFT);
        }
    return found;
}

void paging_free_hidden(uint64_t va, uint64_t pages)
{
    while (pages > 0) {
        size_t first = map_count;
        for (size_t i = 0; i < map_count; i++)
            if (maps[i].hidden && maps[i].va >= va &&
                (first == map_count || maps[i].va < maps[first].va))
                first = i;
        assert_true(first < map_count);
        pages -= 1ull << (maps[first].shift - PAGE_SHIFT);
        page_free(maps[first].pa, maps[first].shift - PAGE_SHIFT);
        maps[first] = maps[--map_count];
    }
}

bool paging_has(uint64_t va)
{
    for (size_t i = 0; i < map_count; i++)
        if (va >> maps[i].shift == maps[i].va >> maps[i].shift)
            return !maps[i].hidden;
    return false;
}

bool paging_free_2m(uint64_t va) { return !has_table(va, 21); }

void paging_flush(void) {}

/* Everything as at boot, with so many bytes of memory in pieces of piece bytes (0: one piece). */
static void start(uint64_t bytes, uint64_t piece)
{
    static struct boot_info info;
    while (map_count-- > 0)
        munmap((void *)maps[map_count].va, 1ull << maps[map_count].shift);
    map_count = 0;
    memset(&mem, 0, sizeof mem);
    memset(&info, 0, sizeof info);
    memset(arenas, 0, sizeof arenas);
    memset(&boot, 0, sizeof boot);
    heap = (struct region){.base = VM_HEAP, .shift = SHIFT_4K};
    table_count = 0;
    refuse_maps = false;
    several = false;
    if (piece == 0)
        piece = bytes;
    for (uint64_t at = MIB; at < bytes; at += 2 * piece)
        info.ranges[info.range_count++] = (struct boot_range){at, piece, RANGE_USABLE};
    page_init(&info, MIB);
}

static int set_up(void **state)
{
    (void)state;
    if (test_phys_base == 0) {
        void *p = mmap(0, MEMORY + 2 * MIB, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED)
            return -1;
        test_phys_base = (uint64_t)p;
    }
    start(MEMORY, 0);
    return 0;
}

/* Promises kept by regions are those that the page allocator holds; pages gone are accounted. */
static void check_accounts(void)
{
    uint64_t promised = heap.promised, own = 0, used = table_count;
    for (unsigned a = 0; a < ARENAS; a++) {
        own += (arenas[a].count + PER_PAGE - 1) / PER_PAGE;
        for (uint32_t i = 0; i < arenas[a].count; i++)
            promised += table_of(a)[i].promised;
    }
    for (size_t i = 0; i < map_count; i++)
        used += 1ull << (maps[i].shift - PAGE_SHIFT);
    struct page_stats s = page_get_stats();
    assert_int_equal(s.reserved, promised);
    assert_int_equal(s.total - s.free, used); /* the table of regions is mapped too */
    assert_true(own <= used && s.reserved <= s.free);
}

static void touch(uint64_t va)
{
    assert_true(region_fault(va, 0));
    uint8_t *byte = (uint8_t *)va;
    assert_int_equal(*byte, 0);
    *byte = 0xaa;
    check_accounts();
}

static void freed_after_flush(void **state)
{
    (void)state;
    uint64_t at = region_create(100 * PAGE_SIZE, SHIFT_4K, 0);
    for (uint64_t i = 0; i < 100; i++)
        touch(at + i * PAGE_SIZE);
    for (int i = 0; i < 2; i++) {
        uint64_t before = mem.stats.frees;
        flushes = 0;
        if (i == 0)
            assert_true(region_resize(region_at(at), 70 * PAGE_SIZE));
        else
            region_unmap(region_at(at));
        assert_int_equal(flushes, 1);
        assert_int_equal(frees_at_flush, before);
        assert_int_equal(mem.stats.frees, before + (i == 0 ? 30 : 70));
    }
}

/* Pages and addresses of what is given up while other CPUs run: nobody's until these have forgotten
 * them, or memory is short. */
static void deferred(void **state)
{
    (void)state;
    uint64_t at[1000], n = 0, pages = 0;
    several = true;
    uint64_t free = page_get_stats().free, first = asked;
    flushes = 0;
    for (; asked == first; n++) {
        assert_true(n < COUNT(at));
        assert_int_not_equal(at[n] = region_create(MIB, SHIFT_4K, 0), 0);
        for (uint64_t i = 0; i < n; i++)
            assert_true(i % 4 == 0 || at[n] != at[i]); /* but for those that nobody touched */
        for (uint64_t i = 0; i < n % 4; i++, pages++)
            assert_true(region_fault(at[n] + i * 7 * PAGE_SIZE, 0));
        region_destroy(region_at(at[n]));
        assert_null(region_at(at[n]));
        assert_false(region_fault(at[n], 0));
        assert_int_equal(page_kept, pages);
    }
    assert_true(pages < LIMBO && pages + 2 * n >= LIMBO);
    assert_int_equal(flushes, 0);
    uint64_t frees = mem.stats.frees;
    for (uint64_t i = 0; i < 200; i++, pages++, n++) { /* not all have done so */
        assert_int_not_equal(at[n] = region_create(MIB, SHIFT_4K, 0), 0);
        assert_true(region_fault(at[n], 0));
        region_destroy(region_at(at[n]));
    }
    assert_int_equal(mem.stats.frees, frees);
    assert_true(page_get_stats().free + table_count + 8 >= free); /* struct regions */
    assert_int_equal(page_get_stats().reserved, 0);

    page_keeper_add(&region_keeper);
    assert_true(page_reclaim());
    assert_int_equal(page_kept, 0);
    assert_int_equal(mem.stats.frees, frees + pages);
    assert_int_equal(frees_at_flush, mem.stats.frees - 200);
    assert_true(flushes <= 2);
    check_accounts();

    /* somebody does not look: it is told, and what waits is bounded */
    for (uint64_t i = 0; i < 4000; i++) {
        uint64_t one = region_create(MIB, SHIFT_4K, 0);
        assert_true(one != 0 && region_fault(one, 0));
        region_destroy(region_at(one));
        assert_true(page_kept <= 2 * LIMBO);
    }
    /* all look: nobody is told */
    flushes = 0;
    for (uint64_t i = 0; i < 4000; i++, done = asked) {
        uint64_t one = region_create(MIB, SHIFT_4K, 0);
        assert_true(one != 0 && region_fault(one, 0));
        region_destroy(region_at(one));
        assert_true(page_kept <= LIMBO);
    }
    assert_int_equal(flushes, 0);
    page_reclaim();
    check_accounts();
}

static void create_and_find(void **state)
{
    (void)state;
    uint64_t a = region_create(100 * KIB + 1, SHIFT_4K, 0), b = region_create(1, SHIFT_4K, 0);
    assert_true(a != 0 && b != 0 && a % PAGE_SIZE == 0 && b % PAGE_SIZE == 0);
    check_accounts();
    struct region *r = region_at(a);
    assert_non_null(r);
    assert_int_equal(r->pages, 26);
    assert_int_equal(region_at(b)->pages, 1);
    assert_null(region_at(a + PAGE_SIZE));
    assert_null(region_at(a - PAGE_SIZE));
    assert_null(region_at(0));
    assert_null(region_at(UINT64_MAX));
    assert_null(region_at(VM_HEAP));
    assert_ptr_equal(region_find(a + 26 * PAGE_SIZE - 1), r);
    assert_null(region_find(a + 26 * PAGE_SIZE));
    assert_null(region_find(a - 1));
    touch(a);
    touch(a + 25 * PAGE_SIZE + 7);
    assert_false(region_fault(a + 26 * PAGE_SIZE, 0));
    assert_false(region_fault(a - 1, 0));
    assert_false(region_fault(VM_HEAP, 0));
    assert_int_equal(region_faults(), 2);
    region_destroy(r);
    check_accounts();
    assert_null(region_at(a));
    assert_false(region_fault(a, 0));
    assert_int_equal(region_create(5, SHIFT_4K, 0), a); /* the slot is used again */
    region_destroy(region_at(b));
    region_destroy(region_at(a));
    assert_int_equal(page_get_stats().reserved, 0);
}

static void arguments(void **state)
{
    (void)state;
    assert_int_equal(region_create(0, SHIFT_4K, 0), 0);
    assert_int_equal(region_create(1, 13, 0), 0);
    assert_int_equal(region_create(1, 30, 0), 0);
    assert_int_equal(region_create(UINT64_MAX, SHIFT_4K, 0), 0);
    assert_int_equal(region_create(UINT64_MAX - 4095, SHIFT_2M, 0), 0);
    assert_int_equal(region_create((1ull << 39) + 1, SHIFT_4K, 0), 0);
    assert_int_equal(region_create(1, SHIFT_4K, 1ull << 40), 0);
    assert_int_equal(region_create(1ull << 38, SHIFT_4K, 0), 0); /* more than there is */
    check_accounts();
    assert_int_equal(page_get_stats().reserved, 0);
}

static void classes_and_colours(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 4096, 100000, 200000, MIB, 3 * MIB, 33 * MIB, 100 * MIB};
    for (size_t s = 0; s < COUNT(sizes); s++)
        for (unsigned shift = SHIFT_4K; shift <= SHIFT_2M; shift += 9) {
            uint64_t seen = 0, before = 0, last_end = 0;
            start(MEMORY, 0);
            for (int i = 0; i < 8; i++, before = last_end) {
                uint64_t at = region_create(sizes[s], shift, 0);
                if (at == 0)
                    break; /* memory is full of promises */
                const struct region *r = region_at(at);
                unsigned arena = arena_of(r), class = class_of_arena(arena);
                uint64_t slot =
                    VM_REGIONS + ((uint64_t)arena << ARENA_SHIFT) + ((uint64_t)i << class);
                last_end = at + r->pages * PAGE_SIZE;
                assert_int_equal(at % (1ull << shift), 0);
                assert_true(at >= before && at >= slot && last_end <= slot + (1ull << class));
                uint64_t colour = (at - slot) >> shift;
                assert_true(colour < 64 && (seen >> colour & 1) == 0);
                seen |= 1ull << colour;
            }
            assert_int_not_equal(seen, 0);
            check_accounts();
        }
}

static void alignment(void **state)
{
    (void)state;
    for (uint64_t align = 1; align <= 64 * GIB; align *= 2)
        for (int i = 0; i < 3; i++) {
            uint64_t at = region_create(PAGE_SIZE, SHIFT_4K, align);
            assert_true(at != 0 && at % align == 0);
            touch(at);
        }
    uint64_t at = region_create(5 * MIB, SHIFT_2M, 256 * MIB);
    assert_true(at != 0 && at % (256 * MIB) == 0);
    assert_int_equal(region_at(at)->pages, 3 * 512);
}

static void large_pages(void **state)
{
    (void)state;
    uint64_t at = region_create(6 * MIB, SHIFT_2M, 0), before = map_count;
    struct region *r = region_at(at);
    touch(at + 2 * MIB + 12345);
    assert_int_equal(maps[map_count - 1].shift, SHIFT_2M);
    assert_int_equal(maps[map_count - 1].va, at + 2 * MIB);
    assert_int_equal(map_count, before + 1);
    assert_true(region_resize(r, 3 * MIB)); /* 4 MiB: the touched page stays */
    assert_int_equal(r->pages, 1024);
    assert_int_equal(map_count, before + 1);
    check_accounts();
    assert_true(region_resize(r, 1));
    assert_int_equal(map_count, before);
    region_destroy(r);
    check_accounts();
}

/* Memory in pieces of less than 2 MiB: a region of large pages gets small ones, all of them. */
static void pieces(void **state)
{
    (void)state;
    start(64 * MIB, MIB);
    uint64_t at = region_create(4 * MIB, SHIFT_2M, 0);
    assert_int_not_equal(at, 0);
    for (uint64_t i = 0; i < 1024; i++) {
        touch(at + i * PAGE_SIZE);
        assert_int_equal(maps[map_count - 1].shift, SHIFT_4K);
    }
    region_destroy(region_at(at));
    check_accounts();
    assert_int_equal(page_get_stats().reserved, 0);
}

static void resizing(void **state)
{
    (void)state;
    uint64_t at = region_create(10 * PAGE_SIZE, SHIFT_4K, 0);
    struct region *r = region_at(at);
    for (int i = 0; i < 10; i++)
        touch(at + (uint64_t)i * PAGE_SIZE);
    assert_false(region_resize(r, 0));
    assert_false(region_resize(r, UINT64_MAX));
    assert_false(region_resize(r, UINT64_MAX - 8191));
    assert_false(region_resize(r, 10 * MIB)); /* another class: it must move */
    assert_true(region_resize(r, 10 * PAGE_SIZE));
    assert_true(region_resize(r, 4 * PAGE_SIZE + 1));
    check_accounts();
    assert_int_equal(r->pages, 5);
    assert_false(region_fault(at + 5 * PAGE_SIZE, 0));
    assert_true(region_resize(r, 8 * PAGE_SIZE));
    touch(at + 7 * PAGE_SIZE); /* fresh again: zeros */
    assert_int_equal(*(uint8_t *)at, 0xaa);

    uint64_t big = region_create(600 * MIB, SHIFT_4K, 0);
    assert_int_not_equal(big, 0);
    assert_false(region_resize(region_at(big), 1023 * MIB)); /* more than there is */
    check_accounts();
    assert_true(region_resize(region_at(big), 513 * MIB));
    check_accounts();
    region_destroy(region_at(big));
    region_destroy(r);
    check_accounts();
    assert_int_equal(page_get_stats().reserved, 0);
}

static void the_heap(void **state)
{
    (void)state;
    assert_false(region_fault(VM_HEAP, 0));
    assert_int_equal(heap_grow(64 * KIB), 0);
    check_accounts();
    touch(VM_HEAP);
    touch(VM_HEAP + 64 * KIB - 1);
    assert_false(region_fault(VM_HEAP + 64 * KIB, 0));
    assert_int_equal(heap_grow(1ll << 38), -ENOMEM);
    assert_int_equal(heap_grow(INT64_MAX & ~4095ll), -ENOMEM);
    assert_int_equal(heap.pages, 16);
    assert_int_equal(heap_grow(-32 * (int64_t)KIB), 0);
    check_accounts();
    assert_false(region_fault(VM_HEAP + 32 * KIB, 0));
    for (int i = 0; i < 500; i++) { /* in small steps: tables are promised once */
        assert_int_equal(heap_grow(64 * KIB), 0);
        check_accounts();
    }
    assert_true(heap.tables <= heap.pages / 512 + 8);
    assert_int_equal(heap_grow(-(int64_t)heap.pages * 4096), 0);
    check_accounts();
    assert_int_equal(heap.pages, 0);
}

static void failures(void **state)
{
    (void)state;
    refuse_maps = true; /* the table of regions cannot grow */
    assert_int_equal(region_create(1, SHIFT_4K, 0), 0);
    check_accounts();
    refuse_maps = false;
    struct page_stats s = page_get_stats();
    assert_true(page_reserve(s.free)); /* not one page is left */
    assert_int_equal(region_create(1, SHIFT_4K, 0), 0);
    assert_int_equal(heap_grow(4096), -ENOMEM);
    page_unreserve(s.free);
    check_accounts();
    uint64_t at = region_create(1, SHIFT_4K, 0); /* now there is a table */
    s = page_get_stats();
    assert_true(page_reserve(s.free - s.reserved));
    assert_int_equal(region_create(1, SHIFT_4K, 0), 0);
    assert_int_equal(region_create(1, SHIFT_4K, 0), 0);
    page_unreserve(s.free - s.reserved);
    check_accounts();
    touch(at);
    region_destroy(region_at(at));
    assert_int_equal(page_get_stats().reserved, 0);
}

/* Random life: after every step the accounts agree, and at the end nothing is promised. */
static void stress(void **state)
{
    (void)state;
    uint64_t live[40] = {0}, seed = 5;
    for (int i = 0; i < 20000; i++) {
        uint64_t r = next_random(&seed), *at = &live[r % COUNT(live)];
        uint64_t bytes = 1 + (r >> 32) % (r >> 20 & 7 ? 256 * KIB : 40 * MIB);
        struct region *region = *at != 0 ? region_at(*at) : NULL;
        unsigned shift = r >> 24 & 3 ? SHIFT_4K : SHIFT_2M;
        if (region == NULL)
            *at = region_create(bytes, shift, r >> 26 & 7 ? 0 : 1ull << (r >> 40) % 24);
        else if ((r >> 28 & 15) == 0)
            region_destroy(region), *at = 0;
        else if ((r >> 28 & 15) == 1)
            region_resize(region, bytes);
        else if (map_count < COUNT(maps) / 8) {
            uint64_t va = *at + (r >> 8) % (region->pages * PAGE_SIZE);
            uint64_t known = 0;
            for (size_t m = 0; m < map_count; m++)
                known |= va >> maps[m].shift == maps[m].va >> maps[m].shift;
            if (!known)
                assert_true(region_fault(va, 0));
        }
        check_accounts();
    }
    for (size_t i = 0; i < COUNT(live); i++)
        if (live[i] != 0)
            region_destroy(region_at(live[i]));
    check_accounts();
    assert_int_equal(page_get_stats().reserved, 0);
}

#define TEST(f) cmocka_unit_test_setup(f, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(create_and_find), TEST(arguments),         TEST(classes_and_colours),
        TEST(alignment),       TEST(large_pages),       TEST(pieces),
        TEST(resizing),        TEST(the_heap),          TEST(failures),
        TEST(stress),          TEST(freed_after_flush), TEST(deferred),
    };
    return cmocka_run_group_tests_name("region", tests, 0, 0);
}
