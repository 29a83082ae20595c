/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc and its family, over newlib's (ld --wrap). Each thread keeps some of the blocks that it
 * freed, by size class, so that most calls want no lock. Large blocks are regions of their own, so
 * that malloc touches no page and free gives all of them back; but the last few are kept as they
 * are. What is freed is looked at first: a heap that was misused ends by name, where it is noticed.
 *
 * A cache is its thread's own without atomics: the thread says that it is busy, and looks only then
 * whether it may be there. Who has malloc's lock closes all caches and has every CPU pass by
 * (tlb_flush()): those that are not busy are its own then. A closed cache sends its thread to the
 * lock.
 */
#include "base/panic.h"
#include "libc/local.h"
#include "mm/page.h"
#include "mm/tlb.h"
#include "mm/vm.h"
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* newlib's own, and ours in their place. */
#define WRAP(type, name, ...)                                                                      \
    type __real_##name(struct _reent *, __VA_ARGS__);                                              \
    type __wrap_##name(struct _reent *, __VA_ARGS__)
WRAP(void *, _malloc_r, size_t);
WRAP(void *, _calloc_r, size_t, size_t);
WRAP(void *, _realloc_r, void *, size_t);
WRAP(void *, _memalign_r, size_t, size_t);
WRAP(void, _free_r, void *);
WRAP(size_t, _malloc_usable_size_r, void *);
WRAP(int, _malloc_trim_r, size_t);
struct mallinfo __wrap__mallinfo_r(struct _reent *);

/*
 * newlib's malloc is Doug Lea's: a block's size and two flags stand before it, and the block behind
 * it tells by one of its flags whether this one is in use. Both are looked at without malloc's
 * lock: of a block in use nobody else changes either, but for the size of a free one behind it. To
 * newlib's a block in a cache is in use.
 */
#define IN_USE_BEFORE 1ul
#define FLAGS         7ul
#define UNIT          16ul /* sizes and addresses of blocks are multiples of it */
#define HEADER        8ul
#define LEAST         32ul /* bytes of a block, its header included */
#define HEAP_MAX      (VM_HEAP_END - VM_HEAP)

/*
 * Size classes, from 1 on: one a unit up to 264 bytes, then eight for each power of two. The table
 * tells how many are smaller than so many units beyond a block's first 8 bytes.
 */
#define UNITS_MAX    256u
#define BYTES_MAX    (UNITS_MAX * UNIT + HEADER)
#define X1(c)        c
#define X2(c)        c, c
#define X4(c)        X2(c), X2(c)
#define X8(c)        X4(c), X4(c)
#define X16(c)       X8(c), X8(c)
#define EIGHT(x, c)  x(c), x(c + 1), x(c + 2), x(c + 3), x(c + 4), x(c + 5), x(c + 6), x(c + 7)
#define CLASSES(...) static const uint8_t smaller[UNITS_MAX + 2] = {0, __VA_ARGS__, HEAP_CLASSES}
CLASSES(EIGHT(X1, 0), EIGHT(X1, 8), EIGHT(X2, 16), EIGHT(X4, 24), EIGHT(X8, 32), EIGHT(X16, 40));
static uint64_t class_for(size_t bytes) { return smaller[(bytes + HEADER - 1) / UNIT] + 1ul; }
static uint64_t class_of(uint64_t more) { return smaller[more + LEAST / UNIT]; } /* than LEAST */

/* Blocks that a thread keeps: of small classes 8 KiB each. */
static const int8_t room[HEAP_CLASSES + 1] = {
    [1 ... 16] = 32, [17 ... 24] = 16, [25 ... 32] = 8, [33 ... 48] = 4};

static struct local *caches; /* malloc's lock is over this list and over what is in closed caches */
static uint64_t heap_units;
static _Noreturn void misused(const void *p, const char *how)
{
    panic("heap misuse: block at 0x%lx %s", (unsigned long)p, how);
}

/* Large blocks: address + LENT + pages of those that are kept, or were and are in use; 0: none. */
#define LARGE    (256u << 10)
#define KEPT_MAX (4u << 20)
#define SLOTS    8
#define PAGES    0x7ffull
#define LENT     0x800ull
_Static_assert(KEPT_MAX / PAGE_SIZE * 5 / 4 < LENT, "one that is lent never fits");
static uint64_t slots[SLOTS];
static uint32_t unfit; /* so many pages were not among those kept, and none was since */

static void *large_new(size_t bytes, size_t align, bool zeroed)
{
    struct local *l = local_self();
    uint64_t pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
    bool may_fit = !zeroed && align <= PAGE_SIZE && bytes <= KEPT_MAX && pages != unfit;
    for (unsigned i = 0; may_fit && i < SLOTS; i++) {
        unsigned at = (l->heap_slot + i) % SLOTS;
        uint64_t word = __atomic_load_n(&slots[at], __ATOMIC_RELAXED);
        if (word % PAGE_SIZE - pages <= pages / 4 && cas(&slots[at], word, word | LENT)) {
            l->heap_slot = (uint16_t)at;
            return (void *)(word & ~(PAGE_SIZE - 1));
        }
    }
    if (may_fit)
        unfit = (uint32_t)pages;
    return (void *)region_create(bytes, heap.shift, align);
}

/* The region of a block to be freed or resized, out of its slot; NULL: newlib's, or kept again. */
static struct region *large_at(const void *p, bool keep)
{
    if ((uint64_t)p < VM_REGIONS)
        return 0;
    struct region *r = region_at((uint64_t)p);
    uint64_t word, other;
    do {
        word = r != 0 && r->slot != 0 ? __atomic_load_n(&slots[r->slot - 1], __ATOMIC_RELAXED) : 0;
        other = word ^ (uint64_t)p;
        if (r == 0 || other <= PAGES)
            misused(p, "is none: freed before, or not what malloc gave");
        if (other > (PAGES | LENT))
            return r;
    } while (!cas(&slots[r->slot - 1], word, keep ? word ^ LENT : 0));
    return keep ? 0 : r;
}

static void let_go(uint64_t word)
{
    if (word != 0 && !(word & LENT))
        region_destroy(region_at(word & ~PAGES));
}

static void give_back_large(void)
{
    for (uint64_t *s = slots; s < slots + SLOTS; s++)
        let_go(__atomic_exchange_n(s, 0, __ATOMIC_ACQ_REL));
}

static __attribute__((noinline)) void free_region(void *p)
{
    static struct page_keeper keeper = {.give_back = give_back_large};
    static uint32_t turn;
    struct region *r = large_at(p, true);
    if (r != 0 && r->pages > KEPT_MAX / PAGE_SIZE) {
        region_destroy(r);
    } else if (r != 0) {
        uint32_t n = __atomic_fetch_add(&turn, 1, __ATOMIC_RELAXED);
        if (n == 0)
            page_keeper_add(&keeper);
        r->slot = n % SLOTS + 1;
        let_go(__atomic_exchange_n(&slots[n % SLOTS], (uint64_t)p + r->pages, __ATOMIC_ACQ_REL));
    }
}

static void large_free(void *p)
{
    uint64_t *s = &slots[local_self()->heap_slot], word = __atomic_load_n(s, __ATOMIC_RELAXED);
    if ((uint64_t)p % PAGE_SIZE != 0 || (word ^ (uint64_t)p ^ LENT) > PAGES ||
        !cas(s, word, word ^ LENT))
        free_region(p);
    unfit = 0;
}

/* What is no multiple of UNIT becomes too large for anything. */
static uint64_t in_units(uint64_t bytes) { return bytes / UNIT | bytes << 60; }
static uint64_t key_of(const struct freed *f) { return (uint64_t)f ^ 0x9d3ac5f17be2680bull; }
static uint64_t size_of(const void *p) { return ((const uint64_t *)p)[-1] & ~FLAGS; }

static inline void check_small(const void *p)
{
    uint64_t at = (uint64_t)p, offset = at - heap.base;
    if (offset >= heap.pages * PAGE_SIZE || at % UNIT != 0)
        misused(p, "is none: not what malloc gave");
    uint64_t size = size_of(p);
    if (size < LEAST || size % UNIT != 0 || size > heap.pages * PAGE_SIZE - offset)
        misused(p, "has no valid size: overwritten from below, or not what malloc gave");
    uint64_t behind = *(const volatile uint64_t *)(at - HEADER + size);
    if (!(behind & IN_USE_BEFORE) || ((const struct freed *)p)->key == key_of(p))
        misused(p, "is free already, or was overwritten at its end");
    if ((behind & ~FLAGS) < HEADER || (behind & ~FLAGS) > HEAP_MAX)
        misused(p, "was overwritten at its end");
}

/* Caches, malloc's lock held. */

static void open_cache(struct local *l, bool open)
{
    l->heap_bytes = open ? BYTES_MAX + 1 : 0;
    l->heap_units = open ? UNITS_MAX : 0;
}

/* Gives newlib's malloc what a full class has beyond so many blocks; 0: what any class has. */
static __attribute__((noinline)) void drain(struct local *l, uint64_t class, int left)
{
    struct freed **end = &l->heap.freed[class], *f;
    for (int i = 0; i < left; i++)
        end = &(*end)->next;
    while ((f = *end) != 0) {
        if (f->key != key_of(f))
            misused(f, "was written to after it was freed");
        *end = f->next;
        f->key = 0;
        check_small(f);
        __real__free_r(local_self()->reent, f);
    }
    l->heap.room[class] = (int8_t)(room[class] - left);
}

static void drain_all(struct local *l)
{
    for (uint64_t c = 1; c <= HEAP_CLASSES; c++)
        drain(l, c, 0);
}

/* But of those that are at theirs just now. */
static void empty_caches(void)
{
    for (struct local *l = caches; l != 0; l = l->heap.next)
        open_cache(l, false);
    tlb_flush();
    for (struct local *l = caches; l != 0; l = l->heap.next) {
        if (l->heap_busy == 0)
            drain_all(l);
        open_cache(l, true);
    }
}

static void join(struct local *l)
{
    l->heap_joined = true;
    memset(l->heap.freed, 0, sizeof l->heap.freed);
    memcpy(l->heap.room, room, sizeof room);
    l->heap.next = caches;
    l->heap.link = &caches;
    if (caches != 0)
        caches->heap.link = &l->heap.next;
    caches = l;
    open_cache(l, true);
}

void heap_leave(struct local *l)
{
    if (!l->heap_joined)
        return;
    __malloc_lock(l->reent);
    open_cache(l, false);
    drain_all(l);
    *l->heap.link = l->heap.next;
    if (l->heap.next != 0)
        l->heap.next->heap.link = l->heap.link;
    __malloc_unlock(l->reent);
}

static void add(struct local *l, struct freed *f, uint64_t class)
{
    f->key = key_of(f);
    f->next = l->heap.freed[class];
    l->heap.freed[class] = f;
}

static __attribute__((noinline)) void free_small(struct local *l, struct freed *f)
{
    uint64_t class = class_of((size_of(f) - LEAST) / UNIT);
    __malloc_lock(l->reent);
    if (!l->heap_joined)
        join(l);
    if (l->heap.room[class] <= 0)
        drain(l, class, room[class] / 2);
    l->heap.room[class]--;
    add(l, f, class);
    __malloc_unlock(l->reent);
}

/* Gets the largest block that is in the class, so that it comes back to it. */
static void *new_small(struct local *l, size_t bytes)
{
    bytes = (bytes + HEADER - 1) / UNIT * UNIT + HEADER;
    while (class_for(bytes + 1) == class_for(bytes))
        bytes += UNIT;
    return __real__malloc_r(l->reent, bytes);
}

static void *new_other(size_t bytes, size_t align, bool zeroed)
{
    struct local *l = local_self();
    return bytes >= LARGE || align != 0 ? large_new(bytes, align, zeroed)
           : bytes <= BYTES_MAX         ? new_small(l, bytes)
                                        : __real__malloc_r(l->reent, bytes);
}

static __attribute__((noinline)) void *try_again(size_t bytes, size_t align, bool zeroed)
{
    void *p = page_reclaim() ? new_other(bytes, align, zeroed) : 0;
    if (p == 0)
        errno = ENOMEM;
    return p;
}

/* What no cache has. */
static __attribute__((noinline)) void *new_block(size_t bytes)
{
    return new_other(bytes, 0, false) ?: try_again(bytes, 0, false);
}

/* Between the two the running thread is at its cache, if that is open. Compilers must not move
 * anything out, and, in between, read words again instead of keeping them: fewer instructions. */
static void busy(struct local *l, uint32_t now)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    l->heap_busy = now;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void *heap_malloc(size_t bytes)
{
    struct local *l = local_self();
    busy(l, 1);
    if (bytes < l->heap_bytes) {
        uint64_t class = class_for(bytes);
        struct freed *f = l->heap.freed[class];
        if (f != 0) {
            l->heap.freed[class] = f->next;
            l->heap.room[class]++;
            f->key = 0;
            busy(l, 0);
            return f;
        }
    }
    busy(l, 0);
    return new_block(bytes);
}

/* A block as it should be (check_small() tells what it is not), in a class that has room. */
static bool keep(struct local *l, struct freed *f)
{
    uint64_t at = in_units((uint64_t)f - heap.base);
    if (at >= heap_units)
        return false;
    __atomic_signal_fence(__ATOMIC_SEQ_CST); /* fewer instructions when it is read again */
    uint64_t size = ((const uint64_t *)f)[-1] & ~IN_USE_BEFORE, more = in_units(size - LEAST);
    if (more >= l->heap_units || at + more + LEAST / UNIT >= heap_units)
        return false;
    uint64_t behind = *(const uint64_t *)((uint64_t)f - HEADER + size);
    if (in_units(behind - UNIT - IN_USE_BEFORE) > INT32_MAX || f->key == key_of(f))
        return false;
    uint64_t class = class_of(more);
    if (--l->heap.room[class] < 0)
        return false;
    add(l, f, class);
    return true;
}

static __attribute__((noinline)) void free_block(void *p)
{
    struct local *l = local_self();
    if (p == 0)
        return;
    if ((uint64_t)p >= VM_REGIONS) {
        large_free(p);
        return;
    }
    check_small(p);
    if (size_of(p) - LEAST < UNITS_MAX * UNIT)
        free_small(l, p);
    else
        __real__free_r(l->reent, p);
}

static void heap_free(void *p)
{
    struct local *l = local_self();
    busy(l, 1);
    bool kept = keep(l, p);
    busy(l, 0);
    if (!kept)
        free_block(p);
}

/* An app may have its own. */
void *malloc(size_t bytes) __attribute__((weak, alias("heap_malloc")));
void free(void *p) __attribute__((weak, alias("heap_free")));

void *__wrap__malloc_r(struct _reent *reent, size_t bytes)
{
    (void)reent;
    return heap_malloc(bytes);
}

void __wrap__free_r(struct _reent *reent, void *p)
{
    (void)reent;
    heap_free(p);
}

void *__wrap__calloc_r(struct _reent *reent, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        bytes = SIZE_MAX;
    if (bytes >= LARGE)
        return new_other(bytes, 0, true) ?: try_again(bytes, 0, true);
    if (bytes > BYTES_MAX)
        return __real__calloc_r(reent, n, size);
    void *p = heap_malloc(bytes);
    return p != 0 ? memset(p, 0, bytes) : 0;
}

void *__wrap__memalign_r(struct _reent *reent, size_t align, size_t bytes)
{
    /* newlib's asks its malloc for both together, and must not be given a region for that */
    if (bytes >= LARGE / 2 || align >= LARGE / 2)
        return new_other(bytes, align, false) ?: try_again(bytes, align, false);
    return __real__memalign_r(reent, align, bytes);
}

size_t __wrap__malloc_usable_size_r(struct _reent *reent, void *p)
{
    struct region *r = large_at(p, false);
    return r != 0 ? r->pages * 4096ull : __real__malloc_usable_size_r(reent, p);
}

void *__wrap__realloc_r(struct _reent *reent, void *p, size_t bytes)
{
    if (p == 0)
        return heap_malloc(bytes);
    struct region *r = large_at(p, false);
    void *fresh = 0;
    if (r != 0 && bytes >= LARGE && region_resize(r, bytes))
        return p;
    if (r == 0)
        check_small(p);
    if (r == 0 && bytes < LARGE)
        fresh = __real__realloc_r(reent, p, bytes);
    if (fresh == 0 && (fresh = heap_malloc(bytes)) != 0) {
        size_t old = __wrap__malloc_usable_size_r(reent, p);
        memcpy(fresh, p, old < bytes ? old : bytes);
        heap_free(p);
    }
    return fresh;
}

/* What is kept is free to those who ask, and goes back when memory is short. */

int __wrap__malloc_trim_r(struct _reent *reent, size_t bytes)
{
    give_back_large();
    __malloc_lock(reent);
    empty_caches();
    int given = __real__malloc_trim_r(reent, bytes);
    __malloc_unlock(reent);
    return given;
}

/* newlib's own, whose header has other types. */
struct numbers {
    unsigned n[10];
} __real__mallinfo_r(struct _reent *);

struct mallinfo __wrap__mallinfo_r(struct _reent *reent)
{
    __wrap__malloc_trim_r(reent, 0);
    struct numbers i = __real__mallinfo_r(reent);
    return (struct mallinfo){i.n[0], i.n[1], 0, 0, 0, 0, 0, i.n[7], i.n[8], i.n[9]};
}

static struct thread *volatile moves_the_break; /* in newlib's malloc, most likely: leave that be */

static void give_back(void)
{
    if (moves_the_break != thread_self())
        __wrap__malloc_trim_r(local_self()->reent, 0);
}

/* newlib's malloc, which has its lock then, and whoever else wants. */
void *sbrk(ptrdiff_t delta)
{
    static struct page_keeper keeper = {.give_back = give_back};
    static uint64_t brk;
    struct _reent *reent = local_self()->reent;
    __malloc_lock(reent);
    if (brk == 0) {
        brk = heap.base;
        page_keeper_add(&keeper);
    }
    uint64_t old = brk, fresh = old + (uint64_t)delta, page = 1ull << heap.shift;
    uint64_t end = (fresh + page - 1) & ~(page - 1);
    int64_t grow = (int64_t)(end - heap.base - heap.pages * PAGE_SIZE);
    bool ok = delta >= 0 ? fresh >= old : fresh < old && fresh >= heap.base;
    moves_the_break = thread_self();
    ok = ok && (grow == 0 || heap_grow(grow) == 0);
    moves_the_break = 0;
    if (ok)
        brk = fresh;
    else
        errno = ENOMEM;
    heap_units = heap.pages * (PAGE_SIZE / UNIT);
    __malloc_unlock(reent);
    return ok ? (void *)old : (void *)-1;
}
