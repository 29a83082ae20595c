/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From any door to C: 32-bit protected mode to 64-bit long mode, on tables that are already there.
 *
 *   void start32(void)   eax = entry TSC low, edx = entry TSC high, esi = enum boot_protocol,
 *                        ebx = physical address of the loader's structure; paging off.
 */
#include "cpu.h"
#include "long.inc"

    .section .text.boot, "ax"
    .code32
    .globl start32
start32:
    /* The TSC stamp leaves eax and edx free. */
    mov %eax, %edi
    mov %edx, %ebp

    LOOK_AT_CPU check=1
.macro LINK at, table
    orl $(\table + PTE_TABLE), \at
.endm
    EACH_LINK LINK
    ENTER_LONG_MODE start64

    .code64
    .globl start64
start64:
    /* From here long mode: stamp it, and give boot_main its arguments. */
    rdtsc
    shl $32, %rdx
    lea (%rax, %rdx), %rcx      /* long-mode TSC */
    mov %ebp, %edx
    shl $32, %rdx
    mov %edi, %eax
    or %rax, %rdx               /* entry TSC */
    mov %esi, %edi              /* protocol */
    mov %ebx, %esi              /* the loader's structure */

    /* Segments, traps, the task register for the double-fault stack, the boot stack. */
    LOAD_TABLES
    mov $__boot_stack_end, %esp
    xor %ebp, %ebp
    call boot_main
    ud2

    .section .note.GNU-stack, "", @progbits
