/* SPDX-License-Identifier: BSD-2-Clause */
/* Which bytes belong to the running context's stack, and who called whom when an interrupt came. */
#ifndef ARCH_CALLS_H
#define ARCH_CALLS_H

#include <stdbool.h>
#include <stdint.h>
#include "sched/sched.h"

/* Do n bytes at va lie in a known stack, all of which is mapped? */
static inline bool stack_holds(uint64_t va, uint64_t n)
{
    extern char __boot_stack_guard[], __fault_stack_end[];
    const struct thread *t = thread_self();
    uint64_t low = (uint64_t)__boot_stack_guard + PAGE_SIZE, high = (uint64_t)__fault_stack_end;
    if (va & 7)
        return false;
    if (va >= low && va <= high - n)
        return true;
    return va >= t->stack + PAGE_SIZE && va <= t->stack + t->stack_size - n;
}

/*
 * In an image with a sampler (observe/): in an interrupt, what this CPU was doing before it. Writes
 * the address of the instruction that is next, then, caller by caller, one inside each call; at
 * most `most`, which is not 0. Returns how many.
 */
unsigned arch_calls(uint32_t *out, unsigned most);

#endif
