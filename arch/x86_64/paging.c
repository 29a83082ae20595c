/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables: Intel SDM vol. 3A, 4.5. The static ones stand in tables.S and image.lds.S. */
#include "arch.h"
#include "cpu.h"
#include "base/lock.h"
#include "mm/page.h"
#include "base/panic.h"
#include "mm/vm.h"
#include <errno.h>
#include <string.h>

#define TABLE (PTE_P | PTE_W | PTE_A)

uint64_t pte_private;
extern uint64_t boot_pml4[512], __pt0[512], vm_pd[512], vm_pt[512];

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
        table = phys_to_virt(*e & PTE_RAM);
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
            *e = fresh | pte_private | TABLE;
        }
        if (*e & PTE_PS)
            return MAPPED;
        table = phys_to_virt(*e & PTE_RAM);
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
    flags |= prot == VM_DEVICE ? PTE_PCD | PTE_PWT : pte_private;
    if (shift == SHIFT_2M)
        flags |= PTE_PS;
    *e = pa | flags;
    lock_leave(&lock);
    return 0;
}

static int map_run(uint64_t va, uint64_t pa, uint64_t bytes)
{
    uint64_t entry = pa | pte_private | PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX;
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
    uint64_t pa = e != 0 && *e & PTE_P ? *e & PTE_RAM : 0;
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

bool paging_has(uint64_t va)
{
    int level;
    const uint64_t *e = find_entry(va, 0, &level);
    return e != 0 && *e & PTE_P;
}

void paging_drop_null(void)
{
    pte_private = boot_pml4[0] & PTE_ADDR & ~PTE_RAM;
    vm_pd[0] = (uint64_t)vm_pt | pte_private | TABLE;
    for (uint64_t va = 0; va < VM_NULL_END; va += PAGE_SIZE) {
        __pt0[va >> SHIFT_4K] = 0;
        invlpg(va);
    }
}

void paging_show_null(void)
{
    for (uint64_t va = 0; va < VM_NULL_END; va += PAGE_SIZE)
        __pt0[va >> SHIFT_4K] = va | pte_private | PTE_P | PTE_A | PTE_NX;
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
