/* SPDX-License-Identifier: BSD-2-Clause */
/* The records of pthreads. Slot 1 is main's; the others count on from 2. */
#include "libc/local.h"
#include "mm/page.h"
#include "sched/turnstile.h"
#include <string.h>

/* Records stand in pages, which go back when they are empty: but the last that has room. */
struct chunk {
    struct chunk *next, *prev; /* of those with free records */
    struct pthread *free;
    uint32_t number, used;
    struct pthread records[];
};
#define PER_CHUNK ((PAGE_SIZE - sizeof(struct chunk)) / sizeof(struct pthread))
#define CHUNKS    (THREADS_MAX / PER_CHUNK)

struct mutex pthread_mutex;
struct pthread pthread_main = {.id = 1, .detached = true, .begun = true};
static struct chunk *chunks[CHUNKS]; /* changed with the turnstiles locked, too */
static struct chunk *with_room;
static uint32_t last_slot = 1;

uint32_t pthread_slots_end(void) { return last_slot; }

static void set_chunk(uint32_t number, struct chunk *c)
{
    unsigned long flags = lock_take(&turnstile_lock);
    chunks[number] = c;
    lock_drop(&turnstile_lock, flags);
}

static void add_room(struct chunk *c)
{
    c->prev = 0;
    c->next = with_room;
    if (c->next != 0)
        c->next->prev = c;
    with_room = c;
}

static void remove_room(struct chunk *c)
{
    if (c->prev != 0)
        c->prev->next = c->next;
    else
        with_room = c->next;
    if (c->next != 0)
        c->next->prev = c->prev;
}

static struct chunk *new_chunk(void)
{
    uint32_t number = 0;
    while (number < CHUNKS && chunks[number] != 0)
        number++;
    uint64_t pa = number < CHUNKS ? page_alloc(0) : 0;
    if (pa == 0)
        return 0;
    struct chunk *c = phys_to_virt(pa);
    memset(c, 0, PAGE_SIZE);
    c->number = number;
    for (unsigned i = PER_CHUNK; i-- > 0;) {
        c->records[i].next_free = c->free;
        c->free = &c->records[i];
    }
    add_room(c);
    set_chunk(number, c);
    return c;
}

static struct chunk *chunk_of(const struct pthread *p)
{
    return (struct chunk *)((uintptr_t)p & ~(uintptr_t)(PAGE_SIZE - 1));
}

struct pthread *pthread_new(void)
{
    static uint32_t generation;
    struct pthread *p = 0;
    mutex_lock(&pthread_mutex);
    struct chunk *c = with_room != 0 ? with_room : new_chunk();
    if (c != 0) {
        p = c->free;
        c->free = p->next_free;
        c->used++;
        if (c->free == 0)
            remove_room(c);
        uint32_t slot = (uint32_t)(c->number * PER_CHUNK + (size_t)(p - c->records) + 2);
        p->id = slot | ++generation << 16;
        p->done = 0;
        p->thread = 0;
        p->begun = false;
        if (slot > last_slot)
            last_slot = slot;
        p->detached = p->joining = false;
        p->stack = 0;
        p->affinity = 0;
        p->name[0] = 0;
    }
    mutex_unlock(&pthread_mutex);
    return p;
}

void pthread_free(struct pthread *p)
{
    struct chunk *c = chunk_of(p);
    mutex_lock(&pthread_mutex);
    p->id = 0;
    if (c->free == 0)
        add_room(c);
    p->next_free = c->free;
    c->free = p;
    if (--c->used == 0 && (c->next != 0 || c->prev != 0)) {
        remove_room(c);
        set_chunk(c->number, 0);
        page_free((uint64_t)c - PHYS_BASE, 0);
    }
    mutex_unlock(&pthread_mutex);
}

static struct pthread *record_at(uint32_t slot)
{
    if (slot == pthread_main.id)
        return &pthread_main;
    if (slot < 2 || (slot - 2) / PER_CHUNK >= CHUNKS)
        return 0;
    struct chunk *c = chunks[(slot - 2) / PER_CHUNK];
    return c != 0 ? &c->records[(slot - 2) % PER_CHUNK] : 0;
}

struct pthread *pthread_find(pthread_t id)
{
    struct pthread *p = record_at(id & 0xffff);
    return p != 0 && p->id == id ? p : 0;
}

struct thread *pthread_thread_of(uint32_t slot)
{
    const struct pthread *p = record_at(slot);
    return p != 0 && p->begun ? p->thread : 0;
}

void pthread_forget_values(pthread_key_t key)
{
    mutex_lock(&pthread_mutex);
    ((struct local *)pthread_main.thread->local)->values[key] = 0;
    for (unsigned i = 0; i < CHUNKS * PER_CHUNK; i++) {
        const struct chunk *c = chunks[i / PER_CHUNK];
        if (c == 0) {
            i += PER_CHUNK - 1;
            continue;
        }
        const struct pthread *p = &c->records[i % PER_CHUNK];
        if (p->id != 0 && p->done == 0 && p->thread != 0)
            ((struct local *)p->thread->local)->values[key] = 0;
    }
    mutex_unlock(&pthread_mutex);
}

struct thread *pthread_living(pthread_t id)
{
    struct pthread *p = pthread_find(id);
    return p != 0 && p->done == 0 ? p->thread : 0;
}

pthread_t pthread_self(void) { return local_self()->pthread->id; }

int pthread_equal(pthread_t a, pthread_t b) { return a == b; }
