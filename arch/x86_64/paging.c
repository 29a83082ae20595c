/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables: Intel SDM vol. 3A, 4.5. The static ones stand in start.S and image.lds.S. */
#include "arch.h"
#include "base/console.h"
#include "cpu.h"
#include "base/lock.h"
#include "mm/page.h"
#include "base/panic.h"
#include "sched/sched.h"
#include "mm/vm.h"
#include <errno.h>
#include <string.h>

#define GIB        (1ull << 30)
#define WINDOW_MAX (PAGES_MAX * PAGE_SIZE) /* physical memory is mapped where it is, up to here */
#define TABLE      (PTE_P | PTE_W | PTE_A)

extern uint64_t boot_pml4[512], boot_pdpt[512], boot_pd[512], __pt0[512], vm_pd[512], vm_pt[512];
extern char __text_start[], __rodata_start[], __data_start[], __image_end[];

/*
 * Where the window may grow: the parsed memory map, and page directories set aside for it, one a
 * GiB. To allocate those takes a look at one place that may lie beyond the first GiB: the first
 * struct page of the zone. Hence the spare one.
 */
static const struct boot_info *map;
static bool window_by_gib;     /* the CPU has 1 GiB pages, and needs no directories */
static uint64_t window_tables; /* physical; 0: not there yet */
static uint64_t window_end;    /* bytes: beyond it nothing is there */
static uint64_t spare[512] __attribute__((aligned(4096), section(".bss.tables")));
static bool spare_used;

static struct lock lock; /* over all tables above the window */

/* The table of 4 KiB pages that was last used, and what it is for: they are never given back. */
static uint64_t last_va = UINT64_MAX, *last;

/* The entry for va at a level (0: 4 KiB … 3: 512 GiB), or NULL when no table leads there. */
static uint64_t *find_entry(uint64_t va, int level, int *stopped)
{
    uint64_t *table = boot_pml4;
    for (int l = 3;; l--) {
        uint64_t *e = &table[va >> (12 + 9 * l) & 511];
        *stopped = l;
        if (l == level)
            return e;
        if (!(*e & PTE_P) || *e & PTE_PS)
            return 0;
        table = phys_to_virt(*e & PTE_ADDR);
    }
}

static uint64_t new_table(uint32_t *promise)
{
    uint64_t pa = promise != 0 ? page_alloc_reserved(0) : page_alloc(0);
    if (pa == 0)
        return 0;
    if (promise != 0)
        __atomic_sub_fetch(promise, 1, __ATOMIC_RELAXED);
    memset(phys_to_virt(pa), 0, PAGE_SIZE);
    return pa;
}

/*
 * The table that holds va's entry at shift, made when it is not there. NULL: no memory for it;
 * MAPPED: a large page stands in its place. The lock is held.
 */
#define MAPPED ((uint64_t *)1)
static uint64_t *make_table(uint64_t va, unsigned shift, uint32_t *promise)
{
    uint64_t *table = boot_pml4;
    if (shift == SHIFT_4K && last_va == va >> SHIFT_2M)
        return last;
    for (unsigned l = 39; l > shift; l -= 9) {
        uint64_t *e = &table[va >> l & 511];
        if (!(*e & PTE_P)) {
            uint64_t fresh = new_table(promise);
            if (fresh == 0)
                return 0;
            *e = fresh | TABLE;
        }
        if (*e & PTE_PS)
            return MAPPED;
        table = phys_to_virt(*e & PTE_ADDR);
    }
    if (shift == SHIFT_4K) {
        last_va = va >> SHIFT_2M;
        last = table;
    }
    return table;
}

int paging_map(uint64_t va, uint64_t pa, unsigned shift, enum vm_prot prot, uint32_t *promise)
{
    lock_enter(&lock);
    uint64_t *table = make_table(va, shift, promise);
    uint64_t *e = &table[va >> shift & 511];
    if (table == 0 || table == MAPPED || *e & PTE_P) {
        lock_leave(&lock);
        return table != 0 ? -EEXIST : -ENOMEM;
    }
    uint64_t flags = PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX;
    if (prot == VM_DEVICE)
        flags |= PTE_PCD | PTE_PWT;
    if (shift == SHIFT_2M)
        flags |= PTE_PS;
    *e = pa | flags;
    lock_leave(&lock);
    return 0;
}

static int map_run(uint64_t va, uint64_t pa, uint64_t bytes)
{
    uint64_t entry = pa | PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX;
    for (uint64_t end = va + bytes; va < end;) {
        uint64_t *table = make_table(va, SHIFT_4K, 0); /* nothing large is mapped among stacks */
        if (table == 0)
            return -ENOMEM;
        uint64_t *e = &table[va >> SHIFT_4K & 511], *stop = e + ((end - va) >> SHIFT_4K);
        if (stop > table + 512)
            stop = table + 512;
        va += (uint64_t)(stop - e) << SHIFT_4K;
        for (; e < stop; entry += PAGE_SIZE)
            *e++ = entry;
    }
    return 0;
}

int paging_map_run(uint64_t va, uint64_t pa, uint64_t bytes)
{
    lock_enter(&lock);
    int error = map_run(va, pa, bytes);
    lock_leave(&lock);
    return error;
}

uint64_t paging_unmap(uint64_t va, unsigned *shift)
{
    int level = 0;
    unsigned long flags = lock_take(&lock);
    uint64_t *e =
        last_va == va >> SHIFT_2M ? &last[va >> SHIFT_4K & 511] : find_entry(va, 0, &level);
    if (e == 0 && level == 1)
        e = find_entry(va, 1, &level); /* a 2 MiB page, or none */
    *shift = 12 + 9 * (unsigned)level;
    uint64_t pa = e != 0 && *e & PTE_P ? *e & PTE_ADDR : 0;
    if (pa != 0) {
        if (level == 0) {
            last_va = va >> SHIFT_2M;
            last = (uint64_t *)((uint64_t)e & ~(PAGE_SIZE - 1));
        }
        *e = 0;
        invlpg(va);
    }
    lock_drop(&lock, flags);
    return pa;
}

bool paging_free_2m(uint64_t va)
{
    int level;
    uint64_t *e = find_entry(va, 1, &level);
    return e == 0 || !(*e & PTE_P);
}

void paging_drop_null(void)
{
    vm_pd[0] = (uint64_t)vm_pt | TABLE;
    for (uint64_t va = 0; va < VM_NULL_END; va += PAGE_SIZE) {
        __pt0[va >> SHIFT_4K] = 0;
        invlpg(va);
    }
}

void paging_show_null(void)
{
    for (uint64_t va = 0; va < VM_NULL_END; va += PAGE_SIZE)
        __pt0[va >> SHIFT_4K] = va | PTE_P | PTE_A | PTE_NX;
}

void paging_flush(void) { write_cr3(read_cr3()); }

void *vm_map_page(uint64_t pa, enum vm_prot prot)
{
    static uint64_t next = VM_BASE;
    uint64_t offset = pa & (PAGE_SIZE - 1);
    uint64_t va = __atomic_fetch_add(&next, PAGE_SIZE, __ATOMIC_RELAXED);
    if (va >= VM_DEVICES_END)
        panic("No address space is left to map the page at 0x%lx.", (unsigned long)pa);
    unsigned long flags = interrupts_save();
    paging_map(va, pa - offset, SHIFT_4K, prot, 0); /* its tables are static: cannot fail */
    interrupts_restore(flags);
    return (void *)(va + offset);
}

/* Is there anything of the memory map in this GiB? */
static bool in_map(uint64_t gib)
{
    for (uint32_t i = 0; i < map->range_count; i++) {
        const struct boot_range *r = &map->ranges[i];
        if (r->base < (gib + 1) * GIB && r->base + r->size > gib * GIB)
            return true;
    }
    return false;
}

/* [va, end) lies below the window's end: image, or physical memory. */
static bool window_accessible(uint64_t va, uint64_t end, bool write)
{
    if (va < (uint64_t)(write ? __data_start : __text_start) || end > window_end)
        return false;
    for (uint64_t gib = va / GIB; end > (uint64_t)__image_end && gib <= (end - 1) / GIB; gib++)
        if (gib != 0 && !in_map(gib))
            return false;
    return true;
}

bool vm_accessible(const void *p, size_t n, bool write)
{
    const struct thread *t = thread_self();
    uint64_t va = (uint64_t)p, end = va + n;
    if (end < va)
        return false;
    if (va >= t->stack + PAGE_SIZE && end <= t->stack + t->stack_size)
        return true;
    if (va < VM_BASE)
        return window_accessible(va, end, write);
    uint64_t stop = region_end(va);
    if (stop != 0)
        return end <= stop;
    for (int level; va < end; va = (va | (PAGE_SIZE - 1)) + 1) { /* other threads' stacks */
        const uint64_t *e = find_entry(va, 0, &level);
        if (e == 0 || !(*e & PTE_P) || va >= VM_END)
            return false;
    }
    return true;
}

/*
 * The window onto physical memory grows by the GiB that was touched: one entry where the CPU has
 * 1 GiB pages, else a page directory out of those set aside.
 */
static bool window_fault(uint64_t va)
{
    uint64_t gib = va / GIB;
    if (va < GIB || va >= window_end || !in_map(gib))
        return false;
    if (boot_pdpt[gib] & PTE_P)
        return true; /* by another CPU; what two write at once is the same */
    if (window_by_gib) {
        boot_pdpt[gib] = gib * GIB | PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS | PTE_G | PTE_NX;
        return true;
    }
    uint64_t *pd = spare;
    if (window_tables != 0)
        pd = phys_to_virt(window_tables + gib * PAGE_SIZE);
    else if (spare_used)
        return false;
    else
        spare_used = true;
    for (unsigned i = 0; i < 512; i++)
        pd[i] = (gib * GIB + ((uint64_t)i << SHIFT_2M)) | PTE_P | PTE_W | PTE_A | PTE_D | PTE_PS |
                PTE_G | PTE_NX;
    boot_pdpt[gib] = (uint64_t)pd | TABLE; /* it is where it seems to be */
    return true;
}

/* Called by the page-fault entry (trap.S) with interrupts off; true: try again. */
bool page_fault(uint64_t va, uint64_t error);
bool page_fault(uint64_t va, uint64_t error)
{
    if (error & 1) /* the page is there, but not for this access */
        return false;
    return va >= VM_BASE ? region_fault(va) : window_fault(va);
}

/* Protects what lies beyond the 2 MiB that the linker's table covers: images that large only. */
static void protect_large_image(void)
{
    uint64_t end = (uint64_t)__image_end;
    for (uint64_t base = 1ull << SHIFT_2M; base < end && base < (uint64_t)__data_start;
         base += 1ull << SHIFT_2M) {
        uint64_t pa = page_alloc(0), *pt = phys_to_virt(pa);
        if (pa == 0)
            panic("No memory is left for the image's own page tables.");
        for (unsigned i = 0; i < 512; i++) {
            uint64_t at = base + i * PAGE_SIZE;
            pt[i] = at | PTE_P | PTE_A | PTE_G;
            if (at >= (uint64_t)__rodata_start)
                pt[i] |= PTE_NX;
            if (at >= (uint64_t)__data_start)
                pt[i] |= PTE_W | PTE_D;
        }
        boot_pd[base >> SHIFT_2M] = pa | TABLE;
        for (uint64_t at = base; at < base + (1ull << SHIFT_2M); at += PAGE_SIZE)
            invlpg(at);
    }
}

void paging_init(const struct boot_info *info)
{
    uint64_t top = 4 * GIB; /* firmware's tables may lie anywhere below */
    map = info;
    for (uint32_t i = 0; i < info->range_count; i++) {
        const struct boot_range *r = &info->ranges[i];
        if (r->type == RANGE_USABLE && r->base + r->size > top)
            top = r->base + r->size;
    }
    if (top > WINDOW_MAX) {
        kprintf("LIMPET: RAM above %llu GiB is not used.\n", WINDOW_MAX / GIB);
        top = WINDOW_MAX;
    }
    window_end = top;
    window_by_gib = arch_has_1g_pages();
    if (!window_by_gib) {
        window_tables = page_alloc(order_for(top / GIB * PAGE_SIZE + PAGE_SIZE));
        if (window_tables == 0)
            panic("No memory is left for the page tables of %lu GiB.", (unsigned long)(top / GIB));
    }
    protect_large_image();
}
