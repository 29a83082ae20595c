/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PVH door: Xen (docs/misc/pvh.pandoc) and QEMU enter here in 32-bit protected mode with paging
 * off and ebx = physical address of struct hvm_start_info.
 */
#include "boot/info.h"

#define XEN_ELFNOTE_PHYS32_ENTRY 18 /* xen/include/public/elfnote.h */

    .section .note.Xen, "a", @note
    .balign 4
    .long 4, 8, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz "Xen"
    .quad pvh_door              /* some read 8 bytes whatever the size says */

    .section .text.door, "ax"
    .code32
    .globl pvh_door, pvh_entered
pvh_door:
    rdtsc
pvh_entered:
    mov $BOOT_PVH, %esi
    jmp start32

    .section .note.GNU-stack, "", @progbits
