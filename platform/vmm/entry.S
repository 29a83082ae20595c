/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The door for limpet-vmm: it sets the registers that start32 would, as the note tells it, and
 * enters in 64-bit mode, ebx = physical address of struct hvm_start_info.
 */
#include "boot/info.h"
#include "cpu.h"
#include "long.inc"
#include "vmm/abi.h"

    .section .note.Limpet, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, VMM_NOTE_LONG
1:  .asciz VMM_NOTE_OWNER
2:  .balign 4
3:  .quad vmm_door, boot_pml4, __gdt
    .long 6 * 8 - 1
    .long CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE
    .long CR4_AT_START
    .long EFER_LME | EFER_LMA | EFER_NXE
.macro LINK at, table
    .quad \at, \table + PTE_TABLE
.endm
    EACH_LINK LINK
4:

    .section .text.door, "ax"
    .code64
vmm_door:
    rdtsc
    mov %eax, %edi
    mov %edx, %ebp
    LOOK_AT_CPU check=0
    mov $BOOT_PVH, %esi
    jmp start64

    .section .note.GNU-stack, "", @progbits
