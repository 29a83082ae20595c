/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Page tables: Intel SDM vol. 3A, 4.5. The static ones stand in tables.S and image.lds.S. Those
 * made here are never given back, and entries begin by compare-and-swap: so there is no lock. All
 * have their accessed and dirty bits from the start, which leaves no CPU anything to write, but for
 * pages of files: there the dirty bit tells who has written (paging_clean()).
 */
#include "arch.h"
#include "cpu.h"
#include "mm/page.h"
#include "base/panic.h"
#include "mm/vm.h"
#include <errno.h>
#include <string.h>

uint64_t pte_private;
#define NEAR (VM_NEAR >> SHIFT_2M & 511)
extern uint64_t boot_pml4[512], __pt0[512], vm_pd[512], vm_pt[512];

/*
 * The entry of the page at va, there or hidden, or of the 4 KiB page that may come there; its size
 * as *shift. NULL: none such in all of the aligned 1 << *shift bytes around va.
 */
static uint64_t *find_entry(uint64_t va, unsigned *shift)
{
    uint64_t *table = boot_pml4;
    for (*shift = 39;; *shift -= 9) {
        uint64_t *e = &table[va >> *shift & 511];
        if (*shift == SHIFT_4K || *e & PTE_PS)
            return e;
        if (!(*e & PTE_P))
            return 0;
        table = phys_to_virt(*e & PTE_RAM);
    }
}

/* Makes the table that e is to lead to, unless another CPU is faster; false: no memory for it. */
static __attribute__((noinline)) bool add_table(uint64_t *e, uint32_t *promise)
{
    uint64_t pa = promise != 0 ? page_alloc_reserved(0) : page_alloc(0);
    if (pa == 0)
        return false;
    memset(phys_to_virt(pa), 0, PAGE_SIZE);
    bool ours = cas(e, 0, pa | pte_private | PTE_TABLE);
    if (ours && promise != 0)
        __atomic_sub_fetch(promise, 1, __ATOMIC_RELAXED);
    else if (!ours && promise != 0)
        page_return(pa, 0);
    else if (!ours)
        page_free(pa, 0);
    return true;
}

/* As make_entry(), and notes the table. Out of line, or each fault pays for its registers. */
static __attribute__((noinline)) uint64_t *walk_to(uint64_t va, unsigned shift, uint32_t *promise)
{
    struct cpu_base *cpu = this_cpu();
    uint64_t *table = boot_pml4;
    for (unsigned l = 39;; l -= 9) {
        uint64_t *e = &table[va >> l & 511];
        if (l == shift || *e & PTE_PS)
            return e;
        if (*e == 0 && !add_table(e, promise))
            return 0;
        table = phys_to_virt(*e & PTE_RAM);
        if (l == SHIFT_2M) {
            cpu->table_va = va >> SHIFT_2M;
            cpu->table = table;
        }
    }
}

/*
 * The entry for va at shift, or that of a large page in its place; its tables are made when they
 * are not there. NULL: no memory for them. Interrupts are off.
 */
static inline uint64_t *make_entry(uint64_t va, unsigned shift, uint32_t *promise)
{
    const struct cpu_base *cpu = this_cpu();
    if (__builtin_expect(shift == SHIFT_4K && cpu->table_va == va >> SHIFT_2M, 1))
        return &cpu->table[va >> SHIFT_4K & 511];
    return walk_to(va, shift, promise);
}

int paging_map(uint64_t va, uint64_t pa, unsigned shift, enum vm_prot prot, uint32_t *promise)
{
    uint64_t flags = PTE_DATA;
    flags |= prot == VM_DEVICE ? PTE_PCD | PTE_PWT : pte_private;
    if (shift == SHIFT_2M)
        flags |= PTE_PS;
    uint64_t *e = make_entry(va, shift, promise);
    return e == 0 ? -ENOMEM : cas(e, 0, pa | flags) ? 0 : -EEXIST;
}

int paging_map_run(uint64_t va, uint64_t pa, uint64_t bytes)
{
    uint64_t entry = pa | pte_private | PTE_DATA;
    for (uint64_t end = va + bytes; va < end;) {
        uint64_t *e = make_entry(va, SHIFT_4K, 0); /* nothing large is mapped among stacks */
        if (e == 0)
            return -ENOMEM;
        uint64_t *stop = e + ((end - va) >> SHIFT_4K);
        if (stop > e + 512 - (va >> SHIFT_4K & 511))
            stop = e + 512 - (va >> SHIFT_4K & 511);
        va += (uint64_t)(stop - e) << SHIFT_4K;
        for (; e < stop; entry += PAGE_SIZE)
            *e++ = entry;
    }
    return 0;
}

void paging_map_main_stack(uint64_t low, uint64_t n, uint64_t top)
{
    const uint64_t flags = pte_private | PTE_DATA;
    uint64_t *e = &vm_pd[NEAR] - n;
    for (; n > 0; n--, low += 1ull << SHIFT_2M)
        *e++ = low | PTE_PS | flags;
    for (unsigned i = 0; i < (VM_MAIN_STACK_TOP - VM_NEAR) / PAGE_SIZE; i++)
        vm_pt[i] = (top + i * PAGE_SIZE) | flags;
}

/* Calls step() for each entry of a page in [va, end), there or hidden, until so many pages of 4 KiB
 * were met; returns how many were. */
static inline __attribute__((always_inline)) uint64_t
walk(uint64_t va, uint64_t end, uint64_t most, uint64_t argument,
     uint64_t (*step)(uint64_t *e, uint64_t va, unsigned shift, uint64_t argument))
{
    uint64_t met = 0;
    while (va < end && met < most) {
        unsigned shift;
        uint64_t *e = find_entry(va, &shift), size = 1ull << shift, first = va;
        va = (va | ((e != 0 && shift == SHIFT_4K ? 1ull << SHIFT_2M : size) - 1)) + 1;
        if (e == 0)
            continue;
        const uint64_t *stop = e + (((end < va ? end : va) - first + size - 1) >> shift);
        for (uint64_t at = first; e < stop && met < most; e++, at += size) {
            if (*e != 0)
                met += step(e, at, shift, argument);
            else /* much of a mapping was never touched */
                for (; stop - e > 4 && (e[1] | e[2] | e[3] | e[4]) == 0; e += 4)
                    at += 4 * size;
        }
    }
    return met;
}

static uint64_t hide(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)unused;
    *e &= ~(uint64_t)PTE_P;
    invlpg(va);
    return 1ull << shift >> PAGE_SHIFT;
}

static uint64_t free_one(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)va;
    (void)unused;
    uint64_t entry = *e;
    *e = 0;
    page_free(entry & PTE_RAM, shift - PAGE_SHIFT);
    return 1ull << shift >> PAGE_SHIFT;
}

uint64_t paging_hide(uint64_t va, uint64_t end, uint64_t most)
{
    return walk(va, end, most, 0, hide);
}

void paging_free_hidden(uint64_t va, uint64_t pages) { walk(va, UINT64_MAX, pages, 0, free_one); }

/* Pages with rights of their own. */

static uint64_t flags_of(unsigned rights)
{
    uint64_t flags = PTE_A | pte_private;
    flags |= rights & VM_LENT ? PTE_LENT : PTE_D;
    flags |= rights & (VM_READ | VM_WRITE | VM_EXEC) ? PTE_P : 0;
    flags |= rights & VM_WRITE ? PTE_W : 0;
    return flags | (rights & VM_EXEC ? 0 : PTE_NX);
}

uint64_t paging_page(uint64_t va, unsigned *rights)
{
    unsigned shift;
    const uint64_t *at = find_entry(va, &shift);
    uint64_t e = at != 0 ? *at : 0;
    *rights = e & PTE_LENT ? VM_LENT : 0;
    if (e & PTE_P)
        *rights |= VM_READ | (e & PTE_W ? VM_WRITE : 0) | (e & PTE_NX ? 0 : VM_EXEC);
    return e & PTE_RAM;
}

int paging_put(uint64_t va, uint64_t pa, unsigned rights)
{
    uint64_t *e = make_entry(va, SHIFT_4K, 0);
    if (e == 0)
        return -ENOMEM;
    uint64_t old = *e, entry = pa | flags_of(rights);
    if (old == 0) {
        *e = entry;
        return 0;
    }
    *e = entry | ((old & PTE_RAM) == pa ? old & PTE_D : 0); /* who has written is not forgotten */
    invlpg(va);
    return 0;
}

int paging_prepare(uint64_t va, uint64_t end)
{
    for (; va < end; va = (va | ((1ull << SHIFT_2M) - 1)) + 1) {
        unsigned long flags = interrupts_save();
        const uint64_t *e = make_entry(va, SHIFT_4K, 0);
        interrupts_restore(flags);
        if (e == 0)
            return -ENOMEM;
    }
    return 0;
}

static uint64_t protect(uint64_t *e, uint64_t va, unsigned shift, uint64_t flags)
{
    (void)shift;
    uint64_t lent = *e & PTE_LENT, shared = flags & PTE_LENT;
    *e =
        (*e & (PTE_RAM | PTE_D)) | lent | (flags & ~(uint64_t)(lent && !shared ? PTE_W : PTE_LENT));
    invlpg(va);
    return 1;
}

void paging_protect(uint64_t va, uint64_t end, unsigned rights, bool all)
{
    walk(va, end, UINT64_MAX, flags_of(rights | (all ? VM_LENT : 0)), protect);
}

static uint64_t release(uint64_t *e, uint64_t va, unsigned shift, uint64_t renew)
{
    uint64_t entry = *e;
    (void)va;
    (void)shift;
    *e = 0;
    if (entry & PTE_LENT)
        return 0;
    if (renew)
        page_return(entry & PTE_RAM, 0);
    else
        page_free(entry & PTE_RAM, 0);
    return 1;
}

static uint64_t release_lent(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)va;
    (void)shift;
    (void)unused;
    if (*e & PTE_LENT)
        *e = 0;
    return 1;
}

void paging_release_lent(uint64_t va, uint64_t end) { walk(va, end, UINT64_MAX, 0, release_lent); }

static uint64_t clean(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)shift;
    (void)unused;
    if (!(*e & PTE_LENT) || !(__atomic_fetch_and(e, ~(uint64_t)PTE_D, __ATOMIC_RELAXED) & PTE_D))
        return 0;
    invlpg(va);
    return 1;
}

uint64_t paging_clean(uint64_t va, uint64_t end) { return walk(va, end, UINT64_MAX, 0, clean); }

static uint64_t dirty(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)va;
    (void)shift;
    (void)unused;
    return (*e & (PTE_LENT | PTE_D)) == (PTE_LENT | PTE_D);
}

bool paging_is_dirty(uint64_t va, uint64_t end) { return walk(va, end, 1, 0, dirty) != 0; }

static uint64_t count(uint64_t *e, uint64_t va, unsigned shift, uint64_t unused)
{
    (void)va;
    (void)shift;
    (void)unused;
    return *e & PTE_LENT ? 0 : 1;
}

uint64_t paging_release(uint64_t va, uint64_t end, bool renew)
{
    return walk(va, end, UINT64_MAX, renew, release);
}

uint64_t paging_count(uint64_t va, uint64_t end) { return walk(va, end, UINT64_MAX, 0, count); }

bool paging_free_2m(uint64_t va)
{
    unsigned shift;
    return find_entry(va, &shift) == 0;
}

bool paging_has(uint64_t va)
{
    unsigned shift;
    const uint64_t *e = find_entry(va, &shift);
    return e != 0 && *e & PTE_P;
}

void paging_drop_null(void)
{
    pte_private = boot_pml4[0] & PTE_ADDR & ~PTE_RAM;
    vm_pd[NEAR] = (uint64_t)vm_pt | pte_private | PTE_TABLE;
    memset(__pt0, 0, VM_NULL_END / PAGE_SIZE * sizeof *__pt0);
    paging_flush();
}

void paging_show_null(void)
{
    for (uint64_t va = 0; va < VM_NULL_END; va += PAGE_SIZE)
        __pt0[va >> SHIFT_4K] = va | pte_private | PTE_P | PTE_A | PTE_NX;
}

void paging_flush(void) { write_cr3(read_cr3()); }

void *vm_map_page(uint64_t pa, enum vm_prot prot)
{
    static uint64_t next = VM_DEVICES;
    uint64_t offset = pa & (PAGE_SIZE - 1);
    uint64_t va = __atomic_fetch_add(&next, PAGE_SIZE, __ATOMIC_RELAXED);
    if (va >= VM_DEVICES_END)
        panic("No address space is left to map the page at 0x%lx.", (unsigned long)pa);
    unsigned long flags = interrupts_save();
    paging_map(va, pa - offset, SHIFT_4K, prot, 0); /* its tables are static: cannot fail */
    interrupts_restore(flags);
    return (void *)(va + offset);
}
