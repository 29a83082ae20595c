/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory is short: spare stacks go back. */
#include "sched/stack.h"
#include "mm/tlb.h"
#include "sched/mutex.h"

static void give_back(void)
{
    static struct mutex mutex; /* who comes second finds memory, not stacks on their way there */
    mutex_lock(&mutex);
    struct thread *first = stack_take_all(), *next;
    for (const struct thread *t = first; t != 0; t = t->next)
        stack_unmap(t->stack, t->stack_size);
    if (first != 0)
        tlb_flush();
    for (; first != 0; first = next) {
        next = first->next;
        page_free((uint64_t)first - PHYS_BASE, order_for(first->stack_size));
    }
    mutex_unlock(&mutex);
}

struct page_keeper stack_keeper = {.give_back = give_back};
