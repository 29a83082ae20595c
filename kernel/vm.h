/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual memory. Physical memory is mapped where it is (the image in its own protections, page 0
 * never); what is made at run time lives above 512 GiB and never executes.
 */
#ifndef KERNEL_VM_H
#define KERNEL_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot_info.h"

/* The address space above physical memory. The first table of VM_BASE is static (start.S). */
#define VM_BASE           0x8000000000ull /* device pages, up to 512 KiB of them */
#define VM_DEVICES_END    (VM_BASE + 0x80000)
#define VM_MAIN_STACK_TOP (VM_BASE + 0x100000)
#define VM_HEAP           (VM_BASE + 0x100000)
#define VM_HEAP_END       0x10000000000ull
#define VM_REGIONS        0x10000000000ull /* vm_region_create() */
#define VM_REGIONS_END    0x18000000000ull
#define VM_STACKS         0x18000000000ull /* threads' stacks, by size class */
#define VM_STACK_CLASS    0x1000000000ull  /* 64 GiB of addresses for each power of two */

#define SHIFT_4K 12
#define SHIFT_2M 21

enum vm_prot { VM_RW, VM_DEVICE /* uncached */ };

/* From the architecture (arch/x86_64/paging.c). Sizes are given as shifts: 12 or 21. */

/* Sees to what the static tables cannot know: a large image, memory beyond the first GiB. */
void paging_init(const struct boot_info *info);

/*
 * Maps one page. The tables that it needs come out of *promise (pages reserved by the caller), or,
 * when promise is NULL, from page_alloc(). 0, or -ENOMEM when there are none.
 */
int paging_map(uint64_t va, uint64_t pa, unsigned shift, enum vm_prot prot, uint64_t *promise);

/*
 * Unmaps the page at va. Returns its physical address, and its size as *shift; or 0 when nothing
 * is mapped there, nor anywhere in the aligned 1 << *shift bytes around it.
 */
uint64_t paging_unmap(uint64_t va, unsigned *shift);

/* May a 2 MiB page be mapped at va (no 4 KiB table stands there yet)? */
bool paging_free_2m(uint64_t va);

/* Maps device registers uncached and returns where; panics when the 512 KiB for them are used up. */
volatile void *vm_map_device(uint64_t pa);

/* Demand paging (kernel/region.c). */

struct region {
    uint64_t base, end;     /* bytes; [base, end) may be touched */
    uint64_t promised;      /* pages reserved and not yet used, tables included */
    uint64_t tables;        /* table pages reserved so far */
    unsigned shift;         /* first touch maps this much */
    uint64_t faults, zeroed; /* pages mapped on first touch; bytes zeroed for it */
    struct region *next;
};

/* The heap's region; boot sets its shift before the first sbrk. */
extern struct region heap;

/* Moves end by delta bytes, a multiple of 1 << shift. 0, or -ENOMEM: the pages cannot be promised. */
int region_grow(struct region *r, int64_t delta);

/*
 * A new region of so many bytes (rounded up to whole pages of 1 << shift), its pages promised.
 * NULL: not enough memory, or a shift other than 12 and 21.
 */
struct region *region_create(uint64_t bytes, unsigned shift);
struct region *region_find(uint64_t va);
void region_destroy(struct region *r); /* one of region_create()'s */

/* The page-fault handler's question: true when va is now mapped. Interrupts are off. */
bool region_fault(uint64_t va);

#endif
