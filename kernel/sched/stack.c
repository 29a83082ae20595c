/* SPDX-License-Identifier: BSD-2-Clause */
/* Stacks of threads: mapped once, kept for later ones of their size until memory is short. */
#include "sched/stack.h"
#include "mm/page.h"
#include "mm/vm.h"

#define ORDER_MAIN_LEAST 6 /* for main, where RAM has no piece of 2 MiB */

/* A stack's addresses are those of its memory, moved: so no two overlap, and none are used up. */
static struct thread *spare[ORDER_MAX + 1]; /* by order; linked by next */
static struct lock lock;

void stack_unmap(uint64_t base, uint64_t size)
{
    paging_hide(base + PAGE_SIZE, base + size, size); /* paging_map_run() minds nothing */
}

static struct thread *new_stack(unsigned order)
{
    uint64_t size = PAGE_SIZE << order, pa = page_alloc(order);
    if (pa == 0)
        return 0;
    uint64_t base = VM_STACKS + pa;
    unsigned long flags = interrupts_save();
    int error = paging_map_run(base + PAGE_SIZE, pa + PAGE_SIZE, size - PAGE_SIZE);
    interrupts_restore(flags);
    if (error != 0) {
        stack_unmap(base, size);
        page_free(pa, order);
        return 0;
    }
    struct thread *t = phys_to_virt(pa); /* the guard's page, which the stack does not use */
    t->stack = base;
    t->stack_size = size;
    return t;
}

void stack_make_main(uint64_t bytes, uint64_t pages)
{
    const uint64_t piece = 1ull << SHIFT_2M, few = VM_MAIN_STACK_TOP - VM_NEAR;
    const bool any = bytes == STACK_MAIN;
    uint64_t room = stack_room(bytes), low = 0, top = 0;
    uint64_t n = (room - PAGE_SIZE - few + piece - 1) / piece, most = 1 + pages / STACK_MAIN_SHARE;
    if (any && n > most)
        n = most;
    if (n < (VM_NEAR - VM_BASE) / piece)
        low = page_take_first(n << ORDER_2M, 1u << ORDER_2M);
    if (low == 0 && any) { /* firmware's map is in pieces, the first of them small */
        n = 1ull << (63 - __builtin_clzll(n));
        low = page_alloc(order_for(n * piece));
    }
    if (low != 0)
        top = page_take_first(1 + few / PAGE_SIZE, 1);
    struct thread *t = top != 0 ? phys_to_virt(top) : any ? new_stack(ORDER_MAIN_LEAST) : 0;
    if (t == 0)
        return;
    if (top != 0) {
        paging_map_main_stack(low, n, top + PAGE_SIZE);
        t->stack = VM_NEAR - n * piece - PAGE_SIZE;
        t->stack_size = VM_MAIN_STACK_TOP - t->stack;
    }
    t->next = 0;
    spare[order_for(room)] = t;
    page_kept += 1ull << order_for(room); /* as stack_get() expects */
}

struct thread *stack_get(unsigned order)
{
    if (order > ORDER_MAX)
        return 0;
    unsigned long flags = lock_take(&lock);
    struct thread *t = spare[order];
    if (t != 0) {
        spare[order] = t->next;
        __atomic_sub_fetch(&page_kept, 1ull << order, __ATOMIC_RELAXED);
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
    if (t->stack < VM_STACKS)
        return; /* main's own is not made of a block */
    unsigned order = order_for(t->stack_size);
    unsigned long flags = lock_take(&lock);
    t->next = spare[order];
    spare[order] = t;
    __atomic_add_fetch(&page_kept, 1ull << order, __ATOMIC_RELAXED);
    lock_drop(&lock, flags);
}

struct thread *stack_take_all(void)
{
    struct thread *first = 0, *next;
    unsigned long flags = lock_take(&lock);
    for (unsigned order = 0; order <= ORDER_MAX; order++)
        for (; spare[order] != 0; spare[order] = next) {
            next = spare[order]->next;
            spare[order]->next = first;
            first = spare[order];
            __atomic_sub_fetch(&page_kept, 1ull << order, __ATOMIC_RELAXED);
        }
    lock_drop(&lock, flags);
    return first;
}
