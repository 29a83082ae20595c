/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtual memory. Physical memory is mapped where it is (the image in its own protections, the
 * first 64 KiB never); what is made at run time lives above 512 GiB and executes only where a
 * program asks for that (mprotect()).
 */
#ifndef KERNEL_VM_H
#define KERNEL_VM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "boot/info.h"

/* The address space above physical memory. VM_NEAR's tables are static (tables.S). */
#define VM_BASE           0x8000000000ull        /* main's stack, as large as its app wants it */
#define VM_NEAR           (VM_BASE + 0x10000000) /* 2 MiB of 4 KiB pages: that stack's upper end */
#define VM_MAIN_STACK_TOP (VM_NEAR + 0x4000)
#define VM_DEVICES        (VM_NEAR + 0x80000) /* device pages, up to 512 KiB of them */
#define VM_DEVICES_END    (VM_NEAR + 0x100000)
#define VM_HEAP           (VM_NEAR + 0x110000)
#define VM_HEAP_END       0x10000000000ull
#define VM_REGION_TABLES  0x10000000000ull  /* struct region of every region, by size class */
#define VM_STACKS         0x18000000000ull  /* threads' stacks, by where their memory is */
#define VM_MAPS           0x40000000000ull  /* mmap() and its like (map.h) */
#define VM_REGIONS        0x100000000000ull /* region_create(), by size class */
#define VM_END            0x800000000000ull /* the lower half of all addresses */

#define SHIFT_4K 12
#define SHIFT_2M 21

enum vm_prot { VM_RW, VM_DEVICE /* uncached */ };

/* From the architecture. Sizes are given as shifts: 12 or 21. */

/* May n bytes at va be read, or written? Also what a first touch would map. A few instructions. */
bool vm_accessible(const void *va, size_t n, bool write);

/* From here on null pointers fault: nothing more is to be read from below VM_NULL_END. */
#define VM_NULL_END 0x10000ull
void paging_drop_null(void);

/* What is below VM_NULL_END may be read once more, until the next paging_drop_null(). While one CPU
 * runs. */
void paging_show_null(void);

/* Sees to what the static tables cannot know: a large image, memory beyond the first GiB. */
void paging_init(const struct boot_info *info);

/*
 * Maps one page. The tables that it needs come out of *promise (pages reserved by the caller), or,
 * when promise is NULL, from page_alloc(). 0; -ENOMEM when there are none; -EEXIST when something
 * is mapped there, by another CPU's fault. Interrupts must be off, here and in paging_map_run():
 * page faults map too.
 */
int paging_map(uint64_t va, uint64_t pa, unsigned shift, enum vm_prot prot, uint32_t *promise);

/*
 * Maps main's stack once: n pages of 2 MiB from physical address low on, and above them, up to
 * VM_MAIN_STACK_TOP, pages of 4 KiB from top on.
 */
void paging_map_main_stack(uint64_t low, uint64_t n, uint64_t top);

/* Maps bytes of contiguous memory for reading and writing. On -ENOMEM a part may be mapped. */
int paging_map_run(uint64_t va, uint64_t pa, uint64_t bytes);

/*
 * Hides the pages of [va, end), until so many (of 4 KiB) have been found: for this CPU they are not
 * there any more, yet nothing else can be mapped in their place. tlb_flush() does for the others.
 * Returns how many.
 */
uint64_t paging_hide(uint64_t va, uint64_t end, uint64_t most);

/* Frees so many pages (of 4 KiB) that were hidden, the first of them at va or behind it. */
void paging_free_hidden(uint64_t va, uint64_t pages);

/*
 * Single pages of 4 KiB that have rights of their own (map.c), which sees to it that no two callers
 * are at the same page. VM_LENT: the page is somebody else's, and is not freed.
 */
#define VM_READ  1u
#define VM_WRITE 2u /* and VM_READ */
#define VM_EXEC  4u /* and VM_READ */
#define VM_LENT  8u

/* The page at va, 0: none; and its rights: but for VM_LENT none when it is hidden. */
uint64_t paging_page(uint64_t va, unsigned *rights);

/* Puts it there, in the place of what there is, or hides it when it is to have no rights; this CPU
 * forgets the old one. Interrupts are off. 0, or -ENOMEM: no page for a table. */
int paging_put(uint64_t va, uint64_t pa, unsigned rights);

/* Makes all tables that pages of [va, end) want. 0, or -ENOMEM. */
int paging_prepare(uint64_t va, uint64_t end);

/* The pages of [va, end) get these rights, but VM_WRITE is not for lent ones unless it is meant for
 * all. Other CPUs may know their old ones. */
void paging_protect(uint64_t va, uint64_t end, unsigned rights, bool all);

/* Takes the pages of [va, end), which are hidden, out and frees those that are not lent; renew:
 * promises as many anew. How many those are. */
uint64_t paging_release(uint64_t va, uint64_t end, bool renew);
void paging_release_lent(uint64_t va, uint64_t end); /* those that are lent, and no others */
uint64_t paging_count(uint64_t va, uint64_t end);    /* how many of them are not lent */

/* How many that are lent were written to since they came, or since the last call; other CPUs note
 * the next time after tlb_flush() only. */
uint64_t paging_clean(uint64_t va, uint64_t end);
bool paging_is_dirty(uint64_t va, uint64_t end); /* are there any? */

/* Is there a page at va? */
bool paging_has(uint64_t va);

/* May a 2 MiB page be mapped at va (no 4 KiB table stands there yet)? */
bool paging_free_2m(uint64_t va);

/* Forgets every translation that is not global. */
void paging_flush(void);

/*
 * Maps the page that holds physical address pa and returns where pa is then: device registers
 * uncached, pages shared with the hypervisor as memory. Works as soon as paging_drop_null() has
 * run; panics when the 512 KiB of addresses for such pages are used up.
 */
void *vm_map_page(uint64_t pa, enum vm_prot prot);

/* Demand paging (kernel/mm/region.c). */

/* Sizes are in pages of 4 KiB. */
struct region {
    uint64_t base;
    struct region *next; /* of those that are given up, or free */
    uint32_t pages;      /* that may be touched; 0: no region */
    uint32_t promised;   /* reserved and not yet used, tables included */
    uint32_t tables;     /* table pages reserved so far */
    uint16_t shift;      /* first touch maps this much */
    uint8_t slot;        /* its creator's; 0 at first */
    bool aligned;        /* begins where its slot of addresses does, at no colour of its own */
};

/* The heap below sbrk(); boot sets its shift, and may its base, before the first call. */
extern struct region heap;

/* Changes the heap's size by a multiple of 1 << heap.shift. 0, or -ENOMEM. One caller at a time. */
int heap_grow(int64_t delta);

/*
 * A new region of so many bytes (rounded up to whole pages of 1 << shift) at a multiple of align (a
 * power of two; 0: a page's), all its pages promised but none there yet. O(1). Returns its address;
 * 0: not enough memory, or a shift other than 12 and 21.
 */
uint64_t region_create(uint64_t bytes, unsigned shift, uint64_t align);
struct region *
region_at(uint64_t base); /* the one that region_create() returned base for, or NULL */

/*
 * O(pages touched). destroy: while other CPUs run, they may know the pages' translations for a
 * while, and pages and addresses are free after that, or as soon as memory is short; they count as
 * free (page_kept). unmap: from now on a touch faults on any CPU.
 */
void region_destroy(struct region *r);
void region_unmap(struct region *r);
extern struct page_keeper region_keeper; /* to be added when other CPUs start */

/* May region_create()'s r be larger without moving? True when it now has so many bytes. */
bool region_resize(struct region *r, uint64_t bytes);

/* The page-fault handler's question: true when va is now mapped. Interrupts are off. The error is
 * the processor's, for whom the address may be otherwise: */
bool region_fault(uint64_t va, uint64_t error);

/* What else there may be at an address; NULL before there is anything (map.c). */
struct vm_others {
    bool (*fault)(uint64_t va, uint64_t error);
    bool (*accessible)(uint64_t va, uint64_t end, bool write);
    const char *(*why)(uint64_t va, uint64_t error); /* a fault failed; NULL: none of it is there */
    bool (*lacks)(uint64_t va, uint64_t error); /* it did, though the access is one that may be */
};
extern const struct vm_others *vm_others;

/* A page fault's error code: SDM vol. 3A, 4.7. */
#define FAULT_PRESENT 1u
#define FAULT_WRITE   2u
#define FAULT_FETCH   16u

/* Where the region that va lies in ends, of what may be touched; 0: va is in none. */
uint64_t region_end(uint64_t va);

/* First touches so far, of all regions. */
uint64_t region_faults(void);

#endif
