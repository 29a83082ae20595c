/* SPDX-License-Identifier: BSD-2-Clause */
/* Signals' frames: the way from interrupts and exceptions to handlers, and registers as a handler
 * sees them. */
#ifndef ARCH_SIGNAL_ENTRY_H
#define ARCH_SIGNAL_ENTRY_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include "arch.h"

#define RFLAGS_IF 0x200

/* Where an interrupt ends when the running thread is to look: saves all and calls what
 * arch_signal_at_interrupt is set to. */
void arch_signal_entry(void);
extern void (*arch_signal_at_interrupt)(struct trap_frame *frame, void *fpu);
extern void (*arch_signal_at_fault)(struct trap_frame *frame, void *fpu);

/* Bytes of stack for a frame, its vector state, a context and a call. */
uint64_t arch_signal_room(void);

/* Where a thread goes on after an exception, its frame at the stack pointer:
 * arch_signal_at_fault is called. */
void arch_signal_fault(void);

/* Calls f(argument) on the stack that ends at top. */
void arch_signal_call_on(uint64_t top, void (*f)(void *), void *argument);

/* Of an exception: signal (0: none has this name), code, address. A floating-point one's code is
 * known later, by its state. */
void arch_signal_info(const struct trap_frame *frame, uint64_t address, siginfo_t *info);
void arch_signal_float(siginfo_t *info, const void *fpu);

/* Registers to a handler; frame NULL: it is called by what returns to caller. And back. */
void arch_signal_context(ucontext_t *context, const struct trap_frame *frame, void *fpu,
                         const void *caller);
void arch_signal_resume(const ucontext_t *context, struct trap_frame *frame);

#endif
