/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions and interrupts: their entries. */
#include "cpu.h"
#include "percpu.h"
#include "frame.inc"

    .text

/*
 * One stub for each vector, 16 bytes apart (the linker builds the IDT from that). Each leaves
 * vector and error code on the stack. Page faults and interrupts have entries of their own.
 */
    .balign 16
    .globl trap_stubs
trap_stubs:
    .set vector, 0
    .rept VECTORS
    .balign 16
    .if vector == VECTOR_PF
    jmp page_fault_entry
    .elseif vector == VECTOR_FAULT
    jmp fault_entry
    .elseif vector >= 32
    push $0
    push $vector
    jmp interrupt_entry
    .else
    /* vectors that push an error code themselves: SDM vol. 3A, table 6-1 */
    .if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
    push $0
    .endif
    push $vector
    jmp trap_entry
    .endif
    .set vector, vector + 1
    .endr
    .balign 16

/*
 * From the entry stack, which holds rdi, rax, vector, error code and the CPU's five words, to the
 * interrupted stack, below the 128 bytes that a leaf function may have there (System V ABI, 3.2.2),
 * with what a C call changes. The stack is then at a multiple of 16; rdi is free for the caller.
 */
.macro LEAVE_ENTRY_STACK
    mov %rsp, %rax
    mov 56(%rax), %rsp
    sub $128, %rsp
    and $-16, %rsp
    COPY_ENTRY_FRAME
.endm

.macro COPY_ENTRY_FRAME         /* from where rax points */
    push 64(%rax)               /* ss */
    push 56(%rax)               /* rsp */
    push 48(%rax)               /* rflags */
    push 40(%rax)               /* cs */
    push 32(%rax)               /* rip */
    push 24(%rax)               /* error code */
    push 16(%rax)               /* vector */
    push 8(%rax)                /* rax */
    push %rcx
    push %rdx
    push %rsi
    push (%rax)                 /* rdi */
    push %r8
    push %r9
    push %r10
    push %r11
.endm

/*
 * Page faults: most are first touches, so only what a C call changes is saved. They stay on a stack
 * of their own, as it may be the interrupted one that is not there; below its first words, which
 * another fault overwrites: the handler's touch of physical memory may be the first of its GiB. That
 * one stays below the handler.
 */
    .globl page_fault_entry, page_fault_return
page_fault_entry:
    push $VECTOR_PF
    push %rax
    push %rdi
    mov %rsp, %rax
    mov %rsp, %rdi
    sub 56(%rax), %rdi
    cmp $PAGE_FAULT_STACK, %rdi
    jb 3f
2:  and $-16, %rsp
    COPY_ENTRY_FRAME
    mov %cr2, %rdi
    cld
    mov 80(%rsp), %rsi          /* the error code */
    call page_fault             /* bool page_fault(uint64_t va, uint64_t error) */
    test %al, %al
    jz 1f
    POP_CALLER_SAVED
    add $16, %rsp
page_fault_return:
    iretq
1:  PUSH_CALLEE_SAVED
    int $VECTOR_FAULT
3:  mov 56(%rax), %rsp
    jmp 2b

/*
 * On the fault stack, a whole frame where rsp was. If that is further down on this very stack, as
 * after a fault in the report of another, that frame must stay.
 */
fault_entry:
    mov 24(%rsp), %rdi
    lea 40(%rsp), %rsi          /* the stack's end */
    mov %rsi, %rax
    sub %rdi, %rax
    cmp $FAULT_STACK, %rax
    cmovb %rdi, %rsp
    jmp 1f

/*
 * Everything else that is not an interrupt ends in a panic: save all, tell all. But for the one
 * instruction that may fault (read_msr_guarded): trap() returns, with rip behind it.
 */
trap_entry:
    PUSH_CALLER_SAVED
    PUSH_CALLEE_SAVED
    mov %rsp, %rdi
    lea 22 * 8(%rsp), %rsi
1:  cld
    mov %rdi, %rbx
    and $-16, %rsp
    call trap                   /* void trap(struct trap_frame *, uint64_t fault_stack) */
    mov %rbx, %rsp
    POP_CALLEE_SAVED
    POP_CALLER_SAVED
    add $16, %rsp
    iretq

/*
 * Interrupts: handle, then, if another thread ought to run, save the FPU and vector state (which
 * nobody else in the kernel touches) on this thread's stack and let the scheduler choose.
 */
interrupt_entry:
    push %rax
    push %rdi
    LEAVE_ENTRY_STACK
    cld
    mov 72(%rsp), %rdi          /* the vector; the stack is at a multiple of 16 */
    call interrupt              /* void interrupt(uint64_t vector) */
    .globl interrupt_return
interrupt_return:
    cmpq $0, %gs:CPU_RESCHED    /* and CPU_LOOK behind it */
    jne 2f
    .globl interrupt_end
interrupt_end:
    POP_CALLER_SAVED
    add $16, %rsp
    iretq
2:  cmpl $0, %gs:CPU_RESCHED
    jne 1f
    jmp *interruption_entry     /* the thread has been interrupted: kernel/sched/interruption.h */
1:  push %rbx
    CALL_SAVING_VECTORS sched_preempt
    pop %rbx
    jmp interrupt_return

/* Where it goes when nobody has a handler: a cancellation alone waits for the thread's next wait. */
interruption_none:
    movl $0, %gs:CPU_LOOK
    jmp interrupt_return

    .section .data.interruption_entry, "aw", @progbits
    .balign 8
    .globl interruption_entry
interruption_entry:
    .quad interruption_none

    .section .note.GNU-stack, "", @progbits
