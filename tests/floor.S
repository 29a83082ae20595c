/* SPDX-License-Identifier: BSD-2-Clause */
/* The guest that does nothing: leaves at its third instruction, through isa-debug-exit. */

    .section .note.Xen, "a", @note
    .long 4, 4, 18 /* PHYS32_ENTRY */
    .asciz "Xen"
    .long door

    .text
    .code32
    .globl door
door:
    mov $0xf4, %dx
    xor %eax, %eax
    outl %eax, %dx

    .section .note.GNU-stack, "", @progbits
