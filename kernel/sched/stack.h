/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks, each with its thread's struct thread: a block of pages, whose first page is the guard and
 * holds struct thread, seen through the window on physical memory only.
 */
#ifndef KERNEL_STACK_H
#define KERNEL_STACK_H

#include "sched/sched.h"

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
