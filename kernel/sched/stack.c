/* SPDX-License-Identifier: BSD-2-Clause */
/* Stacks of threads: mapped once, kept for later ones of their size until memory is short. */
#include "sched/stack.h"
#include "sched/mutex.h"
#include "mm/page.h"
#include "sched/smp.h"
#include "mm/vm.h"

/* A stack's addresses are those of its memory, moved: so no two overlap, and none are used up. */
static struct thread *spare[ORDER_MAX + 1]; /* by order; linked by next */
static uint64_t spare_pages;
static struct lock lock; /* over both */
static bool main_stack_made;

static void unmap(uint64_t base, uint64_t size)
{
    unsigned shift;
    for (uint64_t at = PAGE_SIZE; at < size; at += PAGE_SIZE)
        paging_unmap(base + at, &shift);
}

static struct thread *new_stack(unsigned order)
{
    uint64_t size = PAGE_SIZE << order, pa = page_alloc(order);
    if (pa == 0)
        return 0;
    uint64_t base = VM_STACKS + pa;
    if (!main_stack_made && size <= VM_MAIN_STACK_TOP - VM_DEVICES_END)
        base = VM_MAIN_STACK_TOP - size; /* the tables for it are there already */
    main_stack_made = true;
    unsigned long flags = interrupts_save();
    int error = paging_map_run(base + PAGE_SIZE, pa + PAGE_SIZE, size - PAGE_SIZE);
    interrupts_restore(flags);
    if (error != 0) {
        unmap(base, size);
        page_free(pa, order);
        return 0;
    }
    struct thread *t = phys_to_virt(pa); /* the guard's page, which the stack does not use */
    t->stack = base;
    t->stack_size = size;
    return t;
}

struct thread *stack_get(unsigned order)
{
    if (order > ORDER_MAX)
        return 0;
    unsigned long flags = lock_take(&lock);
    struct thread *t = spare[order];
    if (t != 0) {
        spare[order] = t->next;
        spare_pages -= 1ull << order;
    }
    lock_drop(&lock, flags);
    if (t == 0)
        t = new_stack(order);
    if (t == 0 && page_reclaim()) /* the tables may have been what there was no page for */
        t = new_stack(order);
    return t;
}

void stack_put(struct thread *t)
{
    unsigned order = order_for(t->stack_size);
    unsigned long flags = lock_take(&lock);
    t->next = spare[order];
    spare[order] = t;
    spare_pages += 1ull << order;
    lock_drop(&lock, flags);
}

uint64_t stack_spare_pages(void) { return spare_pages; }

void stack_trim(void)
{
    static struct mutex mutex; /* who comes second finds memory, not stacks on their way there */
    mutex_lock(&mutex);
    struct thread *first = 0, *next;
    unsigned long flags = lock_take(&lock);
    for (unsigned order = 0; order <= ORDER_MAX; order++)
        for (; spare[order] != 0; spare[order] = next) {
            next = spare[order]->next;
            spare[order]->next = first;
            first = spare[order];
        }
    spare_pages = 0;
    lock_drop(&lock, flags);
    for (const struct thread *t = first; t != 0; t = t->next)
        unmap(t->stack, t->stack_size);
    if (first != 0)
        smp_flush();
    for (; first != 0; first = next) {
        next = first->next;
        page_free((uint64_t)first - PHYS_BASE, order_for(first->stack_size));
    }
    mutex_unlock(&mutex);
}
