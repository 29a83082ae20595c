/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How CPUs other than the first come in. By a start-up IPI (Intel SDM vol. 3A, 9.4.4) in real mode,
 * in a copy of ap_trampoline at AP_PAGE; or, where a hypervisor sets a CPU's registers, at ap_enter.
 */
#include "cpu.h"
#include "long.inc"
#include "percpu.h"

    .section .rodata.trampoline, "a"
    .code16
    .globl ap_trampoline, ap_trampoline_end
ap_trampoline:
    cli
    lgdtl %cs:(trampoline_gdtr - ap_trampoline)
    mov %cr0, %eax
    or $CR0_PE, %eax
    mov %eax, %cr0
    ljmpl $SEL_CODE32, $ap_start32
    .balign 4
trampoline_gdtr:
    .word 6 * 8 - 1
    .long __gdt
ap_trampoline_end:

    .section .text.boot, "ax"
    .code32
ap_start32:
    mov $SEL_DATA, %eax         /* what real mode left in ds ends at 64 KiB */
    mov %eax, %ds
    LOOK_AT_CPU check=1
    ENTER_LONG_MODE ap_start64

    .code64
ap_start64:
    /* The local APIC's id tells the CPU's number, and whether it is wanted at all. */
    mov $1, %eax
    cpuid
    shr $24, %ebx
    movzbl ap_numbers(%rbx), %eax
    test %eax, %eax
    jz park
    mov cpus(, %rax, 8), %rdi
    mov CPU_STACK(%rdi), %rsp
    /* fall through */

/* In long mode, on the kernel's page tables; rdi = struct cpu, rsp = its stack. */
    .globl ap_enter
ap_enter:
    lgdt CPU_GDTR(%rdi)
    push $SEL_CODE64
    push $1f
    lretq
1:  LOAD_TABLES
    xor %ebp, %ebp
    call smp_main
park:
    cli
    hlt
    jmp park

    .section .bss.ap_numbers, "aw", @nobits
    .globl ap_numbers
ap_numbers:                     /* by local APIC id; 0: not wanted */
    .skip 256

    .section .note.GNU-stack, "", @progbits
