/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps that end the machine, interrupts that do not. */
#include "arch.h"
#include "lapic.h"
#include "base/cpus.h"
#include "base/symbols.h"
#include "interrupt.h"
#include "cpu.h"
#include "base/console.h"
#include "base/panic.h"
#include "base/platform.h"
#include "sched/sched.h"
#include "mm/vm.h"

static const char *const names[32] = {
    [0] = "division by zero (#DE)",
    [1] = "debug trap (#DB)",
    [2] = "non-maskable interrupt",
    [3] = "breakpoint (#BP)",
    [4] = "overflow (#OF)",
    [5] = "bound range exceeded (#BR)",
    [6] = "invalid instruction (#UD)",
    [7] = "no FPU (#NM)",
    [8] = "double fault (#DF)",
    [10] = "invalid TSS (#TS)",
    [11] = "segment not present (#NP)",
    [12] = "stack-segment fault (#SS)",
    [13] = "general protection fault (#GP)",
    [16] = "x87 floating-point error (#MF)",
    [17] = "alignment check (#AC)",
    [18] = "machine check (#MC)",
    [19] = "SIMD floating-point error (#XM)",
    [20] = "virtualization exception (#VE)",
    [21] = "control protection exception (#CP)",
};

/* An error code that names an entry of the IDT: SDM vol. 3A, 6.13. */
#define ERROR_IDT 2

/* Has the running thread overflowed its stack, of which va could not be touched? By a page, or by
 * more, where code was not made to touch each page of a large frame on its way. */
static bool overflowed(uint64_t sp, uint64_t va)
{
    const uint64_t far = 1ull << 30;
    const struct thread *t = thread_self();
    uint64_t low = t->stack + PAGE_SIZE;
    return t->stack_size != 0 && ((va >= t->stack && va < low) || (sp < low && sp > low - far));
}

static _Noreturn void page_fault_panic(const struct trap_frame *f)
{
    uint64_t va = read_cr2();
    const char *what = f->error & FAULT_FETCH   ? "execution"
                       : f->error & FAULT_WRITE ? "write"
                                                : "read";
    if (overflowed(f->rsp, va))
        panic_at(f, "stack overflow: %s at 0x%lx, below the stack of thread %u", what,
                 (unsigned long)va, thread_self()->id);
    if (va < VM_NULL_END)
        panic_at(f, "null pointer: %s at 0x%lx", what, (unsigned long)va);
    const char *why = vm_others != 0 ? vm_others->why(va, f->error) : 0;
    if (why == 0)
        why = f->error & FAULT_PRESENT ? "which its protection forbids" : "where nothing is mapped";
    panic_at(f, "page fault: %s at 0x%lx, %s", what, (unsigned long)va, why);
}

static const char *name_of(uint64_t vector)
{
    return vector < 32 && names[vector] != 0 ? names[vector]
           : vector == VECTOR_PF             ? "page fault (#PF)"
                                             : "exception";
}

/* The CPU whose fault stack ends there. */
static struct cpu_base *cpu_of(uint64_t fault_stack)
{
    unsigned i = CPUS_MAX - 1;
    while (i > 0 && (cpus[i] == 0 || cpus[i]->base.fault_stack != fault_stack))
        i--;
    return &cpus[i]->base;
}

/* Whatever the first fault was: this is the last line, and no more is tried than that. */
static _Noreturn void fault_in_handler(const struct trap_frame *f, const struct trap_frame *first)
{
    static uint32_t times;
    uint64_t offset;
    unsigned n = __atomic_fetch_add(&times, 1, __ATOMIC_RELAXED);
    smp_running = false; /* nobody waits for a lock that the first one held */
    if (n == 0)
        kprintf("LIMPET: panic: %s at 0x%lx in the report of another fault: %s at 0x%lx (%s)\n",
                name_of(f->vector), f->rip, name_of(first->vector), first->rip,
                symbol_name(first->rip, &offset));
    if (n <= 1)
        platform_crash();
    for (;;)
        cpu_triple_fault();
}

bool (*trap_handler)(struct trap_frame *frame, uint64_t address);

/* On the fault stack of this CPU, which ends there. Returns from the guarded RDMSR, and to a
 * handler. */
void trap(struct trap_frame *f, uint64_t fault_stack);
void trap(struct trap_frame *f, uint64_t fault_stack)
{
    extern const char read_msr_at[], read_msr_faulted[]; /* msr.S */
    static struct trap_frame first;
    if (f->vector == VECTOR_GP && f->rip == (uint64_t)read_msr_at) {
        f->rip = (uint64_t)read_msr_faulted;
        return;
    }
    if (fault_stack - f->rsp < FAULT_STACK)
        fault_in_handler(f, &first);
    wrmsr(MSR_GS_BASE, (uint64_t)cpu_of(fault_stack)); /* the app may have changed it */
    if (trap_handler != 0 && trap_handler(f, f->vector == VECTOR_PF ? read_cr2() : 0))
        return;
    first = *f;
    if (f->vector == VECTOR_PF)
        page_fault_panic(f);
    if (f->vector == VECTOR_GP && f->error & ERROR_IDT)
        panic_at(f, "interrupt vector without a handler, error code 0x%lx",
                 (unsigned long)f->error); /* vector × 8 + 2; QEMU 7.2's is × 16 */
    panic_at(f, "%s, vector %u, error code 0x%lx", name_of(f->vector), (unsigned)f->vector,
             (unsigned long)f->error);
}

/* Nobody has asked for it: it is told once, and ended where it came from a local APIC. */
static void unexpected(uint64_t vector)
{
    static uint64_t told;
    uint64_t bit = 1ull << vector;
    if (!(__atomic_fetch_or(&told, bit, __ATOMIC_RELAXED) & bit))
        kprintf("LIMPET: unexpected interrupt, vector %u\n", (unsigned)vector);
    if (lapic_is_on())
        lapic_eoi();
}

void interrupt(uint64_t vector);
void interrupt(uint64_t vector)
{
    if (vector == VECTOR_SPURIOUS)
        return; /* no end of interrupt for these: SDM vol. 3A, 10.9 */
    if (vector == VECTOR_EVENT && platform->event != 0) {
        platform->event();
        return;
    }
    if ((vector != VECTOR_TIMER && vector != VECTOR_IPI) || !lapic_is_on()) {
        unexpected(vector);
        return;
    }
    lapic_eoi();
    if (vector == VECTOR_TIMER)
        timer_interrupt();
    else
        smp_interrupt();
}
