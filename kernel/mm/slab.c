/* SPDX-License-Identifier: BSD-2-Clause */
/* Small blocks of memory: see slab.h. */
#include "mm/slab.h"
#include "mm/page.h"

#define STEP 16u /* bytes between two size classes; also how blocks are aligned */

struct block {
    struct block *next;
};

/* At the start of its page; its blocks follow. */
struct slab {
    struct slab *next, *prev; /* in the list of its class, while it has free blocks */
    struct block *free;       /* blocks that came back */
    uint16_t used;            /* blocks that are out */
    uint16_t carved; /* bytes of the page that were ever given out, this struct's included */
};
_Static_assert(sizeof(struct slab) % STEP == 0, "blocks are aligned");

static struct slab *with_room[SLAB_MAX / STEP + 1]; /* by class: the size in steps */

static size_t class_of(size_t bytes) { return (bytes + STEP - 1) / STEP; }

static void list_add(size_t class, struct slab *s)
{
    s->prev = 0;
    s->next = with_room[class];
    if (s->next != 0)
        s->next->prev = s;
    with_room[class] = s;
}

static void list_remove(size_t class, struct slab *s)
{
    if (s->prev != 0)
        s->prev->next = s->next;
    else
        with_room[class] = s->next;
    if (s->next != 0)
        s->next->prev = s->prev;
}

static bool has_room(const struct slab *s, size_t size)
{
    return s->free != 0 || s->carved + size <= PAGE_SIZE;
}

void *slab_alloc(size_t bytes)
{
    size_t class = class_of(bytes), size = class * STEP;
    struct slab *s = with_room[class];
    if (s == 0) {
        uint64_t pa = page_alloc(0);
        if (pa == 0)
            return 0;
        s = phys_to_virt(pa);
        *s = (struct slab){.carved = sizeof *s};
        list_add(class, s);
    }
    void *block = s->free;
    if (block != 0) {
        s->free = s->free->next;
    } else {
        block = (char *)s + s->carved;
        s->carved += (uint16_t)size;
    }
    s->used++;
    if (!has_room(s, size))
        list_remove(class, s);
    return block;
}

void slab_free(void *block, size_t bytes)
{
    size_t class = class_of(bytes), size = class * STEP;
    struct slab *s = (struct slab *)((uintptr_t)block & ~(uintptr_t)(PAGE_SIZE - 1));
    struct block *b = block;
    if (!has_room(s, size))
        list_add(class, s);
    b->next = s->free;
    s->free = b;
    if (--s->used == 0) {
        list_remove(class, s);
        page_free((uint64_t)s - PHYS_BASE, 0);
    }
}
