/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest guest of limpet-vmm, for what our images do not do. The first letter of its command
 * line says what. No SSE: it also runs where KVM interprets instructions.
 */
#include "vmm/abi.h"

#define STATUS   77     /* of what went well */
#define AP_PAGE  0x8000 /* where further CPUs start */
#define AP_COUNT 0x9000 /* counts them */
#define AP_EXITS 0x9004 /* not 0: the first of them ends the machine */
#define LAPIC    0xfee00000

    .section .note.Xen, "a", @note
    .long 4, 4, 18
    .asciz "Xen"
    .long start

    .section .data, "aw"
    .balign 8
request:
    .long 0, 0
    .quad 0, 0, 0

.macro ASK operation, address, length
    movl $\operation, request
    movl \address, request + 8
    movl $0, request + 12
    movl \length, request + 16
    mov $request, %eax
    mov $VMM_PORT, %dx
    out %eax, %dx
.endm

.macro CASE letter, label
    cmpb $\letter, (%esi)
    je \label
.endm

    .text
    .code32
    .globl _start
_start:
start:
    mov $stack, %esp
    mov 24(%ebx), %esi          /* start_info's command line */
    CASE 'c', crash
    CASE 'e', exit_77
    CASE 'f', far_write
    CASE 'F', far_request
    CASE 'l', loop
    CASE 'm', mmio
    CASE 'n', nothing
    CASE 'o', odd_request
    CASE 's', serial
    CASE 't', triple
    CASE 'u', unknown
    CASE 'r', read
    CASE 'b', big_write
    CASE 'w', wrapping_write
    CASE 'a', ap_ends
    CASE 'p', processors
    ASK VMM_EXIT, $1, $0

crash:
    ASK VMM_CRASH, $0, $0
exit_77:
    ASK VMM_EXIT, $STATUS, $0

far_write:                      /* from the last byte of low memory over its end: status 14, EFAULT */
    ASK VMM_WRITE, $0x7ffffff, $2
exit_minus_result:
    mov request + 24, %ecx
    neg %ecx
    ASK VMM_EXIT, %ecx, $0
wrapping_write:
    movl $-1, request + 20      /* a length that wraps round */
    ASK VMM_WRITE, $request, $-1
    jmp exit_minus_result
unknown:
    ASK 99, $0, $0
    jmp exit_minus_result

read:                           /* a line of input, said again; at its end status 77 */
    ASK VMM_READ, $said, $1
    mov request + 24, %ecx
    cmp $-1, %ecx
    je exit_77
    cmp $0, %ecx
    je read
    ASK VMM_WRITE, $said, $1
    jmp read
big_write:                      /* more than any pipe holds */
    ASK VMM_WRITE, $0, $0x7000000
    jmp exit_77

far_request:
    mov $0x8000000, %eax
    mov $VMM_PORT, %dx
    out %eax, %dx
    jmp exit_77
odd_request:
    mov $request + 1, %eax
    mov $VMM_PORT, %dx
    out %eax, %dx
    jmp exit_77

loop:
    jmp loop

nothing:                        /* a thousand requests that do nothing, to be timed */
    mov $1000, %edi
1:  ASK VMM_NULL, $0, $0
    dec %edi
    jnz 1b
    jmp exit_77

mmio:                           /* nothing is there: all ones */
    movl $0, 0xd0000000
    cmpl $-1, 0xd0000000
    jne 1f
    mov $0x1234, %dx
    in %dx, %eax
    cmp $-1, %eax
    je exit_77
1:  ASK VMM_EXIT, $1, $0

serial:                         /* by the devices of QEMU's PC: says "ok", then status 2 × 3 + 1 */
    mov $0x3fd, %dx
    in %dx, %al
    and $0x60, %al
    cmp $0x60, %al
    jne 1b
    mov $0x3f8, %dx
    mov $said, %esi
    mov $3, %ecx
    rep outsb
    mov $3, %eax
    out %eax, $0xf4

triple:
    lidt no_idt
    ud2

ap_ends:
    movl $1, AP_EXITS
    movl $VMM_EXIT, request
    movl $STATUS, request + 8
processors:                     /* starts all others: status is how many there are */
    mov $ap_begin, %esi
    mov $AP_PAGE, %edi
    mov $(ap_end - ap_begin), %ecx
    rep movsb
    movl $0x1ff, LAPIC + 0xf0
    movl $0xc4500, LAPIC + 0x300 /* INIT to all others */
    movl $0xc4600 + AP_PAGE / 4096, LAPIC + 0x300
    mov $VMM_LEAF_ABI, %eax
    cpuid
    dec %ecx
1:  pause
    cmp %ecx, AP_COUNT
    jne 1b
    cmpl $0, AP_EXITS
    jne 1b
    inc %ecx
    ASK VMM_EXIT, %ecx, $0

    .code16
ap_begin:
    xor %ax, %ax
    mov %ax, %ds
    lock incl AP_COUNT
    cmpl $0, AP_EXITS
    je 1f
    mov $request, %eax
    mov $VMM_PORT, %dx
    out %eax, %dx
1:  cli
    hlt
    jmp 1b
ap_end:

    .section .rodata
no_idt:
    .word 0
    .long 0

    .section .data
said:
    .ascii "ok\n"

    .section .bss
    .skip 256
stack:

    .section .note.GNU-stack, "", @progbits
