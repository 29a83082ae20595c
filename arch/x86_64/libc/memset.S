/* SPDX-License-Identifier: BSD-2-Clause */
/* memset: small ones by overlapping words, large ones by rep stosq (newlib's loop is 4 × longer). */

    .text
/* void *memset(void *to, int value, size_t n) */
    .globl memset
memset:
    mov %rdi, %r8
    movzbl %sil, %eax
    mov $0x0101010101010101, %rcx
    imul %rcx, %rax
    cmp $16, %rdx
    jae 2f
    cmp $8, %edx
    jae 1f
    mov %edx, %ecx              /* 0..7 */
    rep stosb
    mov %r8, %rax
    ret
1:  mov %rax, (%rdi)            /* 8..15 */
    mov %rax, -8(%rdi, %rdx)
    mov %r8, %rax
    ret
2:  mov %rax, -8(%rdi, %rdx)
    mov %rdx, %rcx
    shr $3, %rcx
    rep stosq
    mov %r8, %rax
    ret

    .section .note.GNU-stack, "", @progbits
