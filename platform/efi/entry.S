/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stub's first instruction, and its last ones: from firmware's 64-bit mode, whatever it has switched on
 * there, down to the 32-bit mode without paging in which the PVH door is entered.
 */
#define CODE32 0x08
#define DATA   0x10
#define CR0_PG 0x80000000
#define CR4_PCIDE_BIT 17

/* efi_start: before gnu-efi's _start, in Microsoft's convention: rcx the image's handle, rdx the system table. */
    .text
    .globl efi_start
efi_start:
    mov %rdx, %r8
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, stub_tsc(%rip)
    mov %r8, %rdx
    jmp _start

    .data
    .balign 8
    .globl stub_tsc
    .hidden stub_tsc
stub_tsc: .quad 0

/*
 * void leave(uint32_t entry, uint32_t start_info, uint32_t from, uint32_t to, uint32_t words)
 *
 * Runs as a copy below 4 GiB. Moves words 32-bit words of the image once paging is off, and nothing of
 * firmware's is needed any more; enters it at entry.
 */
    .text
    .globl leave, leave_end
    .hidden leave, leave_end
leave:
    cli
    mov %cr4, %rax              /* with process-context identifiers paging cannot be left: SDM vol. 3A, 4.10.1 */
    btr $CR4_PCIDE_BIT, %rax
    mov %rax, %cr4
    mov %esi, %ebx
    mov %edi, %ebp
    mov %edx, %esi
    mov %ecx, %edi
    mov %r8d, %ecx
    lea gdt(%rip), %rax
    mov %rax, gdtr + 2(%rip)
    lgdt gdtr(%rip)
    lea 1f(%rip), %rax
    mov %eax, far(%rip)
    ljmp *far(%rip)
    .code32
1:  mov $DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    mov %cr0, %eax
    and $~CR0_PG, %eax
    mov %eax, %cr0
    rep movsl
    jmp *%ebp
    .balign 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff
    .quad 0x00cf93000000ffff
gdtr:
    .word . - gdt - 1
    .quad 0
far:
    .long 0
    .word CODE32
leave_end:

    .section .note.GNU-stack, "", @progbits
