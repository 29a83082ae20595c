/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Enters an image by its ELF header's entry, under a plain QEMU: -kernel with this, -device loader with the
 * image. LINUX64: in 64-bit mode with Linux' boot parameters, as Firecracker's older releases do; else
 * as at the PVH door, which is the way this is come in by.
 *
 * At 32 MiB, out of the image's way; ebx = Xen's struct hvm_start_info (version 1).
 */
    .section .note.Xen, "a", @note
    .long 4, 4, 18 /* PHYS32_ENTRY */
    .asciz "Xen"
    .long door

    .text
    .code32
    .globl door
door:
#ifndef LINUX64
    jmp *entry
#else
    mov 24(%ebx), %eax          /* the command line */
    mov %eax, params + 0x228
    mov 32(%ebx), %eax          /* the RSDP */
    mov %eax, params + 0x70
    mov 40(%ebx), %esi          /* the memory map */
    mov 48(%ebx), %edx          /* of so many */
    mov %dl, params + 0x1e8
    mov $params + 0x2d0, %edi
1:  mov $20, %ecx
    rep movsb
    add $4, %esi                /* there its entries have 24 bytes */
    dec %edx
    jnz 1b

    /* The first GiB where it is, as a loader without NX maps it. */
    mov $tables, %edi
    movl $tables + 0x1003, (%edi)
    movl $tables + 0x2003, 0x1000(%edi)
    xor %ecx, %ecx
2:  mov %ecx, %eax
    shl $21, %eax
    or $0x83, %eax
    mov %eax, 0x2000(%edi, %ecx, 8)
    inc %ecx
    cmp $512, %ecx
    jne 2b
    mov %edi, %cr3
    mov $0x20, %eax             /* PAE */
    mov %eax, %cr4
    mov $0xc0000080, %ecx       /* EFER: LME */
    mov $0x100, %eax
    xor %edx, %edx
    wrmsr
    mov $0x80000011, %eax
    mov %eax, %cr0
    lgdt gdtr
    ljmp $0x10, $3f             /* boot.rst: __BOOT_CS */
    .code64
3:  mov $0x18, %eax             /* __BOOT_DS */
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov $params, %esi
    mov entry, %eax
    jmp *%rax
#endif

    .data
entry:
    .long ENTRY
gdtr:
    .word 4 * 8 - 1
    .quad gdt
    .balign 8
gdt:
    .quad 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff

    .balign 4096
params:
    .org params + 0x202
    .ascii "HdrS"
    .word 0x20c
    .org params + 4096

    .bss
    .balign 4096
tables:
    .skip 3 * 4096

    .section .note.GNU-stack, "", @progbits
