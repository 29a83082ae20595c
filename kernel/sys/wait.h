/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waiting for files: whatever may become readable or writable has a list of who waits for that, and
 * wakes them all when it changes. A thread may be in many lists at once, with one word that it
 * sleeps on: so poll() waits, and so does a read() that blocks.
 */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include <stdint.h>

struct waiter {
    struct waiter *next, **link; /* link: what points to this one; NULL: in no list */
    uint32_t *event;             /* becomes 1: a futex */
};

struct wait_list {
    struct waiter *first;
};

/* Into a list, and out of the one that it is in, if any. */
void wait_list_add(struct wait_list *list, struct waiter *w);
void wait_list_remove(struct waiter *w);

/* Wakes all. From interrupts too: does not give way. */
void wait_list_wake(struct wait_list *list);

/* The list's owner goes away: wakes all, who are in no list from then on. */
void wait_list_end(struct wait_list *list);

#endif
