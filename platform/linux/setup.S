/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first 4 KiB of a .bz, a program of its own: the header by which loaders of Linux know a bzImage, and what
 * runs in real mode where a loader starts it there (Documentation/arch/x86/boot.rst). It asks the BIOS
 * for the memory map and enters the image by the 32-bit door. As these 4 KiB are laid out like struct boot_params,
 * they are what that door is given. Addresses count from the segment's begin, which is ds, wherever cs begins.
 */
#define SECTOR         512
#define SECTORS        8
#define VERSION        0x20c    /* of the protocol: 64-bit entry, initrd up to initrd_addr_max */
#define LOADED_HIGH    1
#define XLF_KERNEL_64  1
#define VIDEO_NORMAL   0xffff
#define IMAGE          0x100000 /* image.lds.S; the 32-bit door is its first byte */
#define INITRD_LAST    0x3fffffff /* what the image maps from the start */
#define CMDLINE_MOST   2047     /* as Linux; leaves room for the names of modules */

/* struct boot_params: zero-page.rst */
#define RANGE_COUNT    0x1e8
#define SETUP_DATA     0x250
#define RANGES         0x2d0
#define RANGE          20
#define RANGES_MOST    128

/*
 * More of the map goes on in a list (boot.rst, setup_data), laid behind these 4 KiB: up to 0x8000 all is
 * setup code's, but for the stack, which some loaders begin there.
 */
#define LIST           0x1000
#define LIST_RANGES    (LIST + 16)
#define LIST_END       0x7000
#define SETUP_E820_EXT 1

#define E820           0xe820 /* ACPI 6.4, 15.1: INT 15h */
#define SMAP           0x534d4150
#define A20_ON         0x2401

    .text
    .code16
    .globl _start
_start:
    .org 0x1f1
    .byte SECTORS - 1
    .word 0
    .long 0                     /* 0x1f4 syssize: limpet-bz writes it */
    .word 0, VIDEO_NORMAL, 0
    .word 0xaa55
    .byte 0xeb, header_end - 1f /* 0x200: a short jump, by whose length the header's end is known */
1:  .ascii "HdrS"
    .word VERSION
    .long 0
    .word 0
    .word version - SECTOR
    .byte 0                     /* 0x210 type_of_loader */
    .byte LOADED_HIGH
    .word SECTOR * SECTORS      /* 0x212 setup_move_size */
    .long IMAGE                 /* 0x214 code32_start */
    .long 0, 0, 0               /* 0x218 ramdisk_image, ramdisk_size */
    .word 0, 0
    .long 0                     /* 0x228 cmd_line_ptr */
    .long INITRD_LAST
    .long IMAGE                 /* 0x230 kernel_alignment */
    .byte 0                     /* not relocatable */
    .byte 20                    /* as a power of two: the least alignment */
    .word XLF_KERNEL_64
    .long CMDLINE_MOST
    .long 0                     /* 0x23c hardware_subarch */
    .quad 0
    .long 0, 0
    .quad 0                     /* 0x250 setup_data */
    .quad IMAGE                 /* 0x258 pref_address */
    .long 0                     /* 0x260 init_size: limpet-bz writes it */
    .long 0
header_end:
    jmp setup
version:
    .asciz "Limpet"

    .org SECTOR * (SECTORS - 1)
setup:
    cld
    mov $A20_ON, %ax            /* who loads this high has it on; some put it off again */
    int $0x15
    mov %ds, %ax
    mov %ax, %es
    xor %ebx, %ebx
    mov $RANGES, %di
1:  mov $E820, %eax
    mov $RANGE, %ecx
    mov $SMAP, %edx
    int $0x15
    jc 3f
    cmp $SMAP, %eax
    jne 3f
    add $RANGE, %di
    cmpb $RANGES_MOST, RANGE_COUNT
    je 2f
    incb RANGE_COUNT
    cmpb $RANGES_MOST, RANGE_COUNT
    jne 2f
    mov $LIST_RANGES, %di
2:  cmp $(LIST_END - RANGE), %di
    ja 3f
    test %ebx, %ebx
    jnz 1b

3:  xor %eax, %eax
    mov %ds, %ax
    shl $4, %eax
    mov %eax, %esi              /* struct boot_params */
    sub $LIST_RANGES, %di
    jbe 4f
    movl $SETUP_E820_EXT, LIST + 8
    movzwl %di, %ecx
    mov %ecx, LIST + 12
    movl $0, LIST
    movl $0, LIST + 4
    lea LIST(%esi), %ecx
    mov %ecx, SETUP_DATA
4:  add %eax, gdtr + 2

    cli
    lgdtl gdtr
    mov %cr0, %eax
    or $1, %al
    mov %eax, %cr0
    mov $(gdt_data - gdt), %ax
    mov %ax, %ds
    mov %ax, %es
    mov %ax, %ss
    ljmpl $(gdt_code - gdt), $IMAGE

    .balign 8
gdt:                            /* boot.rst: __BOOT_CS is 0x10, __BOOT_DS 0x18 */
    .quad 0, 0
gdt_code:
    .quad 0x00cf9b000000ffff
gdt_data:
    .quad 0x00cf93000000ffff
gdtr:
    .word gdtr - gdt - 1
    .long gdt

    .org SECTOR * SECTORS

    .section .note.GNU-stack, "", @progbits
