/* SPDX-License-Identifier: BSD-2-Clause */
/* What a panic shows of a CPU. */
#include "arch.h"
#include "base/console.h"
#include "base/panic.h"
#include "base/symbols.h"
#include "calls.h"
#include "cpu.h"

#define PUSH_RBP 0x55 /* what functions with a frame begin with */

void arch_print_registers(const struct trap_frame *f)
{
    kprintf("  rip %016lx  rsp %016lx  rflags %08lx\n", f->rip, f->rsp, f->rflags);
    kprintf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
    kprintf("  rsi %016lx  rdi %016lx  rbp %016lx  cr2 %016lx\n", f->rsi, f->rdi, f->rbp,
            read_cr2());
    kprintf("  r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx\n", f->r8, f->r9, f->r10, f->r11);
    kprintf("  r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx\n", f->r12, f->r13, f->r14, f->r15);
}

static void print_call(uint64_t address)
{
    uint64_t offset;
    const char *name = symbol_name(address, &offset);
    kprintf("  %016lx  %s+0x%lx\n", address, name, offset);
}

/* A leaf function, or one in assembly, has no frame, nor has a call to nowhere: its caller is the
 * last word on the stack. */
static void print_caller_without_frame(const struct trap_frame *f)
{
    uint64_t offset;
    bool known = symbol_name(f->rip, &offset)[0] != '?';
    if (known && offset != 0 && *(const uint8_t *)(f->rip - offset) == PUSH_RBP)
        return;
    if (stack_holds(f->rsp, 8) && is_return_address(*(const uint64_t *)f->rsp))
        print_call(*(const uint64_t *)f->rsp - 1);
}

/* Follows the chain of frame pointers as long as it climbs within mapped stacks. */
void arch_print_backtrace(const struct trap_frame *f)
{
    const uint64_t *bp = f != 0 ? (const uint64_t *)f->rbp : __builtin_frame_address(0);
    if (f != 0) {
        print_call(f->rip);
        print_caller_without_frame(f);
    }
    for (int depth = 0; depth < 32 && stack_holds((uint64_t)bp, 16); depth++) {
        const uint64_t *next = (const uint64_t *)bp[0];
        if (bp[1] == 0)
            break;
        print_call(bp[1] - 1); /* inside the call, not behind it */
        if (next <= bp)
            break;
        bp = next;
    }
}
