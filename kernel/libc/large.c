/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large allocations: each a region of its own, so that malloc touches no page and free gives all of
 * them back. newlib's malloc, which these wrap (ld --wrap), keeps the smaller ones. What is freed
 * is looked at first: a heap that was misused ends by name, where it is noticed.
 */
#include "mm/page.h"
#include "base/panic.h"
#include "mm/vm.h"
#include <errno.h>
#include <malloc.h>
#include <reent.h>
#include <stdlib.h>
#include <string.h>

#define LARGE (256u << 10)

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

static void *new_large(struct _reent *reent, size_t bytes, size_t align)
{
    uint64_t base = region_create(bytes, heap.shift, align);
    if (base == 0 && _malloc_trim_r(reent, 0)) /* what newlib's malloc keeps at its end goes back */
        base = region_create(bytes, heap.shift, align);
    if (base == 0)
        reent->_errno = ENOMEM;
    return (void *)base;
}

static _Noreturn void misused(const void *p, const char *how)
{
    panic("heap misuse: block at 0x%lx %s", (unsigned long)p, how);
}

/* The region of a block that is about to be freed or resized; NULL: it is newlib's. */
static struct region *large(const void *p)
{
    if ((uint64_t)p < VM_REGIONS)
        return 0;
    struct region *r = region_at((uint64_t)p);
    if (r == 0)
        misused(p, "is none: freed before, or not what malloc gave");
    return r;
}

/*
 * newlib's malloc is Doug Lea's: a block's size and two flags stand before it, and the block behind
 * it tells by one of its flags whether this one is in use. Both are looked at without malloc's
 * lock: of a block in use nobody else changes either, but for the size of a free one behind it.
 */
#define IN_USE_BEFORE 1ul
#define FLAGS         7ul
#define LEAST         32ul /* bytes of a block, its header included */
#define HEAP_MAX      (VM_HEAP_END - VM_HEAP)

static void check_small(const void *p)
{
    uint64_t at = (uint64_t)p, offset = at - heap_base;
    if (offset >= heap.pages * PAGE_SIZE || at % 16 != 0)
        misused(p, "is none: not what malloc gave");
    uint64_t size = ((const uint64_t *)p)[-1] & ~FLAGS;
    if (size < LEAST || size % 16 != 0 || size > heap.pages * PAGE_SIZE - offset)
        misused(p, "has no valid size: overwritten from below, or not what malloc gave");
    uint64_t behind = *(const volatile uint64_t *)(at - 8 + size);
    if (!(behind & IN_USE_BEFORE))
        misused(p, "is free already, or was overwritten at its end");
    if ((behind & ~FLAGS) < LEAST / 2 || (behind & ~FLAGS) > HEAP_MAX)
        misused(p, "was overwritten at its end");
}

void *__wrap__malloc_r(struct _reent *reent, size_t bytes)
{
    return bytes >= LARGE ? new_large(reent, bytes, 0) : __real__malloc_r(reent, bytes);
}

void *__wrap__calloc_r(struct _reent *reent, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes)) {
        reent->_errno = ENOMEM;
        return 0;
    }
    /* a region's pages are zeroed when they come: there is nothing to clear */
    return bytes >= LARGE ? new_large(reent, bytes, 0) : __real__calloc_r(reent, n, size);
}

void *__wrap__memalign_r(struct _reent *reent, size_t align, size_t bytes)
{
    /* newlib's asks its malloc for both together, and must not be given a region for that */
    if (bytes >= LARGE / 2 || align >= LARGE / 2)
        return new_large(reent, bytes, align);
    return __real__memalign_r(reent, align, bytes);
}

void __wrap__free_r(struct _reent *reent, void *p)
{
    if (p == 0)
        return;
    struct region *r = large(p);
    if (r != 0) {
        region_destroy(r);
    } else {
        check_small(p);
        __real__free_r(reent, p);
    }
}

size_t __wrap__malloc_usable_size_r(struct _reent *reent, void *p)
{
    struct region *r = large(p);
    return r != 0 ? r->pages * 4096ull : __real__malloc_usable_size_r(reent, p);
}

void *__wrap__realloc_r(struct _reent *reent, void *p, size_t bytes)
{
    if (p == 0)
        return __wrap__malloc_r(reent, bytes);
    struct region *r = large(p);
    if (r == 0)
        check_small(p);
    if (r == 0 && bytes < LARGE)
        return __real__realloc_r(reent, p, bytes);
    if (r != 0 && bytes >= LARGE && region_resize(r, bytes))
        return p;
    if (bytes == 0) {
        __wrap__free_r(reent, p);
        return 0;
    }
    void *fresh = __wrap__malloc_r(reent, bytes);
    if (fresh != 0) {
        size_t old = __wrap__malloc_usable_size_r(reent, p);
        memcpy(fresh, p, old < bytes ? old : bytes);
        __wrap__free_r(reent, p);
    }
    return fresh;
}
