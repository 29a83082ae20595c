/* SPDX-License-Identifier: BSD-2-Clause */
/* From interrupts and exceptions to signals' handlers: a whole frame and the vector state are on the
 * stack of the thread, or of the handler. */
#include "cpu.h"
#include "percpu.h"
#include "frame.inc"

/* The frame is at the stack pointer. Calls *f(frame, its vector state). */
.macro CALL_WITH_STATE f
    cld
    CALL_SAVING_VECTORS *\f, 1
    POP_CALLEE_SAVED
    jmp interrupt_end           /* CPU_LOOK may be set again, for the next interrupt */
.endm

/* interrupt_entry's, when the thread is to look: its frame is there but for the callee-saved ones. */
    .section .text.arch_signal_entry, "ax"
    .globl arch_signal_entry
arch_signal_entry:
    PUSH_CALLEE_SAVED
    CALL_WITH_STATE arch_signal_at_interrupt

    .section .text.arch_signal_fault, "ax"
    .globl arch_signal_fault
arch_signal_fault:
    CALL_WITH_STATE arch_signal_at_fault

/* void arch_signal_call_on(uint64_t top, void (*f)(void *), void *argument) */
    .section .text.arch_signal_call_on, "ax"
    .globl arch_signal_call_on
arch_signal_call_on:
    push %rbp
    mov %rsp, %rbp
    and $-16, %rdi
    mov %rdi, %rsp
    mov %rdx, %rdi
    call *%rsi
    leave
    ret

    .section .bss.arch_signal, "aw", @nobits
    .balign 8
    .globl arch_signal_at_interrupt, arch_signal_at_fault
arch_signal_at_interrupt:
    .skip 8
arch_signal_at_fault:
    .skip 8

    .section .note.GNU-stack, "", @progbits
