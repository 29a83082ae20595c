/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for files: see wait.h. */
#include "sys/wait.h"
#include "base/lock.h"
#include "sched/sched.h"

/* Of all lists: held for a few instructions a waiter. */
static struct lock lock;

void wait_list_add(struct wait_list *list, struct waiter *w)
{
    unsigned long flags = lock_take(&lock);
    w->next = list->first;
    if (w->next != 0)
        w->next->link = &w->next;
    w->link = &list->first;
    list->first = w;
    lock_drop(&lock, flags);
}

static void take_out(struct waiter *w)
{
    *w->link = w->next; /* NOLINT(clang-analyzer-core.NullDereference): it is in a list */
    if (w->next != 0)
        w->next->link = w->link;
    w->link = 0;
}

void wait_list_remove(struct waiter *w)
{
    unsigned long flags = lock_take(&lock);
    if (w->link != 0)
        take_out(w);
    lock_drop(&lock, flags);
}

/* Under the lock, as who is in the list may go as soon as it is not held. */
static void wake(struct waiter *w)
{
    if (__atomic_exchange_n(w->event, 1, __ATOMIC_ACQ_REL) == 0)
        futex_wake_later(w->event, 1);
}

void wait_list_wake(struct wait_list *list)
{
    unsigned long flags = lock_take(&lock);
    for (struct waiter *w = list->first; w != 0; w = w->next)
        wake(w);
    lock_drop(&lock, flags);
}

void wait_list_end(struct wait_list *list)
{
    unsigned long flags = lock_take(&lock);
    while (list->first != 0) {
        struct waiter *w = list->first;
        take_out(w);
        wake(w);
    }
    lock_drop(&lock, flags);
}
