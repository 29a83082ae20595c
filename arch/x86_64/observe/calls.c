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
    extern const uint8_t __text_start[], __rodata_start[];
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
static bool is_behind_call_of(uint64_t address, uint32_t function)
{
    const uint8_t *code = (const uint8_t *)address;
    int32_t distance;
    if (!is_code(address - 5) || !is_code(address) || code[-5] != 0xe8)
        return false;
    memcpy(&distance, code - 4, sizeof distance);
    return address + (uint64_t)(int64_t)distance == function;
}

static bool is_frame(uint64_t va)
{
    return stack_holds(va, 16) && is_return_address(((const uint64_t *)va)[1]);
}

/*
 * Where the return address is of a function that has no frame, not yet or not any more: it lies
 * behind a call of this very function, or, any, behind any call. 0: nowhere. end: no further.
 */
static uint64_t return_slot(const struct interrupted *i, bool any, uint64_t end)
{
    uint32_t function = function_at(i->rip);
    for (uint64_t n = 0, at = i->rsp; n < LEAF_WORDS && at < end && stack_holds(at, 8);
         n++, at += 8) {
        uint64_t word = *(const uint64_t *)at;
        if (is_behind_call_of(word, function) || (any && is_return_address(word)))
            return at;
    }
    return 0;
}

/* The frame of its caller, which a function keeps on its stack that uses rbp for something else. */
static uint64_t kept_frame(const struct interrupted *i, uint64_t slot)
{
    for (uint64_t at = i->rsp; at < slot; at += 8) {
        uint64_t word = *(const uint64_t *)at;
        if (word > slot && is_frame(word))
            return word;
    }
    return 0;
}

/*
 * The frame to go on from, and in *back where the function returns to that the frames leave out; 0:
 * none. A function without a frame of its own leaves rbp as its caller's, or keeps that.
 */
static uint64_t first_frame(const struct interrupted *i, uint64_t *back)
{
    uint64_t slot = 0, frame = i->rbp;
    if (is_frame(frame)) {
        if (!is_behind_call_of(((const uint64_t *)frame)[1], function_at(i->rip)))
            slot = return_slot(i, false, frame);
    } else {
        slot = return_slot(i, false, UINT64_MAX);
        if (slot == 0)
            slot = return_slot(i, true, UINT64_MAX);
        frame = slot != 0 ? kept_frame(i, slot) : 0;
    }
    *back = slot != 0 ? *(const uint64_t *)slot : 0;
    return frame;
}

unsigned arch_calls(uint32_t *out, unsigned most)
{
    const struct interrupted *i = interrupted[this_cpu()->number];
    uint64_t back, at = first_frame(i, &back);
    unsigned n = 0;
    out[n++] = (uint32_t)i->rip;
    if (back != 0 && n < most)
        out[n++] = (uint32_t)(back - 1); /* inside the call, not behind it */
    while (n < most && at != 0 && stack_holds(at, 16)) {
        const uint64_t *frame = (const uint64_t *)at;
        if (!is_code(frame[1]))
            break;
        out[n++] = (uint32_t)(frame[1] - 1);
        if (frame[0] <= at)
            break;
        at = frame[0];
    }
    return n;
}
