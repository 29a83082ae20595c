/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory as the kernel copies, fills and compares it: by general registers, so that an interrupt
 * need not save others. Programs have their own, apps/libc/string.S, which begin with these.
 */

.macro FUNCTION name section
    .section .text.\section, "ax", @progbits
    .globl \name, limpet_\name
\name:
limpet_\name:
.endm

/* void *memmove(void *to, const void *from, size_t n) */
FUNCTION memmove memcpy
    mov %rdi, %rax
    sub %rsi, %rax
    cmp %rdx, %rax
    jae limpet_memcpy           /* the first word first: to is below from, or they do not overlap */
    mov %rdi, %rax
    jmp 2f
1:  mov (%rsi, %rdx), %rcx      /* the last word first */
    mov %rcx, (%rdi, %rdx)
2:  sub $8, %rdx
    jae 1b
    add $8, %edx
    jz 4f
3:  movzbl -1(%rsi, %rdx), %ecx
    mov %cl, -1(%rdi, %rdx)
    dec %edx
    jnz 3b
4:  ret

/* void *memcpy(void *restrict to, const void *restrict from, size_t n) */
FUNCTION memcpy memcpy
    mov %rdi, %rax
    mov %rdx, %rcx
    shr $3, %rcx
    jz 4f
    mov -8(%rsi, %rdx), %r8     /* the last eight bytes, whatever is left behind the words */
    lea -8(%rdi, %rdx), %r9
    cmp $16, %rcx
    ja 5f
1:  mov (%rsi), %r10
    mov %r10, (%rdi)
    add $8, %rsi
    add $8, %rdi
    dec %ecx
    jnz 1b
2:  mov %r8, (%r9)
    ret
5:  rep movsq
    jmp 2b
4:  cmp %edx, %ecx              /* 0..7, the first byte first */
    je 6f
    movzbl (%rsi, %rcx), %r8d
    mov %r8b, (%rdi, %rcx)
    inc %ecx
    jmp 4b
6:  ret

/* void *memset(void *to, int value, size_t n) */
FUNCTION memset memset
    mov %rdi, %r8
    movzbl %sil, %eax
    mov $0x0101010101010101, %rcx
    imul %rcx, %rax
    mov %rdx, %rcx
    cmp $8, %rdx
    jae 1f
    rep stosb
    mov %r8, %rax
    ret
1:  mov %rax, -8(%rdi, %rdx)
    shr $3, %rcx
    rep stosq
    mov %r8, %rax
    ret

/* int memcmp(const void *a, const void *b, size_t n) */
FUNCTION memcmp memcmp
    jmp 2f
1:  mov (%rdi), %rax
    cmp (%rsi), %rax
    jne 3f
    add $8, %rdi
    add $8, %rsi
    sub $8, %rdx
2:  cmp $8, %rdx
    jae 1b
3:  xor %eax, %eax
4:  sub $1, %rdx
    jb 5f
    movzbl (%rdi), %eax
    movzbl (%rsi), %ecx
    inc %rdi
    inc %rsi
    sub %ecx, %eax
    jz 4b
5:  ret

/* size_t strlen(const char *text): bytes up to a multiple of eight, then words. */
FUNCTION strlen strlen
    mov %rdi, %rax
    jmp 2f
1:  cmpb $0, (%rax)
    je 4f
    inc %rax
2:  test $7, %al
    jnz 1b
    mov $0x0101010101010101, %rsi
    mov $0x8080808080808080, %rcx
3:  mov (%rax), %rdx
    add $8, %rax
    mov %rdx, %r8
    sub %rsi, %rdx              /* a high bit that was not there: that byte, or one before it, is 0 */
    not %r8
    and %rcx, %rdx
    and %r8, %rdx
    jz 3b
    bsf %rdx, %rdx
    shr $3, %edx
    lea -8(%rax, %rdx), %rax
4:  sub %rdi, %rax
    ret

    .section .note.GNU-stack, "", @progbits
