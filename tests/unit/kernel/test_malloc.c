/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What threads keep of the heap, over a newlib's malloc and regions that are played here: blocks
 * have headers as newlib's have, and each goes back to it once.
 */
#define UNIT_PANIC
#include "unit.h"
#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>
#include "mm/vm.h"
#undef VM_HEAP
#undef VM_HEAP_END
#undef VM_REGIONS
#define VM_HEAP     0x118000100000ull
#define VM_HEAP_END (VM_HEAP + (512ull << 30))
#define VM_REGIONS  0x120000000000ull
#include "one_thread.h"
#include "libc/local.h"
static struct local *self;
#define local_self() self
void *limpet_sbrk(ptrdiff_t delta);
void __malloc_lock(struct _reent *reent);
void __malloc_unlock(struct _reent *reent);
#define malloc limpet_malloc
#define free   limpet_free
#define sbrk   limpet_sbrk
#include "libc/malloc.c"
#undef malloc
#undef free

static int locked;
void __malloc_lock(struct _reent *reent) { locked += reent != NULL; }
void __malloc_unlock(struct _reent *reent) { locked -= reent != NULL; }
void page_keeper_add(struct page_keeper *k) { k->next = NULL; }
bool page_reclaim(void) { return false; }
static unsigned flushes;
void tlb_flush(void) { flushes++; }

/* newlib's malloc: blocks one behind the other, of which a freed one is taken again. */
#define HEAP_BYTES (8ull << 20)
struct region heap = {.base = VM_HEAP, .pages = HEAP_BYTES / PAGE_SIZE, .shift = SHIFT_4K};
static uint64_t top = VM_HEAP + UNIT;
static size_t newlib_blocks; /* in use */
static struct freed *newlib_free[UNITS_MAX + 2];

static uint64_t *header(void *p) { return (uint64_t *)p - 1; }

void *__real__malloc_r(struct _reent *reent, size_t bytes)
{
    assert_ptr_equal(reent, self->reent);
    uint64_t size = (bytes + HEADER + UNIT - 1) / UNIT * UNIT;
    if (size < LEAST)
        size = LEAST;
    struct freed *f = size / UNIT < COUNT(newlib_free) ? newlib_free[size / UNIT] : NULL;
    newlib_blocks++;
    if (f != NULL) {
        newlib_free[size / UNIT] = f->next;
        *(uint64_t *)((char *)f - HEADER + size) |= IN_USE_BEFORE;
        return f;
    }
    f = (struct freed *)top;
    assert_true(top + size + PAGE_SIZE < VM_HEAP + HEAP_BYTES);
    *header(f) = size | IN_USE_BEFORE;
    top += size;
    *header((void *)top) = LEAST | IN_USE_BEFORE;
    return f;
}

void __real__free_r(struct _reent *reent, void *p)
{
    uint64_t size = size_of(p), *behind = (uint64_t *)((char *)p - HEADER + size);
    assert_ptr_equal(reent, self->reent);
    assert_true(*behind & IN_USE_BEFORE);
    *behind &= ~IN_USE_BEFORE;
    newlib_blocks--;
    if (size / UNIT < COUNT(newlib_free)) {
        ((struct freed *)p)->next = newlib_free[size / UNIT];
        newlib_free[size / UNIT] = p;
    }
}

int __real__malloc_trim_r(struct _reent *reent, size_t bytes) { return reent == NULL && bytes; }
struct numbers __real__mallinfo_r(struct _reent *reent)
{
    return (struct numbers){{reent != NULL}};
}
size_t __real__malloc_usable_size_r(struct _reent *reent, void *p)
{
    return reent != NULL ? size_of(p) - HEADER : 0;
}
void *__real__calloc_r(struct _reent *r, size_t n, size_t size)
{
    return __real__malloc_r(r, n * size);
}
void *__real__memalign_r(struct _reent *r, size_t align, size_t bytes)
{
    return align <= UNIT ? __real__malloc_r(r, bytes) : NULL;
}
void *__real__realloc_r(struct _reent *r, void *p, size_t bytes)
{
    return r != NULL && bytes <= size_of(p) - HEADER ? p : NULL;
}
int heap_grow(int64_t delta) { return delta == 0 ? 0 : -ENOMEM; }

/* Regions: numbers without memory. */
static struct region regions[64];
uint64_t region_create(uint64_t bytes, unsigned shift, uint64_t align)
{
    static uint64_t next = VM_REGIONS;
    for (struct region *r = regions; r < regions + COUNT(regions); r++)
        if (r->pages == 0 && align <= PAGE_SIZE && bytes < 1ull << 30) {
            *r = (struct region){.base = next, .pages = (uint32_t)(bytes >> PAGE_SHIFT)};
            r->shift = shift;
            next += 1ull << 30;
            return r->base;
        }
    return 0;
}
struct region *region_at(uint64_t base)
{
    for (struct region *r = regions; r < regions + COUNT(regions); r++)
        if (r->pages != 0 && r->base == base)
            return r;
    return NULL;
}
void region_destroy(struct region *r)
{
    assert_true(r != NULL && r->pages != 0);
    r->pages = 0;
}
bool region_resize(struct region *r, uint64_t bytes)
{
    r->pages = (uint32_t)(bytes >> PAGE_SHIFT);
    return true;
}

static size_t live_regions(void)
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(regions); i++)
        n += regions[i].pages != 0;
    return n;
}

/* Two threads, which take turns. */
static struct _reent reents[2];
static struct local threads[2];

static int set_up(void **state)
{
    static bool mapped;
    (void)state;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE;
    if (!mapped &&
        mmap((void *)VM_HEAP, HEAP_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0) != (void *)VM_HEAP)
        return -1;
    mapped = true;
    for (int i = 0; i < 2; i++) {
        memset(&threads[i], 0, sizeof threads[i]);
        memset(&threads[i].heap, 0xa5, sizeof threads[i].heap); /* is not zeroed in a new thread */
        threads[i].reent = &reents[i];
    }
    self = &threads[0];
    heap_units = HEAP_BYTES / UNIT;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        self = &threads[i];
        heap_leave(self);
    }
    give_back_large();
    assert_int_equal(newlib_blocks, 0);
    assert_int_equal(live_regions(), 0);
    assert_int_equal(locked, 0);
    assert_null(caches);
    return 0;
}

/* A class's block holds what was asked for, wastes at most an eighth, and comes back to it. */
static void test_classes(void **state)
{
    (void)state;
    for (size_t n = 0; n <= BYTES_MAX; n++) {
        void *p = new_small(self, n);
        uint64_t size = size_of(p);
        assert_true(size - HEADER >= n && size - HEADER <= n + n / 8 + 2 * UNIT);
        assert_int_equal(class_of((size - LEAST) / UNIT), class_for(n));
        __real__free_r(self->reent, p);
    }
    assert_int_equal(class_for(BYTES_MAX), HEAP_CLASSES);
}

static void test_random(void **state)
{
    static struct {
        unsigned char *p;
        size_t n;
    } held[500];
    uint64_t random = 1;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        self = &threads[next_random(&random) % 2];
        size_t at = next_random(&random) % COUNT(held);
        unsigned char *p = held[at].p;
        for (size_t k = 0; k < held[at].n; k++)
            assert_int_equal(p[k], (unsigned char)at);
        heap_free(p);
        held[at].n = next_random(&random) % (1ull << next_random(&random) % 13);
        held[at].p = heap_malloc(held[at].n);
        memset(held[at].p, (int)at, held[at].n);
        if (i >= 20000 && i % 5000 == 0) { /* all are held */
            empty_caches();
            assert_int_equal(newlib_blocks, COUNT(held));
        }
        for (uint64_t c = 1; i % 1000 == 0 && self->heap_joined && c <= HEAP_CLASSES; c++) {
            int n = 0;
            for (struct freed *f = self->heap.freed[c]; f != NULL; f = f->next)
                n++;
            assert_int_equal(n + self->heap.room[c], room[c]);
        }
    }
    for (size_t i = 0; i < COUNT(held); i++)
        heap_free(held[i].p);
}

/* Whoever is at its cache keeps it; the others' are empty. */
static void test_busy_ones_are_left(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        self = &threads[i];
        heap_free(heap_malloc(100));
    }
    threads[0].heap_busy = 1;
    unsigned before = flushes;
    empty_caches();
    threads[0].heap_busy = 0;
    assert_int_equal(flushes, before + 1);
    assert_int_equal(newlib_blocks, 1);
    assert_non_null(threads[0].heap.freed[class_for(100)]);
    assert_null(threads[1].heap.freed[class_for(100)]);
}

static void test_large(void **state)
{
    void *p[2 * SLOTS];
    (void)state;
    for (unsigned i = 0; i < COUNT(p); i++)
        assert_non_null(p[i] = heap_malloc(LARGE + i * 65536));
    for (unsigned i = 0; i < COUNT(p); i++)
        heap_free(p[i]);
    assert_int_equal(live_regions(), SLOTS);
    void *again = heap_malloc(LARGE + (COUNT(p) - 1) * 65536);
    assert_ptr_equal(again, p[COUNT(p) - 1]);
    assert_ptr_equal(__wrap__realloc_r(self->reent, again, LARGE), again);
    heap_free(again); /* with the size that it has now */
    void *larger = heap_malloc(2 * LARGE);
    assert_ptr_not_equal(larger, again);
    heap_free(larger);
    size_t before = live_regions();
    void *zeroed = __wrap__calloc_r(self->reent, 1, LARGE);
    assert_int_equal(live_regions(), before + 1); /* a fresh one, whatever is kept */
    heap_free(zeroed);
    void *huge = heap_malloc(2 * KEPT_MAX);
    before = live_regions();
    heap_free(huge);
    assert_int_equal(live_regions(), before - 1);
    assert_null(heap_malloc(SIZE_MAX - 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_classes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_random, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_busy_ones_are_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_large, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
