/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ranges of addresses, none of which overlaps another: a treap by address, which knows of each
 * subtree the largest gap, so that finding, adding and a place for a new one are O(log n).
 */
#ifndef KERNEL_AREA_H
#define KERNEL_AREA_H

#include <stdbool.h>
#include <stdint.h>

struct map_file;

struct area {
    uint64_t start, end; /* [start, end), multiples of a page */
    struct area *left, *right;
    uint64_t low, high; /* of the subtree: where its first begins, and its last ends, */
    uint64_t gap;       /* and its largest gap between two */
    uint32_t rank;      /* no area's is larger than that of the one above it */
    /* What is there, which is map.c's. */
    uint8_t rights;        /* VM_READ, … */
    uint8_t most;          /* what mprotect() may make them */
    bool shared;           /* what is written is the file's, else its own */
    bool promised;         /* each page that it has not yet is reserved for it */
    bool scarce;           /* nothing is ever promised (MAP_NORESERVE) */
    bool busy;             /* pages are on their way out: who touches it tries again */
    struct map_file *file; /* NULL: zeros */
    uint64_t offset;       /* of start in the file */
};

/* The one that va lies in, or NULL; or, next, the first one behind it. */
struct area *area_find(struct area *tree, uint64_t va, bool next);

void area_insert(struct area **tree, struct area *a);
void area_remove(struct area **tree, struct area *a);

/* a, which is in the tree, gets another end (or begins elsewhere), and meets no other. */
void area_resize(struct area **tree, struct area *a, uint64_t start, uint64_t end);

/* The lowest address of so many free bytes in [base, limit), in which all areas lie; 0: none. */
uint64_t area_room(const struct area *tree, uint64_t base, uint64_t limit, uint64_t bytes);

#endif
