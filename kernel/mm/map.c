/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings: see map.h. Changes are one at a time (the mutex); what a page fault looks at, the tree
 * of areas and their page-table entries, changes under a spin lock.
 *
 * A promised area has as many pages reserved as it has none of its own. A private mapping of a file
 * shows the file's pages (VM_LENT, without VM_WRITE) until it writes to one, which is a page of its
 * own from then on.
 */
#include "mm/map.h"
#include "base/lock.h"
#include "mm/area.h"
#include "mm/page.h"
#include "mm/tlb.h"
#include "sched/mutex.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define STACK_OF_MAPS 3072               /* bytes that a tree as deep as it may get takes */
#define TABLE         (1ull << SHIFT_2M) /* what a table of 4 KiB pages is for */
#define ACCESS        (VM_READ | VM_WRITE | VM_EXEC)

static struct {
    struct lock lock;
    struct area *tree;
    uint32_t version; /* changes with the tree */
    struct area *unused;
} maps;
static struct mutex mutex;

static uint64_t pages_of(const struct area *a) { return (a->end - a->start) >> PAGE_SHIFT; }

static struct area *new_area(void)
{
    uint64_t pa = maps.unused == NULL ? page_alloc(0) : 0;
    if (pa != 0)
        for (struct area *a = phys_to_virt(pa), *end = a + PAGE_SIZE / sizeof *a; a < end; a++) {
            a->right = maps.unused;
            maps.unused = a;
        }
    struct area *a = maps.unused;
    if (a != NULL)
        maps.unused = a->right;
    return a;
}

static void let_go(struct map_file *f)
{
    if (f != NULL && --f->mapped == 0)
        f->gone(f);
}

static void drop_area(struct area *a)
{
    let_go(a->file);
    a->right = maps.unused;
    maps.unused = a;
}

static unsigned long change_begin(void)
{
    arch_touch_stack(STACK_OF_MAPS); /* a fault of the stack's own takes the lock, too */
    unsigned long flags = lock_take(&maps.lock);
    maps.version++;
    return flags;
}

static void change_end(unsigned long flags) { lock_drop(&maps.lock, flags); }

/* From now on an area begins at va, if one lies there. */
static int cut(uint64_t va)
{
    struct area *a = area_find(maps.tree, va, false), *b;
    if (a == NULL || a->start == va)
        return 0;
    if ((b = new_area()) == NULL)
        return -ENOMEM;
    unsigned long flags = change_begin();
    *b = *a;
    b->start = va;
    b->offset += va - a->start;
    if (b->file != NULL)
        b->file->mapped++;
    area_resize(&maps.tree, a, a->start, va);
    area_insert(&maps.tree, b);
    change_end(flags);
    return 0;
}

static bool alike(const struct area *a, const struct area *b)
{
    return a->end == b->start && a->rights == b->rights && a->most == b->most &&
           a->shared == b->shared && a->promised == b->promised && a->scarce == b->scarce &&
           a->file == b->file && (a->file == NULL || b->offset - a->offset == a->end - a->start);
}

/* The two areas that meet at va become one, if there is no telling them apart. */
static void join(uint64_t va)
{
    struct area *b = area_find(maps.tree, va, false);
    struct area *a = b != NULL && b->start == va ? area_find(maps.tree, va - 1, false) : NULL;
    if (a == NULL || !alike(a, b))
        return;
    uint64_t end = b->end;
    unsigned long flags = change_begin();
    area_remove(&maps.tree, b);
    area_resize(&maps.tree, a, a->start, end);
    change_end(flags);
    drop_area(b);
}

/* Areas begin and end at both. */
static int cut_out(uint64_t start, uint64_t end)
{
    int error = cut(start);
    return error != 0 ? error : cut(end);
}

/* The file is told if some of its pages there were written to since the last time; last: they go.
 */
static bool tell_file(const struct area *a, uint64_t start, uint64_t end, bool last)
{
    if (a->file == NULL || !a->shared ||
        !(last ? paging_is_dirty(start, end) : paging_clean(start, end) != 0))
        return false;
    a->file->written(a->file);
    return true;
}

/* The areas of [start, end), at both of which areas begin and end, go, with their pages. */
static void take_out(uint64_t start, uint64_t end)
{
    struct area *list = NULL, *a;
    bool hidden = false;
    while ((a = area_find(maps.tree, start, true)) != NULL && a->start < end) {
        unsigned long flags = change_begin();
        area_remove(&maps.tree, a);
        change_end(flags);
        hidden |= paging_hide(a->start, a->end, UINT64_MAX) != 0;
        a->right = list;
        list = a;
    }
    if (hidden)
        tlb_flush();
    while ((a = list) != NULL) {
        list = a->right;
        tell_file(a, a->start, a->end, true);
        uint64_t own = hidden ? paging_release(a->start, a->end, false) : 0;
        if (a->promised)
            page_unreserve(pages_of(a) - own);
        drop_area(a);
    }
}

/* Promises so many pages, and all their tables; they are to be at start. */
static int promise(uint64_t start, uint64_t bytes)
{
    if (!page_reserve(bytes >> PAGE_SHIFT))
        return -ENOMEM;
    int error = paging_prepare(start, start + bytes);
    if (error != 0)
        page_unreserve(bytes >> PAGE_SHIFT);
    return error;
}

/* With these rights: is what is written there its own, and to be promised? */
static bool wants_promise(const struct area *a, unsigned rights)
{
    return rights & VM_WRITE && !a->scarce && !a->promised && (a->file == NULL || !a->shared);
}

static bool is_free(uint64_t start, uint64_t bytes)
{
    const struct area *next = area_find(maps.tree, start, true);
    return next == NULL || next->start >= start + bytes;
}

static bool within(uint64_t start, uint64_t bytes)
{
    return start >= VM_MAPS && bytes <= VM_REGIONS - VM_MAPS && start <= VM_REGIONS - bytes;
}

static int choose_place(struct map *m)
{
    bool possible = within(m->start, m->bytes);
    if (m->fixed)
        return !possible ? -ENOMEM : m->keep && !is_free(m->start, m->bytes) ? -EEXIST : 0;
    if (!possible || !is_free(m->start, m->bytes))
        m->start = area_room(maps.tree, VM_MAPS, VM_REGIONS, m->bytes);
    return m->start != 0 ? 0 : -ENOMEM;
}

static const struct vm_others others;

static int add(struct map *m)
{
    int error = choose_place(m);
    if (error != 0)
        return error;
    uint64_t start = m->start, end = start + m->bytes;
    struct area *a = new_area();
    if (a == NULL)
        return -ENOMEM;
    *a = (struct area){.start = start,
                       .end = end,
                       .rights = (uint8_t)m->rights,
                       .most = (uint8_t)m->most,
                       .shared = m->shared,
                       .scarce = m->scarce,
                       .file = m->file,
                       .offset = m->offset};
    if (wants_promise(a, m->rights)) {
        error = promise(start, m->bytes);
        a->promised = error == 0;
    }
    if (error == 0)
        error = cut_out(start, end);
    if (error != 0) {
        if (a->promised)
            page_unreserve(pages_of(a));
        a->file = NULL; /* its caller sees to that */
        drop_area(a);
        return error;
    }
    take_out(start, end);
    unsigned long flags = change_begin();
    area_insert(&maps.tree, a);
    change_end(flags);
    join(end);
    join(start);
    vm_others = &others;
    return 0;
}

int map_add(struct map *m)
{
    mutex_lock(&mutex);
    if (m->file != NULL)
        m->file->mapped++;
    int error = add(m);
    if (error != 0)
        let_go(m->file);
    mutex_unlock(&mutex);
    return error;
}

int map_remove(uint64_t start, uint64_t bytes)
{
    if (!within(start, bytes))
        return -EINVAL;
    mutex_lock(&mutex);
    int error = cut_out(start, start + bytes);
    if (error == 0)
        take_out(start, start + bytes);
    mutex_unlock(&mutex);
    return error;
}

void map_sync(uint64_t start, uint64_t bytes)
{
    uint64_t end = start + bytes;
    const struct area *a;
    bool any = false;
    mutex_lock(&mutex);
    for (; (a = area_find(maps.tree, start, true)) != NULL && a->start < end; start = a->end)
        any |=
            tell_file(a, a->start > start ? a->start : start, a->end < end ? a->end : end, false);
    mutex_unlock(&mutex);
    if (any)
        tlb_flush();
}

/* Of all areas in [start, end) the least that any may be; ACCESS: of all. False: there is a gap. */
static bool covers(uint64_t start, uint64_t end, unsigned *most)
{
    *most = ACCESS;
    while (start < end) {
        const struct area *a = area_find(maps.tree, start, false);
        if (a == NULL)
            return false;
        *most &= a->most;
        start = a->end;
    }
    return true;
}

bool map_covers(uint64_t start, uint64_t bytes)
{
    unsigned most;
    mutex_lock(&mutex);
    bool all = within(start, bytes) && covers(start, start + bytes, &most);
    mutex_unlock(&mutex);
    return all;
}

static int protect_area(struct area *a, unsigned rights)
{
    uint64_t own = 0;
    bool more = wants_promise(a, rights);
    if (more && promise(a->start, a->end - a->start) != 0)
        return -ENOMEM;
    unsigned long flags = change_begin();
    a->rights = (uint8_t)rights;
    a->promised |= more;
    if (more)
        own = paging_count(a->start, a->end);
    change_end(flags);
    page_unreserve(own);
    for (uint64_t at = a->start, next; at < a->end; at = next) {
        next = (at | (TABLE - 1)) + 1;
        flags = lock_take(&maps.lock);
        paging_protect(at, next < a->end ? next : a->end, rights, a->shared);
        lock_drop(&maps.lock, flags);
    }
    return 0;
}

static int protect(uint64_t start, uint64_t end, unsigned rights)
{
    unsigned most;
    if (!covers(start, end, &most))
        return -ENOMEM;
    if (rights & ~most)
        return -EACCES;
    int error = cut_out(start, end);
    bool less = false;
    for (uint64_t at = start; at < end && error == 0;) {
        struct area *a = area_find(maps.tree, at, false);
        at = a->end;
        less |= a->rights & ~rights;
        if (a->rights != rights)
            error = protect_area(a, rights);
        join(a->start);
    }
    join(end);
    if (less)
        tlb_flush();
    return error;
}

int map_protect(uint64_t start, uint64_t bytes, unsigned rights)
{
    if (!within(start, bytes))
        return -ENOMEM;
    mutex_lock(&mutex);
    int error = protect(start, start + bytes, rights);
    mutex_unlock(&mutex);
    return error;
}

/*
 * The pages of [start, end), in one area and in one table, go. Meanwhile nobody else runs on this
 * CPU, and others that touch them try again, which takes no longer than that.
 */
static void discard(struct area *a, uint64_t start, uint64_t end)
{
    unsigned long flags = change_begin();
    a->busy = true;
    lock_leave(&maps.lock);
    if (paging_hide(start, end, UINT64_MAX) != 0)
        tlb_flush();
    paging_release(start, end, a->promised);
    lock_enter(&maps.lock);
    a->busy = false;
    lock_drop(&maps.lock, flags);
}

/* The pages of an area from start on, up to end. */
static void discard_all(struct area *a, uint64_t start, uint64_t end)
{
    end = end < a->end ? end : a->end;
    for (uint64_t next; start < end; start = next) {
        next = (start | (TABLE - 1)) + 1;
        discard(a, start, next < end ? next : end);
    }
}

int map_discard(uint64_t start, uint64_t bytes)
{
    unsigned most;
    uint64_t end = start + bytes;
    if (!within(start, bytes))
        return -ENOMEM;
    mutex_lock(&mutex);
    int error = covers(start, end, &most) ? 0 : -ENOMEM;
    for (struct area *a; error == 0 && start < end; start = a->end) {
        a = area_find(maps.tree, start, false);
        discard_all(a, start, end);
    }
    mutex_unlock(&mutex);
    return error;
}

/* The next area that shows f from that offset on; where it does is *start. */
static struct area *next_of(const struct map_file *f, uint64_t from, uint64_t at, uint64_t *start)
{
    struct area *a;
    while ((a = area_find(maps.tree, at, true)) != NULL) {
        uint64_t skip = from > a->offset ? from - a->offset : 0;
        *start = a->start + skip;
        if (a->file == f && skip < a->end - a->start)
            break;
        at = a->end;
    }
    return a;
}

void map_change(struct map_file *f, uint64_t from, void (*change)(void *), void *argument)
{
    uint64_t start;
    mutex_lock(&mutex);
    unsigned long flags = change_begin(); /* as in discard() */
    for (struct area *a, *next = next_of(f, from, VM_MAPS, &start); (a = next) != NULL;
         next = next_of(f, from, a->end, &start))
        a->busy = true;
    lock_leave(&maps.lock);
    for (struct area *a, *next = next_of(f, from, VM_MAPS, &start); (a = next) != NULL;
         next = next_of(f, from, a->end, &start))
        paging_hide(start, a->end, UINT64_MAX);
    tlb_flush();
    change(argument);
    for (struct area *a, *next = next_of(f, from, VM_MAPS, &start); (a = next) != NULL;
         next = next_of(f, from, a->end, &start))
        paging_release_lent(start, a->end);
    lock_enter(&maps.lock);
    for (struct area *a, *next = next_of(f, from, VM_MAPS, &start); (a = next) != NULL;
         next = next_of(f, from, a->end, &start))
        a->busy = false;
    lock_drop(&maps.lock, flags);
    mutex_unlock(&mutex);
}

static bool fault(uint64_t va, uint64_t error);

int map_populate(uint64_t start, uint64_t bytes)
{
    bool ok = within(start, bytes);
    mutex_lock(&mutex);
    for (uint64_t va = start; ok && va < start + bytes; va += PAGE_SIZE) {
        arch_touch_stack(STACK_OF_MAPS);
        unsigned long flags = interrupts_save();
        ok = fault(va, 0);
        interrupts_restore(flags);
    }
    mutex_unlock(&mutex);
    return ok ? 0 : -ENOMEM;
}

/* The pages of a become those of b, as far as there are any; nobody can touch either. */
static void move_pages(const struct area *a, const struct area *b)
{
    paging_hide(a->start, a->end, UINT64_MAX);
    tlb_flush();
    for (uint64_t from = a->start, to = b->start; from < a->end;
         from += PAGE_SIZE, to += PAGE_SIZE) {
        unsigned rights;
        unsigned long flags = interrupts_save();
        uint64_t pa = paging_page(from, &rights);
        if (pa != 0) {
            unsigned allowed = rights & VM_LENT && !b->shared ? ~VM_WRITE : ~0u;
            paging_put(to, pa, rights | (b->rights & allowed)); /* its table is there */
            paging_put(from, pa, VM_LENT);
        }
        interrupts_restore(flags);
    }
    paging_release(a->start, a->end, false);
}

/* a goes to where there is room for so many bytes. */
static int move(struct area *a, uint64_t bytes, uint64_t *start)
{
    uint64_t more = bytes - (a->end - a->start);
    uint64_t place = area_room(maps.tree, VM_MAPS, VM_REGIONS, bytes);
    if (place == 0 || paging_prepare(place, place + bytes) != 0)
        return -ENOMEM;
    if (a->promised && !page_reserve(more >> PAGE_SHIFT))
        return -ENOMEM;
    unsigned long flags = change_begin();
    area_remove(&maps.tree, a);
    change_end(flags);
    struct area b = *a;
    b.start = place;
    b.end = place + bytes;
    move_pages(a, &b);
    flags = change_begin();
    *a = b;
    area_insert(&maps.tree, a);
    change_end(flags);
    *start = place;
    join(place + bytes);
    join(place);
    return 0;
}

static int resize(uint64_t *start, uint64_t bytes, uint64_t larger, bool may_move)
{
    uint64_t more = larger - bytes, end = *start + bytes;
    struct area *a = area_find(maps.tree, *start, false);
    if (a == NULL || a->end < end)
        return -EFAULT;
    int error = cut_out(*start, end);
    if (error != 0)
        return error;
    a = area_find(maps.tree, *start, false);
    if (!is_free(end, more) || larger > VM_REGIONS - *start)
        return may_move ? move(a, larger, start) : -ENOMEM;
    if (a->promised && (error = promise(end, more)) != 0)
        return error;
    unsigned long flags = change_begin();
    area_resize(&maps.tree, a, a->start, a->end + more);
    change_end(flags);
    join(*start + larger);
    join(*start);
    return 0;
}

int map_resize(uint64_t *start, uint64_t bytes, uint64_t larger, bool may_move)
{
    if (!within(*start, bytes))
        return -EFAULT;
    if (larger > VM_REGIONS - VM_MAPS)
        return -ENOMEM;
    if (larger <= bytes)
        return larger < bytes ? map_remove(*start + larger, bytes - larger) : 0;
    mutex_lock(&mutex);
    int error = resize(start, bytes, larger, may_move);
    mutex_unlock(&mutex);
    return error;
}

/* Page faults: interrupts are off. */

static bool allowed(const struct area *a, uint64_t error)
{
    unsigned wanted = error & FAULT_FETCH ? VM_EXEC : error & FAULT_WRITE ? VM_WRITE : VM_READ;
    return a != NULL && (a->rights & wanted || (wanted == VM_READ && a->rights & ACCESS));
}

static uint64_t offset_of(const struct area *a, uint64_t va) { return a->offset + va - a->start; }

/* What is to become of a fault. */
struct answer {
    enum { DONE, REFUSED, WANTS_PAGE } what;
    uint64_t from; /* the page that its own begins as a copy of; 0: as zeros */
    bool lent;     /* that page stands there */
    bool promised;
    unsigned rights;
    uint32_t version;
};

/* A page of the file that stands nowhere in a yet. */
static void show_file(struct answer *x, const struct area *a, uint64_t va, bool write)
{
    struct map_file *f = a->file;
    uint64_t pa = 0;
    if (offset_of(a, va) < f->size(f))
        pa = f->page(f, offset_of(a, va), a->shared && a->rights & VM_WRITE);
    x->from = pa;
    if (pa == 0)
        x->what = REFUSED;
    else if (write && !a->shared)
        x->what = WANTS_PAGE;
    else if (paging_put(va, pa, VM_LENT | (a->rights & (a->shared ? ~0u : ~VM_WRITE))) != 0)
        x->what = REFUSED;
}

/* The lock is held. */
static struct answer look(uint64_t va, uint64_t error)
{
    const struct area *a = area_find(maps.tree, va, false);
    struct answer x = {.what = DONE};
    if (!allowed(a, error))
        return (struct answer){.what = REFUSED};
    if (a->busy)
        return x;
    unsigned rights;
    uint64_t pa = paging_page(va, &rights);
    bool write = error & FAULT_WRITE, mine = !(rights & VM_LENT) || a->shared;
    x.promised = a->promised;
    x.rights = a->rights;
    x.version = maps.version;
    if (pa == 0 && a->file == NULL) {
        x.what = WANTS_PAGE;
    } else if (pa == 0) {
        show_file(&x, a, va, write);
    } else if (mine) { /* another CPU was faster, or is changing its rights */
        paging_put(va, pa, (rights & VM_LENT) | a->rights);
    } else if (write || !(rights & ACCESS)) {
        x.what = WANTS_PAGE;
        x.from = pa;
        x.lent = true;
        paging_put(va, pa, VM_LENT); /* hidden: nobody reads it any more, once all know */
    }
    return x;
}

static bool give_page(uint64_t va, const struct answer *x)
{
    uint64_t pa = x->promised ? page_alloc_reserved(0) : page_alloc(0);
    if (pa == 0)
        return false;
    if (x->lent)
        tlb_flush();
    if (x->from == 0)
        memset(phys_to_virt(pa), 0, PAGE_SIZE);
    lock_enter(&maps.lock);
    unsigned rights;
    bool same = maps.version == x->version && paging_page(va, &rights) == (x->lent ? x->from : 0);
    if (same && x->from != 0) /* it stays there while nothing changes */
        memcpy(phys_to_virt(pa), phys_to_virt(x->from), PAGE_SIZE);
    int error = same ? paging_put(va, pa, x->rights) : 0;
    lock_leave(&maps.lock);
    if (same && error == 0) {
        tlb_count_fault(PAGE_SIZE);
        return true;
    }
    if (x->promised)
        page_return(pa, 0);
    else
        page_free(pa, 0);
    return error == 0; /* it is looked at again */
}

static bool fault(uint64_t va, uint64_t error)
{
    va &= ~(PAGE_SIZE - 1);
    lock_enter(&maps.lock);
    struct answer x = look(va, error);
    lock_leave(&maps.lock);
    return x.what == DONE || (x.what == WANTS_PAGE && give_page(va, &x));
}

static bool accessible(uint64_t va, uint64_t end, bool write)
{
    unsigned long flags = lock_take(&maps.lock);
    const struct area *a = NULL;
    while (va < end && allowed(a = area_find(maps.tree, va, false), write ? FAULT_WRITE : 0) &&
           (a->file == NULL || offset_of(a, end < a->end ? end - 1 : a->end - 1) <
                                   ((a->file->size(a->file) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))))
        va = a->end;
    lock_drop(&maps.lock, flags);
    return va >= end;
}

static const char *why(uint64_t va, uint64_t error)
{
    const struct area *a = area_find(maps.tree, va, false);
    if (a == NULL)
        return NULL;
    if (!allowed(a, error))
        return "which its protection forbids";
    return a->file != NULL && offset_of(a, va & ~(PAGE_SIZE - 1)) >= a->file->size(a->file)
               ? "beyond the end of the file that is mapped there"
               : "for which no memory is left";
}

static bool lacks(uint64_t va, uint64_t error)
{
    const struct area *a = area_find(maps.tree, va, false);
    return a != NULL && allowed(a, error);
}

static const struct vm_others others = {
    .fault = fault, .accessible = accessible, .why = why, .lacks = lacks};
