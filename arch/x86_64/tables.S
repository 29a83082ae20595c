/* SPDX-License-Identifier: BSD-2-Clause */
/* What the CPU looks at: descriptor tables' places, the task state, page tables, the boot CPU's stacks. */
#include "cpu.h"

    .section .text.boot, "ax"
    .balign 8
    .globl boot_gdtr, boot_idtr
boot_gdtr:
    .word 6 * 8 - 1
    .quad __gdt                 /* 32-bit code reads its lower half */
boot_idtr:
    .word VECTORS * 16 - 1
    .quad __idt_start

    .section .data.tss, "aw"
    /* The task state segment holds nothing but the interrupt stacks. */
    .balign 16
    .globl boot_tss
boot_tss:
    .fill 9, 4, 0
    .quad __fault_stack_end     /* offset 0x24: IST 1 */
    .quad __entry_stack_end     /* IST 2 */
    .quad __page_fault_stack_end /* IST 3 */
    .fill 40, 1, 0
    .word 0, 104                /* no I/O permission map */

    /*
     * Page tables. The first GiB: 2 MiB pages, but its first 2 MiB (the image) in 4 KiB pages by
     * the linker (__pt0). The rest of physical memory appears when it is touched (paging.c).
     * 512 GiB up: stacks and heap. What begins empty is made of zero pages that the loader clears,
     * and the doors join (long.inc).
     */
    .section .pagetables, "aw"
    .balign 4096
    .globl boot_pd
boot_pd:
    .quad __pt0 + PTE_TABLE
    .set page, 0x200000
    .rept 511
    .quad page + (PTE_DATA | PTE_PS | PTE_G)
    .set page, page + 0x200000
    .endr

    .section .bss.tables, "aw", @nobits
    .balign 4096
    .globl boot_pml4, boot_pdpt, vm_pdpt, vm_pd, vm_pt
boot_pml4:
    .skip 4096
boot_pdpt:
    .skip 4096
vm_pdpt:
    .skip 4096
vm_pd:
    .skip 4096
vm_pt:
    .skip 4096

    /* The guard page's name comes from the linker script; it is never present. */
    .section .bss.boot_stack, "aw", @nobits
    .balign 4096
    .skip 4096
    .skip 8192
    .globl __boot_stack_end
__boot_stack_end:
    .skip FAULT_STACK
    .globl __fault_stack_end
__fault_stack_end:
    .skip ENTRY_STACK
__entry_stack_end:
    .skip PAGE_FAULT_STACK
__page_fault_stack_end:

    .section .note.GNU-stack, "", @progbits
