/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hypercall: its number in eax, its arguments in rdi, rsi, rdx as C has them (xen-x86_64.h), by the
 * instruction of this CPU's kind. It is what Xen writes into a hypercall page, which is not needed for it.
 *
 *   long xen_hypercall(long a, long b, long c, unsigned number)
 */
    .text
    .globl xen_hypercall
xen_hypercall:
    mov %ecx, %eax
    cmpb $0, xen_vmmcall(%rip)
    jne 1f
    vmcall
    ret
1:  vmmcall
    ret

    .bss
    .globl xen_vmmcall
xen_vmmcall:
    .byte 0

    .section .note.GNU-stack, "", @progbits
