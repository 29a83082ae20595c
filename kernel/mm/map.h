/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mappings, as mmap() makes them: any number of areas with rights of their own, whose pages of
 * 4 KiB come when they are touched: zeros, or a file's. Who makes none has none of this in its
 * image.
 *
 * Addresses and sizes are whole pages. Calls return 0 or -errno, may wait, and are called with
 * interrupts on.
 */
#ifndef KERNEL_MAP_H
#define KERNEL_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include "mm/vm.h"

/*
 * What a file is to those that map it. Called with interrupts off and a lock held, so neither
 * waits. The pages that it shows stay where they are, but for map_change().
 */
struct map_file {
    /* The page with the bytes from offset on (a multiple of a page), physical; write: it is to be
     * written to. 0: there is no memory. */
    uint64_t (*page)(struct map_file *f, uint64_t offset, bool write);
    uint64_t (*size)(const struct map_file *f); /* bytes: pages beyond are no memory */
    void (*written)(struct map_file *f); /* shared pages were: in map_sync() or map_remove() */
    uint64_t mapped;                     /* areas that show it */
    void (*gone)(
        struct map_file *f); /* none does any more; in map_add(), map_remove() or map_resize() */
};

struct map {
    uint64_t start, bytes; /* start 0: anywhere */
    unsigned rights, most; /* VM_READ, …; what map_protect() may make of them */
    bool shared;
    bool fixed;            /* there, or nowhere; in the place of what is there, */
    bool keep;             /* unless that is something: -EEXIST */
    bool scarce;           /* memory is not promised, but taken when a page is touched */
    struct map_file *file; /* NULL: zeros */
    uint64_t offset;
};

/* m->start is where it is then. -ENOMEM: no memory, or no such addresses. */
int map_add(struct map *m);
int map_remove(uint64_t start, uint64_t bytes);
int map_protect(uint64_t start, uint64_t bytes, unsigned rights);

/* Its pages go back; those that are private are zeros, or the file's, when they are touched next.
 */
int map_discard(uint64_t start, uint64_t bytes);

/* All its pages come. -ENOMEM also where there is no mapping, or one without rights. */
int map_populate(uint64_t start, uint64_t bytes);

/* One mapping, or a part of it, becomes so large, in its place, or, move, elsewhere: *start. */
int map_resize(uint64_t *start, uint64_t bytes, uint64_t larger, bool move);

/* Files of which shared pages there were written to are told so. */
void map_sync(uint64_t start, uint64_t bytes);

/* Is there a mapping at all of these addresses? */
bool map_covers(uint64_t start, uint64_t bytes);

/* While change(argument) runs, which waits for nothing, no mapping shows pages of f from that
 * offset on: they may be others then. */
void map_change(struct map_file *f, uint64_t from, void (*change)(void *), void *argument);

#endif
