/* SPDX-License-Identifier: BSD-2-Clause */
/* A treap of address ranges: see area.h. */
#include "mm/area.h"
#include <stddef.h>

struct area *area_find(struct area *n, uint64_t va, bool next)
{
    struct area *behind = NULL;
    while (n != NULL && (va < n->start || va >= n->end)) {
        if (va < n->start)
            behind = n;
        n = va < n->start ? n->left : n->right;
    }
    return n != NULL || !next ? n : behind;
}

/* What a subtree knows of itself, once those below do. */
static void update(struct area *n)
{
    const struct area *l = n->left, *r = n->right;
    uint64_t before = l != NULL ? n->start - l->high : 0;
    uint64_t behind = r != NULL ? r->low - n->end : 0;
    n->low = l != NULL ? l->low : n->start;
    n->high = r != NULL ? r->high : n->end;
    n->gap = before > behind ? before : behind;
    if (l != NULL && l->gap > n->gap)
        n->gap = l->gap;
    if (r != NULL && r->gap > n->gap)
        n->gap = r->gap;
}

/* Those that begin below va, and the others. */
static void split(struct area *n, uint64_t va, struct area **below, struct area **others)
{
    if (n == NULL) {
        *below = *others = NULL;
        return;
    }
    if (n->start < va) {
        split(n->right, va, &n->right, others);
        *below = n;
    } else {
        split(n->left, va, below, &n->left);
        *others = n;
    }
    update(n);
}

/* All of l lies below all of r. */
static struct area *merge(struct area *l, struct area *r)
{
    if (l == NULL || r == NULL)
        return l != NULL ? l : r;
    struct area *top = l->rank >= r->rank ? l : r;
    if (top == l)
        l->right = merge(l->right, r);
    else
        r->left = merge(l, r->left);
    update(top);
    return top;
}

static void insert(struct area **at, struct area *a)
{
    struct area *n = *at;
    if (n == NULL || a->rank > n->rank) {
        split(n, a->start, &a->left, &a->right);
        *at = a;
    } else {
        insert(a->start < n->start ? &n->left : &n->right, a);
    }
    update(*at);
}

void area_insert(struct area **tree, struct area *a)
{
    static uint32_t random = 1; /* xorshift: Marsaglia, Xorshift RNGs, 2003 */
    random ^= random << 13;
    random ^= random >> 17;
    random ^= random << 5;
    a->rank = random;
    insert(tree, a);
}

void area_remove(struct area **at, struct area *a)
{
    struct area *n = *at;
    if (n == a) {
        *at = merge(a->left, a->right);
        return;
    }
    area_remove(a->start < n->start ? &n->left : &n->right, a);
    update(n);
}

void area_resize(struct area **tree, struct area *a, uint64_t start, uint64_t end)
{
    struct area *n = *tree;
    if (n == a) {
        a->start = start;
        a->end = end;
    } else {
        area_resize(a->start < n->start ? &n->left : &n->right, a, start, end);
    }
    update(n);
}

uint64_t area_room(const struct area *n, uint64_t base, uint64_t limit, uint64_t bytes)
{
    if (n == NULL || n->low - base >= bytes)
        return limit - base >= bytes ? base : 0;
    if (n->gap < bytes)
        return limit - n->high >= bytes ? n->high : 0;
    for (;;) {
        const struct area *l = n->left, *r = n->right;
        if (l != NULL && l->gap >= bytes)
            n = l;
        else if (l != NULL && n->start - l->high >= bytes)
            return l->high;
        else if (r->low - n->end >= bytes)
            return n->end;
        else
            n = r;
    }
}
