/* SPDX-License-Identifier: BSD-2-Clause */
/* setjmp and longjmp. newlib's longjmp(buf, 0) makes setjmp return 0; C says 1 (C17 7.13.2.1). */

    .text
/* int setjmp(jmp_buf buf): rbx rbp r12 r13 r14 r15 rsp rip, as newlib's jmp_buf has room for */
    .globl setjmp
setjmp:
    mov %rbx, 0(%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    lea 8(%rsp), %rax
    mov %rax, 48(%rdi)
    mov (%rsp), %rax
    mov %rax, 56(%rdi)
    xor %eax, %eax
    ret

/* void longjmp(jmp_buf buf, int value) */
    .globl longjmp
longjmp:
    mov $1, %eax
    test %esi, %esi
    cmovnz %esi, %eax
    mov 0(%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    jmp *56(%rdi)

    .section .note.GNU-stack, "", @progbits
