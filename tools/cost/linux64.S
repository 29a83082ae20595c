/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A loader that enters a bzImage by the 64-bit door of Linux' boot protocol, which QEMU's own does not:
 * `-kernel linux64.elf -initrd IMAGE.bz`. As Documentation/arch/x86/boot.rst has it: the header copied into a
 * zeroed boot_params, a memory map, the lowest GiB mapped one to one, rsi at boot_params. The image has no
 * command line.
 */
#define MB_MAGIC   0x1badb002
#define BOOT       0x90000  /* boot_params: RAM that nobody has written to */
#define PAYLOAD    0x100000 /* where the part of the file behind its setup belongs */
#define LONG_DOOR  0x200    /* in it */
#define SETUP_SECTS 0x1f1
#define HEADER_END  0x201   /* the byte that says where it ends, from 0x202 on */
#define LOADER_TYPE 0x210
#define CMDLINE     0x228
#define E820_COUNT  0x1e8
#define E820        0x2d0
#define MB_MODULES  24      /* in Multiboot's information: the list of modules, each its start and end */

    .text
    .code32
    .globl _start
_start:
    jmp 1f
    .balign 4
    .long MB_MAGIC, 0, -MB_MAGIC
1:  mov $stack, %esp
    mov MB_MODULES(%ebx), %ebx
    mov (%ebx), %ebp            /* the file */
    mov 4(%ebx), %edx           /* its end */

    lea SETUP_SECTS(%ebp), %esi
    mov $BOOT + SETUP_SECTS, %edi
    movzbl HEADER_END(%ebp), %ecx
    add $0x202 - SETUP_SECTS, %ecx
    rep movsb
    movb $0xff, BOOT + LOADER_TYPE
    movl $nothing, BOOT + CMDLINE
    movb $2, BOOT + E820_COUNT
    mov $map, %esi
    mov $BOOT + E820, %edi
    mov $map_end - map, %ecx
    rep movsb

    movzbl SETUP_SECTS(%ebp), %esi
    inc %esi
    shl $9, %esi
    add %ebp, %esi
    mov $PAYLOAD, %edi
    mov %edx, %ecx
    sub %esi, %ecx
    rep movsb

    mov $0x20, %eax             /* CR4.PAE */
    mov %eax, %cr4
    mov $pml4, %eax
    mov %eax, %cr3
    mov $0xc0000080, %ecx       /* EFER.LME */
    rdmsr
    bts $8, %eax
    wrmsr
    mov %cr0, %eax
    bts $31, %eax
    mov %eax, %cr0
    lgdt gdtr
    ljmp $0x10, $1f
    .code64
1:  mov $0x18, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $BOOT, %esi
    mov $PAYLOAD + LONG_DOOR, %eax
    jmp *%rax

    .data
    .balign 8
gdt:
    .quad 0, 0
    .quad 0x00af9b000000ffff
    .quad 0x00cf93000000ffff
gdtr:
    .word . - gdt - 1
    .long gdt
map:
    .quad 0, 0x9fc00
    .long 1
    .quad 0x100000, (512 - 1) << 20 /* cost.sh's machines have 512 MiB */
    .long 1
map_end:
nothing:
    .byte 0
    .balign 4096
pml4:
    .long pdpt + 3, 0
    .fill 511, 8, 0
pdpt:
    .quad 0x83                  /* one page of 1 GiB */
    .fill 511, 8, 0
    .bss
    .fill 256, 1, 0
stack:

    .section .note.GNU-stack, "", @progbits
