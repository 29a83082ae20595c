/* SPDX-License-Identifier: BSD-2-Clause */
/* The one instruction that may fault: trap.c goes on behind it, as if it had returned false. */

    .section .text.msr, "ax"
/* bool read_msr_guarded(uint32_t msr, uint64_t *value): false where there is no such MSR */
    .globl read_msr_guarded, read_msr_at, read_msr_faulted
read_msr_guarded:
    mov %edi, %ecx
read_msr_at:
    rdmsr
    mov %eax, (%rsi)
    mov %edx, 4(%rsi)
    mov $1, %eax
    ret
read_msr_faulted:
    xor %eax, %eax
    ret

    .section .note.GNU-stack, "", @progbits
