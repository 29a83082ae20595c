/* SPDX-License-Identifier: BSD-2-Clause */
/* From one thread to the next. */
#include "cpu.h"

    .text
/* void arch_switch(uint64_t *save, uint64_t next, bool idle) */
    .globl arch_switch
    .weak limpet_switch         /* see arch.h */
arch_switch:
limpet_switch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    sub $8, %rsp
    test %edx, %edx
    jnz 2f
    stmxcsr (%rsp)              /* control bits are callee-saved (System V ABI, 3.2.1) */
    fnstcw 4(%rsp)
    movw $0, 6(%rsp)
    mov (%rsp), %rax
0:  mov %rsp, (%rdi)
    mov %rsi, %rsp
    cmp (%rsp), %rax
    je 1f
    ldmxcsr (%rsp)
    fldcw 4(%rsp)
1:  add $8, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
2:  mov $FPU_CONTROL, %rax      /* idle never changes it, and so a boot needs no SSE */
    mov %rax, (%rsp)
    jmp 0b

/* Where a new stack's first arch_switch() returns to (arch_new_stack()). */
    .globl thread_start
thread_start:
    xor %ebp, %ebp
    call *%rbx                  /* void entry(void) never returns */
    ud2

    .section .note.GNU-stack, "", @progbits
