/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page allocator: a buddy system over all of RAM whose set-up costs nothing per page. Memory
 * that was never asked for is kept as ranges ("virgin"), and carved only as far as needed.
 *
 * Every call is O(log n) (carving what lies before an aligned block included), safe at any time,
 * also in the page-fault handler, and never touches the pages themselves.
 */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/info.h"
#include "base/lock.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ull
#define ORDER_2M   9
#define ORDER_1G   18
#define ORDER_MAX  ORDER_1G
#define PAGES_MAX  (512ull << ORDER_1G) /* what the window onto physical memory shows */

/* Physical memory is mapped where it is; host-built tests put it elsewhere. */
#ifndef PHYS_BASE
#define PHYS_BASE 0
#endif
static inline void *phys_to_virt(uint64_t pa) { return (void *)(PHYS_BASE + pa); }

/*
 * Single pages at a CPU's hand once there are several: two magazines, one of which at a time is
 * filled from the lists or emptied into them, so that CPUs seldom want the lists' lock.
 */
#define PAGE_MAGAZINE 32
struct page_cache {
    struct lock lock; /* others take from it when nothing else is left */
    uint32_t n;
    uint32_t owed;                     /* pages had out of a promise that still counts them */
    uint32_t pages[2 * PAGE_MAGAZINE]; /* page numbers */
};

struct page_stats {
    uint64_t total, free, reserved; /* pages; free includes reserved, virgin and kept ones */
    uint64_t virgin;                /* free pages never carved */
    uint64_t low_water;             /* least of free so far */
    uint64_t allocations, frees;    /* blocks that left the lists, and came back */
    uint64_t free_blocks[ORDER_MAX + 1];
};

/*
 * Takes over the usable ranges of *info from floor (bytes) on, up to 512 GiB. Called once. Returns
 * the number of pages gained.
 */
uint64_t page_init(const struct boot_info *info, uint64_t floor);

/*
 * n pages for good off the front of RAM, or of a zone that begins at a multiple of align pages;
 * their physical address, or 0. In a few instructions: before anything else is allocated.
 */
uint64_t page_take_first(uint64_t n, uint64_t align);

/*
 * 2^order contiguous pages, aligned to their size: their physical address, or 0 when there is no
 * such block outside what page_reserve() promised to others. The contents are unspecified.
 */
uint64_t page_alloc(unsigned order);

/* The same, out of a promise made by page_reserve(), which shrinks by 2^order pages. */
uint64_t page_alloc_reserved(unsigned order);

/* Gives back what page_alloc_reserved() gave, and renews the promise. */
void page_return(uint64_t pa, unsigned order);

/* Gives back a block of exactly the order that it was allocated with. */
void page_free(uint64_t pa, unsigned order);

/*
 * All that is kept for later use goes back: what keepers have, the CPUs' caches. Called before
 * page_alloc() or page_reserve() says no. False: interrupts are off, in which case nothing is done,
 * as other CPUs may have to be waited for.
 */
bool page_reclaim(void);

/*
 * Who keeps pages for later use: one, static, a user. give_back() is called with interrupts on; it
 * may wait for a mutex of its own, but not for memory. How many pages are kept stands in page_kept,
 * which is changed by atomic additions; they count as free.
 */
struct page_keeper {
    void (*give_back)(void);
    struct page_keeper *next;
};
extern uint64_t page_kept;

/* Once, before the first page is kept: who never keeps one pays nothing. */
void page_keeper_add(struct page_keeper *k);

/* Promises n pages for page_alloc_reserved(order 0); false when memory does not suffice. */
bool page_reserve(uint64_t n);
void page_unreserve(uint64_t n);

struct page_stats page_get_stats(void);

/* The smallest order whose block holds so many bytes. */
static inline unsigned order_for(uint64_t bytes)
{
    uint64_t pages = (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
    return pages <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(pages - 1);
}
#endif
