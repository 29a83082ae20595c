/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a boot on a CPU that Limpet cannot run on: one line that names what it lacks, on COM1 and on
 * Xen's log (port 0xe9), then a reset. 32-bit code, without a stack.
 */
#include "cpu.h"

#define COM1       0x3f8
#define COM1_LSR   (COM1 + 5)
#define LSR_EMPTY  0x20
#define LSR_TRIES  10000  /* each a VM exit: many times what a byte takes */
#define XEN_LOG    0xe9
#define DEBUG_EXIT 0xf4   /* as platform/kvm/kvm.c */
#define CRASHED    0x7f

#define MSR_GHCB         0xc0010130
#define GHCB_TERMINATE   0x100
#define GHCB_REASON      16 /* where its number begins */
#define GHCB_NO_PROTOCOL 1

    .section .text.boot, "ax"
    .code32
    .globl cpu_lacks
cpu_lacks:
    mov $lacks_begin, %esi
    mov $1f, %ebp
    jmp print
1:  mov $lacks_table, %edi
2:  mov (%edi), %eax
    test %eax, %eax
    jz 4f
    and $0x80000000, %eax       /* is there such a leaf at all? */
    cpuid
    cmp (%edi), %eax
    jb 3f
    mov (%edi), %eax
    cpuid
    test %edx, 4(%edi)
    jnz 5f
3:  mov 8(%edi), %esi
    mov $5f, %ebp
    jmp print
5:  add $12, %edi
    jmp 2b
4:  mov $lacks_end, %esi
    mov $6f, %ebp
    jmp print
6:  mov $DEBUG_EXIT, %edx
    mov $CRASHED, %eax
    out %eax, %dx
    lidt lacks_no_idt
    int3

/*
 * The first CPUID of a guest under AMD SEV-ES or SEV-SNP, which nobody has answered: asks the host to end
 * it, as a guest that does not know the protocol (AMD 56421, GHCB Standardization, 2.3.1: MSR protocol,
 * termination request, reason set 0).
 */
vc_refuse:
    mov $MSR_GHCB, %ecx
    mov $(GHCB_TERMINATE | GHCB_NO_PROTOCOL << GHCB_REASON), %eax
    xor %edx, %edx
    wrmsr
    rep; vmmcall                /* VMGEXIT: AMD APM vol. 3 */
    jmp vc_refuse

/* The NUL-terminated string at esi; then on at ebp. */
print:
    lodsb
    test %al, %al
    jnz 1f
    jmp *%ebp
1:  mov %al, %ah
    mov $COM1_LSR, %edx
    mov $LSR_TRIES, %ecx
2:  in %dx, %al                 /* what is not there reads as 0xff, or as 0 */
    test $LSR_EMPTY, %al
    loopz 2b
    mov %ah, %al
    mov $COM1, %edx
    out %al, %dx
    out %al, $XEN_LOG
    jmp print

    .section .text.boot, "ax"
    .globl vc_idtr
vc_idtr:
    .word (VECTOR_VC + 1) * 8 - 1
    .long vc_idt

    .section .rodata.lacks, "a"
    .balign 8
vc_idt:                         /* of 32-bit mode: one gate (SDM vol. 3A, 6.11); this code lies at 1 MiB */
    .fill VECTOR_VC * 8, 1, 0
    .word vc_refuse - 0x100000, SEL_CODE32, 0x8e00, 0x100000 >> 16
    .balign 4
lacks_table:
    .long CPUID81, CPUID81_EDX_LM, lacks_lm
    .long CPUID81, CPUID81_EDX_NX, lacks_nx
    .long 1, CPUID1_EDX_PAE, lacks_pae
    .long 1, CPUID1_EDX_PGE, lacks_pge
    .long 1, CPUID1_EDX_MSR, lacks_msr
    .long 1, CPUID1_EDX_TSC, lacks_tsc
    .long 1, CPUID1_EDX_FPU, lacks_fpu
    .long 1, CPUID1_EDX_FXSR, lacks_fxsr
    .long 1, CPUID1_EDX_SSE, lacks_sse
    .long 1, CPUID1_EDX_SSE2, lacks_sse2
    .long 0
lacks_no_idt:
    .word 0
    .long 0
lacks_begin: .asciz "LIMPET: panic: The CPU lacks"
lacks_lm:    .asciz " long mode (64-bit),"
lacks_nx:    .asciz " NX (no-execute pages),"
lacks_pae:   .asciz " PAE,"
lacks_pge:   .asciz " global pages,"
lacks_msr:   .asciz " MSRs,"
lacks_tsc:   .asciz " a TSC,"
lacks_fpu:   .asciz " an FPU,"
lacks_fxsr:  .asciz " FXSR,"
lacks_sse:   .asciz " SSE,"
lacks_sse2:  .asciz " SSE2,"
lacks_end:   .asciz " without which Limpet cannot run: give the machine another CPU model.\r\n"

    .section .note.GNU-stack, "", @progbits
