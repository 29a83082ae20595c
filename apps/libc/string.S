/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program's memcpy, memmove, memset, memcmp and strlen: what is short by overlapping moves, the
 * rest by AVX2 where the CPU has it, else by what the kernel has (memory.S). Whether it has it is
 * asked once, by a CPUID that may be a VM exit, when some dozens of calls have shown that it pays.
 */

#define REP_FROM   4096         /* bytes, from which on rep movsq and stosq win */
#define PATIENCE   64           /* calls without AVX2 before CPUID is asked */
#define VECTORS    64           /* bytes that two vectors hold */

/* Intel SDM vol. 2A, CPUID: XSAVE and AVX in leaf 1's ecx, AVX2 in leaf 7's ebx; vol. 1, 13.3: SSE's and
 * AVX' state in XCR0. */
#define CPUID1_ECX (1 << 26 | 1 << 28)
#define CPUID7_EBX (1 << 5)
#define XCR0       (1 << 1 | 1 << 2)

    .data
vectors:  .quad 0               /* VECTORS: there is AVX2; 1: there is not; 0: nobody knows yet */
long_end: .quad 0               /* with AVX2 REP_FROM */
patience: .byte PATIENCE

    .section .text.vectors, "ax", @progbits
/* Sets those; loses rax, rcx and r8. */
choose:
    push %rbx
    push %rdx
    mov $1, %r8d
    mov cpuid1_ecx(%rip), %eax
    not %eax
    test $CPUID1_ECX, %eax
    jnz 1f
    xor %ecx, %ecx
    xgetbv
    not %eax
    test $XCR0, %al
    jnz 1f
    mov $7, %eax
    xor %ecx, %ecx
    cpuid
    test $CPUID7_EBX, %ebx
    jz 1f
    mov $VECTORS, %r8d
    movq $REP_FROM, long_end(%rip)
1:  mov %r8, vectors(%rip)
    pop %rdx
    pop %rbx
    ret

/* Weak: by the time the linker comes here it may have one of newlib's already. */
.macro FUNCTION name
    .section .text.\name, "ax", @progbits
    .weak \name
\name:
.endm

/* Without AVX2. */
.macro WITHOUT_VECTORS name
    cmpb $0, vectors(%rip)
    jne limpet_\name
    decb patience(%rip)
    jnz limpet_\name
    call choose
    jmp \name
.endm

.macro RETURN
    vzeroupper                  /* SSE code would pay for upper halves in use */
    ret
.endm

/* So many vectors from the front and from the end; all are read before one is written. */
.macro COPY_ENDS list:vararg
    .irp i, \list
    vmovdqu 32 * \i(%rsi), %ymm\i
    vmovdqu -32 - 32 * \i(%rsi, %rdx), %ymm1\i
    .endr
    .irp i, \list
    vmovdqu %ymm\i, 32 * \i(%rdi)
    vmovdqu %ymm1\i, -32 - 32 * \i(%rdi, %rdx)
    .endr
    RETURN
.endm

/* void *memcpy(void *restrict to, const void *restrict from, size_t n) */
FUNCTION memmove
    .weak memcpy
memcpy:
    mov %rdi, %rax
    cmp $32, %rdx
    ja 4f
    cmp $16, %edx
    jae 3f
    cmp $8, %edx
    jae 2f
    cmp $4, %edx
    jae 1f
    cmp $1, %edx
    jb 0f
    movzbl (%rsi), %ecx         /* 1..3: the first and, if there are more, the last two */
    je 8f
    movzwl -2(%rsi, %rdx), %r8d
    mov %r8w, -2(%rdi, %rdx)
8:  mov %cl, (%rdi)
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
3:  movups (%rsi), %xmm0        /* 16..32 */
    movups -16(%rsi, %rdx), %xmm1
    movups %xmm0, (%rdi)
    movups %xmm1, -16(%rdi, %rdx)
    ret
4:  cmp vectors(%rip), %rdx
    ja 5f
    COPY_ENDS 0                 /* 33..64 */
5:  cmp long_end(%rip), %rdx
    jae 9f
    cmp $128, %rdx
    ja 6f
    COPY_ENDS 0, 1
6:  cmp $256, %rdx
    ja 7f
    COPY_ENDS 0, 1, 2, 3
7:  mov %rdi, %rcx
    sub %rsi, %rcx
    cmp %rdx, %rcx
    jb copy_down

/* To below from, or apart: aligned in between, first and last vectors by themselves. */
copy_up:
    vmovdqu (%rsi), %ymm8
    .irp i, 4, 5, 6, 7
    vmovdqu 32 * (\i - 8)(%rsi, %rdx), %ymm\i
    .endr
    lea -128(%rdi, %rdx), %r8
    sub %rdi, %rsi              /* how far from is ahead of to */
    add $32, %rdi
    and $-32, %rdi
1:  .irp i, 0, 1, 2, 3
    vmovdqu 32 * \i(%rsi, %rdi), %ymm\i
    .endr
    .irp i, 0, 1, 2, 3
    vmovdqa %ymm\i, 32 * \i(%rdi)
    .endr
    sub $-128, %rdi
    cmp %r8, %rdi
    jb 1b
    .irp i, 4, 5, 6, 7
    vmovdqu %ymm\i, 32 * (\i - 4)(%r8)
    .endr
    vmovdqu %ymm8, (%rax)
    RETURN

/* To above from, which it overlaps: the same from the end. */
copy_down:
    .irp i, 4, 5, 6, 7
    vmovdqu 32 * (\i - 4)(%rsi), %ymm\i
    .endr
    vmovdqu -32(%rsi, %rdx), %ymm8
    lea -32(%rdi, %rdx), %r9
    lea 128(%rdi), %r8
    sub %rdi, %rsi
    add %rdx, %rdi
    and $-32, %rdi
1:  .irp i, 0, 1, 2, 3
    vmovdqu -32 - 32 * \i(%rsi, %rdi), %ymm\i
    .endr
    .irp i, 0, 1, 2, 3
    vmovdqa %ymm\i, -32 - 32 * \i(%rdi)
    .endr
    add $-128, %rdi
    cmp %r8, %rdi
    ja 1b
    .irp i, 4, 5, 6, 7
    vmovdqu %ymm\i, 32 * (\i - 4)(%rax)
    .endr
    vmovdqu %ymm8, (%r9)
    RETURN

9:  cmpq $VECTORS, vectors(%rip)
    jne 1f
    mov %rdi, %rcx              /* REP_FROM bytes and more: by rep movsq if they are apart */
    sub %rsi, %rcx
    cmp %rdx, %rcx
    jb copy_down
    neg %rcx
    cmp %rdx, %rcx
    jb copy_up
    mov -8(%rsi, %rdx), %r8
    lea -8(%rdi, %rdx), %r9
    mov %rdx, %rcx
    shr $3, %rcx
    rep movsq
    mov %r8, (%r9)
    ret
1:  WITHOUT_VECTORS memmove

/* void *memset(void *to, int value, size_t n) */
FUNCTION memset
    mov %rdi, %rax
    cmp $32, %rdx
    ja 4f
    movzbl %sil, %esi
    imul ones(%rip), %rsi
    cmp $16, %edx
    jae 3f
    cmp $8, %edx
    jae 2f
    cmp $4, %edx
    jae 1f
    cmp $1, %edx
    jb 0f
    mov %sil, (%rdi)            /* 1..3 */
    je 0f
    mov %si, -2(%rdi, %rdx)
0:  ret
1:  mov %esi, (%rdi)            /* 4..7 */
    mov %esi, -4(%rdi, %rdx)
    ret
3:  mov %rsi, 8(%rdi)           /* 16..32 */
    mov %rsi, -16(%rdi, %rdx)
2:  mov %rsi, (%rdi)            /* 8..15 */
    mov %rsi, -8(%rdi, %rdx)
    ret
4:  cmp vectors(%rip), %rdx
    ja 5f
    vmovd %esi, %xmm0           /* 33..64 */
    vpbroadcastb %xmm0, %ymm0
    vmovdqu %ymm0, (%rdi)
    vmovdqu %ymm0, -32(%rdi, %rdx)
    RETURN
5:  cmp long_end(%rip), %rdx
    jae 9f
    vmovd %esi, %xmm0
    vpbroadcastb %xmm0, %ymm0
    vmovdqu %ymm0, (%rdi)
    vmovdqu %ymm0, -32(%rdi, %rdx)
    vmovdqu %ymm0, -64(%rdi, %rdx)
    cmp $128, %rdx
    ja 6f
    vmovdqu %ymm0, 32(%rdi)
    RETURN
6:  vmovdqu %ymm0, -96(%rdi, %rdx)
    vmovdqu %ymm0, -128(%rdi, %rdx)
    cmp $256, %rdx
    ja 7f
    .irp i, 1, 2, 3
    vmovdqu %ymm0, 32 * \i(%rdi)
    .endr
    RETURN
7:  lea -128(%rdi, %rdx), %rcx
    add $32, %rdi
    and $-32, %rdi
8:  .irp i, 0, 1, 2, 3
    vmovdqa %ymm0, 32 * \i(%rdi)
    .endr
    sub $-128, %rdi
    cmp %rcx, %rdi
    jb 8b
    RETURN
9:  WITHOUT_VECTORS memset      /* or by rep stosq */

    .section .rodata.ones, "a", @progbits
ones: .quad 0x0101010101010101

/* Collects in ymm\x, by way of the next, where 64 bytes at those addresses differ. */
.macro DIFFERENCE at a b x y
    vmovdqu \at\a, %ymm\x
    vpxor \at\b, %ymm\x, %ymm\x
    vmovdqu \at + 32\a, %ymm\y
    vpxor \at + 32\b, %ymm\y, %ymm\y
    vpor %ymm\y, %ymm\x, %ymm\x
.endm

.macro JUMP_IF_ANY target
    vpor %ymm2, %ymm0, %ymm0
    vptest %ymm0, %ymm0
    jnz \target
.endm

/* int memcmp(const void *a, const void *b, size_t n) */
FUNCTION memcmp
    cmp $16, %rdx
    jae 4f
    cmp $4, %edx
    jae 2f
    cmp $1, %edx
    jb 1f
    movzbl (%rdi), %eax         /* 1..3: the first, then the last two in order */
    movzbl (%rsi), %ecx
    je 0f
    sub %ecx, %eax
    jne 3f
    movzwl -2(%rdi, %rdx), %eax
    movzwl -2(%rsi, %rdx), %ecx
    rol $8, %ax
    rol $8, %cx
0:  sub %ecx, %eax
    ret
1:  xor %eax, %eax
    ret
2:  cmp $8, %edx
    jae 5f
    mov (%rdi), %eax            /* 4..7 */
    mov (%rsi), %ecx
    cmp %rcx, %rax
    jne 6f
    mov -4(%rdi, %rdx), %eax
    mov -4(%rsi, %rdx), %ecx
    cmp %rcx, %rax
    jne 6f
    xor %eax, %eax
3:  ret
5:  mov (%rdi), %rax            /* 8..15 */
    mov (%rsi), %rcx
    cmp %rcx, %rax
    jne 6f
    mov -8(%rdi, %rdx), %rax
    mov -8(%rsi, %rdx), %rcx
    cmp %rcx, %rax
    jne 6f
    xor %eax, %eax
    ret
6:  bswap %rax
    bswap %rcx
    cmp %rcx, %rax
    sbb %eax, %eax
    or $1, %eax
    ret
4:  cmp vectors(%rip), %rdx
    ja 8f
    cmp $32, %edx
    jae 7f
    vmovdqu (%rdi), %xmm0       /* 16..31 */
    vpcmpeqb (%rsi), %xmm0, %xmm0
    vpmovmskb %xmm0, %eax
    xor $0xffff, %eax
    jnz differs
    lea -16(%rdi, %rdx), %rdi
    lea -16(%rsi, %rdx), %rsi
    vmovdqu (%rdi), %xmm0
    vpcmpeqb (%rsi), %xmm0, %xmm0
    vpmovmskb %xmm0, %eax
    xor $0xffff, %eax
    jnz differs
    ret
7:  vmovdqu (%rdi), %ymm0       /* 32..64 */
    vpxor (%rsi), %ymm0, %ymm0
    vmovdqu -32(%rdi, %rdx), %ymm1
    vpxor -32(%rsi, %rdx), %ymm1, %ymm1
    vpor %ymm1, %ymm0, %ymm0
    vptest %ymm0, %ymm0
    jnz search
    xor %eax, %eax
    RETURN
8:  cmpq $VECTORS, vectors(%rip)
    jne 9f
    DIFFERENCE -64, "(%rdi, %rdx)", "(%rsi, %rdx)", 2, 3
    cmp $128, %rdx
    ja 1f
    DIFFERENCE 0, "(%rdi)", "(%rsi)", 0, 1
    JUMP_IF_ANY search
    xor %eax, %eax
    RETURN
1:  DIFFERENCE -128, "(%rdi, %rdx)", "(%rsi, %rdx)", 0, 1
    JUMP_IF_ANY search
    lea -128(%rdi, %rdx), %r8   /* which are the same */
    sub %rdi, %rsi              /* how far b is ahead of a */
2:  DIFFERENCE 0, "(%rdi)", "(%rsi, %rdi)", 0, 1
    DIFFERENCE 64, "(%rdi)", "(%rsi, %rdi)", 2, 3
    JUMP_IF_ANY 3f
    sub $-128, %rdi
    cmp %r8, %rdi
    jb 2b
    xor %eax, %eax
    RETURN
3:  add %rdi, %rsi
    mov $128, %edx
search:                         /* the first of the bytes that differ, of 32 and more */
    vmovdqu (%rdi), %ymm0
    vpcmpeqb (%rsi), %ymm0, %ymm0
    vpmovmskb %ymm0, %eax
    xor $-1, %eax
    jnz differs
    add $32, %rdi
    add $32, %rsi
    sub $32, %rdx
    cmp $32, %rdx
    jae search
    lea -32(%rdi, %rdx), %rdi   /* the last, which begin with some that are the same */
    lea -32(%rsi, %rdx), %rsi
    jmp search
differs:                        /* where a bit is set in eax */
    bsf %eax, %edx
    movzbl (%rdi, %rdx), %eax
    movzbl (%rsi, %rdx), %ecx
    sub %ecx, %eax
    RETURN
9:  WITHOUT_VECTORS memcmp

/* Goes to target if there is a zero among 32 bytes, whose bits are in eax. */
.macro JUMP_IF_ZERO bytes target
    vpcmpeqb \bytes, %ymm0, %ymm1
    vpmovmskb %ymm1, %eax
    test %eax, %eax
    jnz \target
.endm

/* size_t strlen(const char *text): reads no page in which nothing of it lies. */
FUNCTION strlen
    cmpq $VECTORS, vectors(%rip)
    jne 9f
    mov %edi, %eax
    and $4095, %eax
    vpxor %xmm0, %xmm0, %xmm0
    cmp $(4096 - 32), %eax
    ja 6f
    JUMP_IF_ZERO (%rdi), 5f
    mov %rdi, %rsi
    and $-32, %rsi
0:  JUMP_IF_ZERO 32(%rsi), 1f
    JUMP_IF_ZERO 64(%rsi), 2f
    JUMP_IF_ZERO 96(%rsi), 3f
    JUMP_IF_ZERO 128(%rsi), 4f
    add $160, %rsi
    and $-128, %rsi
7:  vmovdqa (%rsi), %ymm1       /* the least of four bytes each time */
    vpminub 32(%rsi), %ymm1, %ymm1
    vmovdqa 64(%rsi), %ymm2
    vpminub 96(%rsi), %ymm2, %ymm2
    vpminub %ymm2, %ymm1, %ymm1
    vpcmpeqb %ymm1, %ymm0, %ymm1
    vpmovmskb %ymm1, %eax
    sub $-128, %rsi
    test %eax, %eax
    jz 7b
    sub $160, %rsi
    jmp 0b
6:  mov %edi, %ecx              /* near the end of a page: the vector that it begins in */
    mov %rdi, %rsi
    and $-32, %rsi
    vpcmpeqb (%rsi), %ymm0, %ymm1
    vpmovmskb %ymm1, %eax
    shr %cl, %eax               /* by the low five bits of cl */
    jz 0b
5:  bsf %eax, %eax
    RETURN
    .irp i, 1, 2, 3, 4
\i: bsf %eax, %eax
    lea 32 * \i(%rsi, %rax), %rax
    sub %rdi, %rax
    RETURN
    .endr
9:  WITHOUT_VECTORS strlen

    .section .note.GNU-stack, "", @progbits
