/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The multiboot doors: QEMU's -kernel takes the first (Multiboot 0.6.96), GRUB either (Multiboot2
 * 2.0). Both enter in 32-bit protected mode, paging off, ebx = the loader's structure. The magic in
 * eax is not needed: each door has its own label, and the parser checks the structure itself.
 */
#include "boot/info.h"

#define MB1_MAGIC      0x1badb002
#define MB1_FLAGS      0x00010003 /* modules page-aligned, memory map wanted, address fields */
#define MB2_MAGIC      0xe85250d6
#define MB2_TAG_ENTRY  3
#define MB2_TAG_ALIGN  6
#define MB2_TAG_END    0

    .section .text.door, "ax"
    .balign 8
mb2_header:
    .long MB2_MAGIC, 0, mb2_end - mb2_header, -(MB2_MAGIC + mb2_end - mb2_header)
    .word MB2_TAG_ENTRY, 0
    .long 12, multiboot2_door, 0
    .word MB2_TAG_ALIGN, 0
    .long 8
    .word MB2_TAG_END, 0
    .long 8
mb2_end:

mb1_header:
    .long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
    .long mb1_header, __text_start, __load_end, __image_end, multiboot1_door

    .code32
    .globl multiboot1_door, multiboot2_door
multiboot1_door:
    rdtsc
    mov $BOOT_MULTIBOOT1, %esi
    jmp start32

multiboot2_door:
    rdtsc
    mov $BOOT_MULTIBOOT2, %esi
    jmp start32

    .section .note.GNU-stack, "", @progbits
