/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sleepers: a pairing heap by deadline, so that the next is found in O(1). A node's heap_prev is
 * its left sibling, or its parent when it is the first child.
 */
#include "sched/sched.h"

static struct thread *meld(struct thread *a, struct thread *b)
{
    if (a == 0)
        return b;
    if (b == 0)
        return a;
    if (b->deadline < a->deadline) {
        struct thread *t = a;
        a = b;
        b = t;
    }
    b->heap_next = a->heap_child;
    b->heap_prev = a;
    if (a->heap_child != 0)
        a->heap_child->heap_prev = b;
    a->heap_child = b;
    return a;
}

/* Melds a list of siblings in pairs, then the pairs from the right. */
static struct thread *meld_siblings(struct thread *first)
{
    struct thread *pairs = 0, *root = 0;
    while (first != 0) {
        struct thread *a = first, *b = a->heap_next;
        first = b != 0 ? b->heap_next : 0;
        a->heap_next = a->heap_prev = 0;
        if (b != 0)
            b->heap_next = b->heap_prev = 0;
        a = meld(a, b);
        a->heap_next = pairs;
        pairs = a;
    }
    while (pairs != 0) {
        struct thread *next = pairs->heap_next;
        pairs->heap_next = pairs->heap_prev = 0;
        root = meld(root, pairs);
        pairs = next;
    }
    return root;
}

void sleep_add(struct cpu *cpu, struct thread *t)
{
    t->heap_child = t->heap_next = t->heap_prev = 0;
    cpu->sleepers = meld(cpu->sleepers, t);
}

void sleep_remove(struct cpu *cpu, struct thread *t)
{
    if (t == cpu->sleepers) {
        cpu->sleepers = meld_siblings(t->heap_child);
    } else {
        if (t->heap_prev->heap_child == t)
            t->heap_prev->heap_child = t->heap_next;
        else
            t->heap_prev->heap_next = t->heap_next;
        if (t->heap_next != 0)
            t->heap_next->heap_prev = t->heap_prev;
        cpu->sleepers = meld(cpu->sleepers, meld_siblings(t->heap_child));
    }
    t->deadline = NO_DEADLINE;
}
