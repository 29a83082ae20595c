/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The window onto physical memory, which is mapped where it is; and, as an address lies there or in
 * a region, what page faults and vm_accessible() come to.
 */
#include "arch.h"
#include "base/console.h"
#include "base/panic.h"
#include "cpu.h"
#include "mm/page.h"
#include "mm/vm.h"
#include "sched/sched.h"

#define GIB        (1ull << 30)
#define WINDOW_MAX (PAGES_MAX * PAGE_SIZE) /* physical memory is mapped where it is, up to here */

extern uint64_t boot_pdpt[512], boot_pd[512];
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
    if (va >= VM_MAPS && va < VM_REGIONS)
        return vm_others != 0 && vm_others->accessible(va, end, write);
    for (; va < end; va = (va | (PAGE_SIZE - 1)) + 1) /* other threads' stacks */
        if (va >= VM_END || !paging_has(va))
            return false;
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
        boot_pdpt[gib] = gib * GIB | pte_private | PTE_DATA | PTE_PS | PTE_G;
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
        pd[i] = (gib * GIB + ((uint64_t)i << SHIFT_2M)) | pte_private | PTE_DATA | PTE_PS | PTE_G;
    boot_pdpt[gib] = (uint64_t)pd | pte_private | PTE_TABLE; /* it is where it seems to be */
    return true;
}

/* Called by the page-fault entry (trap.S) with interrupts off; true: try again. */
bool page_fault(uint64_t va, uint64_t error);
bool page_fault(uint64_t va, uint64_t error)
{
    if (error & FAULT_PRESENT) /* the page is there, but not for this access */
        return vm_others != 0 && vm_others->fault(va, error);
    return va >= VM_BASE ? region_fault(va, error) : window_fault(va);
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
            pt[i] = at | pte_private | PTE_P | PTE_A | PTE_G;
            if (at >= (uint64_t)__rodata_start)
                pt[i] |= PTE_NX;
            if (at >= (uint64_t)__data_start)
                pt[i] |= PTE_W | PTE_D;
        }
        boot_pd[base >> SHIFT_2M] = pa | pte_private | PTE_TABLE;
        for (uint64_t at = base; at < base + (1ull << SHIFT_2M); at += PAGE_SIZE)
            invlpg(at);
    }
}

void paging_init(const struct boot_info *info)
{
    uint64_t top = 4 * GIB; /* firmware's tables may lie anywhere below */
    map = info;
    const struct boot_range *last = info->ranges + info->range_count - 1; /* they are sorted */
    while (last > info->ranges && last->type != RANGE_USABLE)
        last--;
    if (last->base + last->size > top)
        top = last->base + last->size;
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
