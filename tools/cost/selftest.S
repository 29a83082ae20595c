// SPDX-License-Identifier: BSD-2-Clause
// A guest whose every count is known: what selftest.sh checks the ruler against.
//
// 32-bit code in an ELF64 with a PVH note. The number at the right of a line is what it adds to the
// instructions; every comment that names a count is checked by selftest.sh, so change both.

    .section .note.pvh, "a", @note
    .align  4
    .long   4, 4, 18                // "Xen\0", a 4-byte value, XEN_ELFNOTE_PHYS32_ENTRY
    .asciz  "Xen"
    .long   door

    .set    DEBUG_EXIT, 0xf4
    .set    LAPIC_VERSION, 0xfee00030
    .set    LAPIC_PRIORITY, 0xfee00080
    .set    LAPIC_EOI, 0xfee000b0
    .set    FAR1, 0x00800ff0        // page 0x800, and 0x801 by an access across its end
    .set    FAR2, 0x01234000        // a page in another 2 MiB region
    .set    WINDOW, 0x00c00000      // not mapped until the fault handler maps it

    .code32
    .text
    .globl  door, other_door, mark_loop, mark_port, mark_string, mark_mmio, mark_msr, mark_pages
    .globl  mark_fault, mark_again, mark_never, fault_start, fault_end

door:
    cld                             // 1
    mov     $stack_top, %esp        // 1
    mov     $1000, %ecx             // 1

mark_loop:                          // so far 3 instructions
1:  dec     %ecx                    // 1000
    jnz     1b                      // 1000

mark_port:                          // 2003
    mov     $0x80, %edx             // 1
    out     %al, %dx                // 1, port 1
    outw    %ax, $0x80              // 1, port 2 (operand size prefix)
    in      %dx, %eax               // 1, port 3
    inb     $0x80, %al              // 1, port 4
    mov     $buffer, %esi           // 1
    outsb                           // 1, port 5
    mov     $5, %ecx                // 1
    rep outsb                       // 5, port 10
    mov     $buffer, %edi           // 1
    mov     $3, %ecx                // 1
    rep insb                        // 3, port 13
    insw                            // 1, port 14
    xor     %ecx, %ecx              // 1
    rep outsl                       // 1, no iteration, no access
    inc     %eax                    // 1, one byte 0x40: not a prefix of the next
    out     %al, %dx                // 1, port 15

mark_string:                        // 2026
    mov     $100, %ecx              // 1
    mov     $0xaa, %al              // 1
    mov     $buffer, %edi           // 1
    rep stosb                       // 100, stos 100
    xor     %ecx, %ecx              // 1
    rep stosl                       // 1, stos 101: no iteration
    stosb                           // 1, not repeated
    mov     $7, %ecx                // 1
    mov     $buffer, %esi           // 1
    mov     $buffer + 64, %edi      // 1
    rep movsb                       // 7
    mov     $7, %ecx                // 1
    rep lodsb                       // 7
    mov     $9, %ecx                // 1
    mov     $buffer, %esi           // 1
    mov     $buffer, %edi           // 1
    repe cmpsb                      // 9, all equal
    mov     $6, %ecx                // 1
    mov     $0x55, %al              // 1
    repne scasb                     // 6, none equal
    mov     $3, %ebx                // 1
2:  mov     $1, %ecx                // 3
    rep stosb                       // 3, stos 104
    dec     %ebx                    // 3
    jnz     2b                      // 3

mark_mmio:                          // 2183
    mov     LAPIC_VERSION, %eax     // 1, mmio 1
    mov     LAPIC_VERSION, %ebx     // 1, mmio 2
    xor     %ecx, %ecx              // 1
    mov     %ecx, LAPIC_EOI         // 1, mmio 3
    orl     $0, LAPIC_PRIORITY      // 1, mmio 5: a load and a store

mark_msr:                           // 2188
    xor     %eax, %eax              // 1
    cpuid                           // 1, cpuid 1
    mov     $1, %eax                // 1
    cpuid                           // 1, cpuid 2
    mov     $0xc0000080, %ecx       // 1
    rdmsr                           // 1, rdmsr 1
    wrmsr                           // 1, wrmsr 1
    rdmsr                           // 1, rdmsr 2

mark_pages:                         // 2196; pages so far: code, data; regions: 1
    mov     FAR1, %eax              // 1, page 3, region 2
    mov     FAR1 + 14, %eax         // 1, page 4
    mov     %eax, FAR2              // 1, page 5, region 3
    mov     %eax, FAR2 + 4          // 1
    call    elsewhere               // 1, page 6; and its ret 1

mark_fault:                         // 2202
    lidt    idt_pointer             // 1
    lgdt    gdt_pointer             // 1
    ljmp    $8, $3f                 // 1
3:  mov     $16, %eax               // 1
    mov     %eax, %ss               // 1
    mov     %eax, %ds               // 1
    mov     %eax, %es               // 1
    mov     %cr4, %eax              // 1
    or      $0x10, %eax             // 1, 4 MiB pages
    mov     %eax, %cr4              // 1
    mov     $page_directory, %eax   // 1
    mov     %eax, %cr3              // 1
    mov     %cr0, %eax              // 1
    or      $0x80000000, %eax       // 1
    mov     %eax, %cr0              // 1
    mov     $WINDOW, %edi           // 1
    mov     %eax, (%edi)            // 2: it faults and comes again; handler 1042
    mov     %eax, 4(%edi)           // 1
    mov     $WINDOW + 0xff8, %edi   // 1
    mov     $4, %ecx                // 1
    rep stosl                       // 4, stos 4; the third faults; handler 1044
    mov     $4, %ecx                // 1

mark_again:                         // 4314 the first time, 6 more the fourth; stos 104 + 4 + 2048
    dec     %ecx                    // 4
    jnz     mark_again              // 4
    mov     $1, %al                 // 1
    out     %al, $DEBUG_EXIT        // 1, port 16; QEMU ends with status 3
mark_never:
    hlt

fault_start:                        // 18 + 1024 by rep stos; 2 more every other time
    pusha                           // 1
    mov     %cr2, %edi              // 1
    and     $~0xfff, %edi           // 1
    mov     %edi, %ebx              // 1
    shr     $10, %ebx               // 1
    and     $0xffc, %ebx            // 1
    mov     next_frame, %eax        // 1
    addl    $0x1000, next_frame     // 1
    or      $3, %eax                // 1, present and writable
    mov     %eax, page_table(%ebx)  // 1, page 7
    mov     $1024, %ecx             // 1
    xor     %eax, %eax              // 1
    rep stosl                       // 1024, pages 8 and 9 in region 4
    incl    faults                  // 1
    testl   $2, faults              // 1
    jz      4f                      // 1
    nop                             // 0 and 1
    nop                             // 0 and 1
4:  popa                            // 1
    add     $4, %esp                // 1, the error code
fault_end:
    iret                            // 1

other_door:                         // given as a door too, and never come through
    hlt

    .balign 4096
elsewhere:
    ret

    .data
    .balign 4096
buffer:
    .fill   256
idt:
    .fill   14 * 8
    .word   fault_start - door, 8, 0x8e00, 0x0010 // .text is at 1 MiB, and door its first
idt_pointer:
    .word   idt_pointer - idt - 1
    .long   idt
    .balign 8
gdt:
    .quad   0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdt_pointer:
    .word   gdt_pointer - gdt - 1
    .long   gdt
    .balign 4
next_frame:
    .long   0x00600000
faults:
    .long   0
    .fill   1024
stack_top:

    .balign 4096
page_directory:                     // only the page walker looks at it
    .long   0x83, 0x00400083, 0x00800083, page_table + 3
    .fill   1020, 4

    .balign 4096
page_table:
    .fill   1024, 4
