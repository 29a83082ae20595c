/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bool read_msr_guarded(uint32_t msr, uint64_t *value)
 *
 * False where the CPU has no such MSR: the general protection fault that tells so finds, for this one
 * instruction, an interrupt table of our own. Intel SDM vol. 3A, 6.12 to 6.14.
 */
#define VECTOR_GP 13
#define INTERRUPT_GATE 0x8e00 /* present, 64-bit interrupt gate */

    .text
    .globl read_msr_guarded
    .hidden read_msr_guarded
read_msr_guarded:
    mov %edi, %ecx
    lea faulted(%rip), %rax
    lea table + 16 * VECTOR_GP(%rip), %r8
    mov %cs, %edx
    mov %ax, (%r8)
    mov %dx, 2(%r8)
    movw $INTERRUPT_GATE, 4(%r8)
    shr $16, %rax
    mov %ax, 6(%r8)
    shr $16, %rax
    mov %eax, 8(%r8)
    lea table(%rip), %rax
    mov %rax, own + 2(%rip)
    pushfq
    cli
    sidt firmwares(%rip)
    lidt own(%rip)
    mov %rsp, %r9
    mov $1, %r8d
    rdmsr
    mov %eax, (%rsi)
    mov %edx, 4(%rsi)
1:  lidt firmwares(%rip)
    popfq
    mov %r8d, %eax
    ret
faulted:                        /* on the same stack, of which nothing below r9 is needed */
    mov %r9, %rsp
    xor %r8d, %r8d
    jmp 1b

    .data
    .balign 16
table:
    .fill 16 * (VECTOR_GP + 1), 1, 0
own:
    .word 16 * (VECTOR_GP + 1) - 1
    .quad 0
firmwares:
    .word 0
    .quad 0

    .section .note.GNU-stack, "", @progbits
