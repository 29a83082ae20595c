/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors of Linux' boot protocol (Documentation/arch/x86/boot.rst): the 32-bit one, paging off, and the
 * 64-bit one, in long mode on the loader's identity map; esi = physical address of struct boot_params.
 * Loaders of bzImages take the first at the image's first byte, the second 0x200 bytes behind (image.lds.S);
 * loaders of ELF files take the second by the header's entry.
 */
#include "boot/info.h"
#include "cpu.h"

    .section .text.linux32_door, "ax"
    .code32
    .globl linux32_door
linux32_door:
    rdtsc
linux_entered:
    mov %esi, %ebx
    mov $BOOT_LINUX, %esi
    jmp start32

    /*
     * Others come here too. Linux itself does when somebody starts the image as a program: at another
     * privilege level (arch/x86_64/native.S). A loader that knows no better than the header's entry may be in
     * 32-bit mode, as at the PVH door; there the byte before jecxz is an instruction of its own.
     */
    .section .text.linux64_door, "ax"
    .code64
    .globl linux64_door
linux64_door:
    rdtsc
    xor %ecx, %ecx
    .byte 0x41                  /* 32-bit: inc %ecx; 64-bit: a prefix without a meaning for jrcxz */
    jrcxz 1f
    .code32
    jmp pvh_entered

    .code64
1:  mov %cs, %ecx
    test $3, %cl
    jnz native_program
    mov %cr4, %rcx              /* with process-context identifiers paging cannot be left: SDM vol. 3A, 4.10.1 */
    btr $CR4_PCIDE_BIT, %rcx
    mov %rcx, %cr4
    lgdt boot_gdtr
    ljmp *linux64_way_down
    .balign 4
linux64_way_down:
    .long linux64_unpage
    .word SEL_CODE32

    .code32
linux64_unpage:
    mov $SEL_DATA, %ecx
    mov %ecx, %ds
    mov $(CR0_PE | CR0_ET), %ecx
    mov %ecx, %cr0
    jmp linux_entered

    .section .note.GNU-stack, "", @progbits
