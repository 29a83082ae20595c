/* SPDX-License-Identifier: BSD-2-Clause */
/* Who called whom when an interrupt came: see calls.h. Linked where a sampler is (kernel/observe/).
 */
#include "calls.h"
#include "base/symbols.h"
#include <string.h>

/* How far above the stack pointer a function may have the address it returns to, if it has no frame
 * (-momit-leaf-frame-pointer). */
#define LEAF_WORDS 32

/* interrupt()'s own frame, and behind it what trap.S has pushed. */
struct interrupted {
    uint64_t rbp, back;
    uint64_t r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax, vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};

static const struct interrupted *interrupted[CPUS_MAX];

/* In the place of arch/x86_64/trap.c's interrupt(), which the linker gives this name. */
void __real_interrupt(uint64_t vector);
void __wrap_interrupt(uint64_t vector);
void __wrap_interrupt(uint64_t vector)
{
    interrupted[this_cpu()->number] = __builtin_frame_address(0);
    __real_interrupt(vector);
    __asm__ volatile("" : : : "memory"); /* its frame is there until then: this is no jump */
}

static bool is_code(uint64_t address)
{
    extern char __text_start[], __rodata_start[];
    return address >= (uint64_t)__text_start && address < (uint64_t)__rodata_start;
}

/* Where the function begins that an address lies in; 0: in none. */
static uint32_t function_at(uint64_t address)
{
    uint32_t low = 0, high = limpet_symbol_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (limpet_symbols[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? 0 : limpet_symbols[low - 1];
}

/* Does a direct call of a function stand before this address? E8 and the distance from behind it.
 */
static bool is_behind_call(uint64_t address, uint32_t function)
{
    const uint8_t *code = (const uint8_t *)address;
    int32_t distance;
    if (!is_code(address - 5) || !is_code(address) || code[-5] != 0xe8)
        return false;
    memcpy(&distance, code - 4, sizeof distance);
    return address + (uint64_t)(int64_t)distance == function;
}

/*
 * Where a function returns to that has no frame, not yet or not any more: rbp is then its caller's,
 * and the chain of frames leaves that one out. Looks for the address behind a call of this very
 * function; 0: none.
 */
static uint64_t leaf_return(const struct interrupted *i)
{
    uint32_t function = function_at(i->rip);
    const uint64_t *frame = (const uint64_t *)i->rbp;
    if (stack_holds(i->rbp, 16) && is_behind_call(frame[1], function))
        return 0; /* it has one */
    for (uint64_t n = 0, at = i->rsp; n < LEAF_WORDS && stack_holds(at, 8); n++, at += 8)
        if (is_behind_call(*(const uint64_t *)at, function))
            return *(const uint64_t *)at;
    return 0;
}

unsigned arch_calls(uint32_t *out, unsigned most)
{
    const struct interrupted *i = interrupted[this_cpu()->number];
    const uint64_t *frame = (const uint64_t *)i->rbp;
    unsigned n = 0;
    out[n++] = (uint32_t)i->rip;
    uint64_t leaf = leaf_return(i);
    if (leaf != 0 && n < most)
        out[n++] = (uint32_t)(leaf - 1); /* inside the call, not behind it */
    while (n < most && stack_holds((uint64_t)frame, 16) && is_code(frame[1])) {
        const uint64_t *next = (const uint64_t *)frame[0];
        out[n++] = (uint32_t)(frame[1] - 1);
        if (next <= frame)
            break;
        frame = next;
    }
    return n;
}
