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

/* Does it lie in the image's code, behind a call? (Intel SDM vol. 2A, CALL: E8 and four bytes, or
 * FF /2 and up to five) */
static inline bool is_return_address(uint64_t address)
{
    extern const uint8_t __text_start[], __rodata_start[];
    const uint8_t *p = (const uint8_t *)address;
    if (p < __text_start + 7 || p >= __rodata_start)
        return false;
    bool found = p[-5] == 0xe8;
    for (int n = 2; n <= 7 && !found; n++)
        found = p[-n] == 0xff && (p[1 - n] >> 3 & 7) == 2;
    return found;
}

/*
 * In an image with a sampler (observe/): in an interrupt, what this CPU was doing before it. Writes
 * the address of the instruction that is next, then, caller by caller, one inside each call; at
 * most `most`, which is not 0. Returns how many.
 */
unsigned arch_calls(uint32_t *out, unsigned most);

#endif
