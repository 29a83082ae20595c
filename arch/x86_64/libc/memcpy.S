/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memcpy. newlib's uses non-temporal stores from 256 bytes up, which throws the copy out of the
 * cache that its reader wants it in. Small copies by overlapping words, large ones by rep movsq.
 */

    .text
/* void *memcpy(void *restrict to, const void *restrict from, size_t n) */
    .globl memcpy
memcpy:
    mov %rdi, %rax
    cmp $16, %rdx
    jae 3f
    cmp $8, %edx
    jae 2f
    cmp $4, %edx
    jae 1f
    test %edx, %edx
    jz 0f
    movzbl (%rsi), %ecx         /* 1..3: first, middle and last, which may be the same */
    movzbl -1(%rsi, %rdx), %r8d
    lea -1(%rdi, %rdx), %r10
    shr $1, %edx
    movzbl (%rsi, %rdx), %r9d
    mov %r9b, (%rdi, %rdx)
    mov %cl, (%rdi)
    mov %r8b, (%r10)
0:  ret
1:  mov (%rsi), %ecx            /* 4..7 */
    mov -4(%rsi, %rdx), %r8d
    mov %ecx, (%rdi)
    mov %r8d, -4(%rdi, %rdx)
    ret
2:  mov (%rsi), %rcx            /* 8..15 */
    mov -8(%rsi, %rdx), %r8
    mov %rcx, (%rdi)
    mov %r8, -8(%rdi, %rdx)
    ret
3:  cmp $128, %rdx
    ja 5f
    mov -16(%rsi, %rdx), %r8    /* 16..128: the tail first, it may be read before it is written */
    mov -8(%rsi, %rdx), %r9
    lea -16(%rdi, %rdx), %r10
4:  mov (%rsi), %rcx
    mov 8(%rsi), %r11
    mov %rcx, (%rdi)
    mov %r11, 8(%rdi)
    add $16, %rsi
    add $16, %rdi
    cmp %r10, %rdi
    jb 4b
    mov %r8, (%r10)
    mov %r9, 8(%r10)
    ret
5:  mov -8(%rsi, %rdx), %r8
    lea -8(%rdi, %rdx), %r10
    mov %rdx, %rcx
    shr $3, %rcx
    rep movsq
    mov %r8, (%r10)
    ret

    .section .note.GNU-stack, "", @progbits
