/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks, each with its thread's struct thread: a block of pages, whose first page is the guard and
 * holds struct thread, seen through the window on physical memory only.
 */
#ifndef KERNEL_STACK_H
#define KERNEL_STACK_H

#include "sched/sched.h"

extern char __tls_room[];

/* What bytes of stack take: with the guard page, thread-local storage, its alignment. */
static inline uint64_t stack_room(uint64_t bytes)
{
    return bytes + PAGE_SIZE + (uint64_t)__tls_room;
}

/*
 * Sets main's stack aside, of so many bytes on a machine of so many pages, for the first
 * stack_get() that wants one of that room: pages of 2 MiB, of which nothing is touched before a
 * program is deep in its calls, and above them a few beside the image. Before anything else is
 * allocated.
 */
void stack_make_main(uint64_t bytes, uint64_t pages);

/* A stack of PAGE_SIZE << order bytes, guard page included: its struct thread, of which only stack
 * and stack_size are set; NULL: no memory. Interrupts are on. */
struct thread *stack_get(unsigned order);

/* Its thread has ended, or does not come to be. It is kept for the next one of its size. */
void stack_put(struct thread *t);

/* Gives those back that nobody has. Added at the second thread: before it no stack is spare. */
extern struct page_keeper stack_keeper;

/* Its parts: takes them all out, linked by next; unmaps one. */
struct thread *stack_take_all(void);
void stack_unmap(uint64_t base, uint64_t size);

#endif
