/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals' frames: see signal_entry.h. */
#include "signal_entry.h"
#include "cpu.h"
#include "mm/vm.h"
#include "percpu.h"

#define ROOM 4096 /* for a frame, a context and a call, beside the vector state */

static const struct {
    uint8_t vector, signal, code;
} exceptions[] = {
    {0, SIGFPE, FPE_INTDIV},  {1, SIGTRAP, TRAP_TRACE}, {3, SIGTRAP, TRAP_BRKPT},
    {4, SIGSEGV, SI_KERNEL},  {5, SIGSEGV, SI_KERNEL},  {6, SIGILL, ILL_ILLOPN},
    {12, SIGBUS, BUS_ADRERR}, {13, SIGSEGV, SI_KERNEL}, {14, SIGSEGV, SEGV_MAPERR},
    {16, SIGFPE, FPE_FLTINV}, {17, SIGBUS, BUS_ADRALN}, {19, SIGFPE, FPE_FLTINV},
};

void arch_signal_info(const struct trap_frame *frame, uint64_t address, siginfo_t *info)
{
    info->si_signo = 0;
    for (unsigned i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (exceptions[i].vector == frame->vector) {
            info->si_signo = exceptions[i].signal;
            info->si_code = exceptions[i].code;
        }
    info->si_addr = (void *)frame->rip;
    if (frame->vector == 13)
        info->si_addr = 0; /* which address, the CPU does not say */
    if (frame->vector == VECTOR_PF) {
        info->si_addr = (void *)address;
        if (frame->error & FAULT_PRESENT)
            info->si_code = SEGV_ACCERR;
        else if (vm_others != 0 && vm_others->lacks(address, frame->error)) {
            info->si_signo = SIGBUS; /* it is mapped, but the file ends before, or memory does */
            info->si_code = BUS_ADRERR;
        }
    }
}

/* Exceptions that happened and are not masked: SDM vol. 1, 8.1.3 (x87's status and control) and
 * 10.2.3 (MXCSR): invalid, denormal, division by zero, overflow, underflow, precision. */
void arch_signal_float(siginfo_t *info, const void *fpu)
{
    static const uint8_t codes[] = {FPE_FLTINV, FPE_FLTUND, FPE_FLTDIV,
                                    FPE_FLTOVF, FPE_FLTUND, FPE_FLTRES};
    const struct _fpstate *state = fpu;
    if (info->si_signo != SIGFPE || info->si_code == FPE_INTDIV)
        return;
    uint32_t x87 = state->swd & ~state->cwd & 0x3fu;
    uint32_t sse = state->mxcsr & ~(state->mxcsr >> 7) & 0x3fu;
    uint32_t set = x87 != 0 ? x87 : sse;
    if (set != 0)
        info->si_code = codes[__builtin_ctz(set)];
}

void arch_signal_context(ucontext_t *context, const struct trap_frame *f, void *fpu,
                         const void *caller)
{
    greg_t *g = context->uc_mcontext.gregs;
    context->uc_mcontext.fpregs = fpu;
    if (f == 0) {
        g[REG_RIP] = (greg_t)(uintptr_t)caller;
        g[REG_RSP] = g[REG_RBP] = (greg_t)(uintptr_t)__builtin_frame_address(0);
        return;
    }
    const uint64_t from[] = {f->r8,  f->r9,  f->r10, f->r11,    f->r12, f->r13,   f->r14,
                             f->r15, f->rdi, f->rsi, f->rbp,    f->rbx, f->rdx,   f->rax,
                             f->rcx, f->rsp, f->rip, f->rflags, f->cs,  f->error, f->vector};
    for (unsigned i = 0; i < sizeof from / sizeof *from; i++)
        g[i] = (greg_t)from[i];
}

void arch_signal_resume(const ucontext_t *context, struct trap_frame *f)
{
    const greg_t *g = context->uc_mcontext.gregs;
    uint64_t *const to[] = {&f->r8,  &f->r9,  &f->r10, &f->r11, &f->r12, &f->r13,
                            &f->r14, &f->r15, &f->rdi, &f->rsi, &f->rbp, &f->rbx,
                            &f->rdx, &f->rax, &f->rcx, &f->rsp, &f->rip};
    for (unsigned i = 0; i < sizeof to / sizeof *to; i++)
        *to[i] = (uint64_t)g[i];
    /* the flags that a program may change: SDM vol. 1, 3.4.3 */
    const uint64_t theirs = 0x40dd5;
    f->rflags = (f->rflags & ~theirs) | ((uint64_t)g[REG_EFL] & theirs);
}

uint64_t arch_signal_room(void)
{
    const struct cpu_base *cpu = this_cpu();
    return ROOM + (cpu->fpu_bytes != 0 ? cpu->fpu_bytes : 512);
}
