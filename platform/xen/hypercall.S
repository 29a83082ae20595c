/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypercall page: 32 bytes for each hypercall, written by Xen when asked (xen.c). Until then
 * whoever calls it is trapped.
 *
 *   long xen_hypercall(long a, long b, long c, unsigned number)
 */
#include "xen/hypercall.h"

    .section .hypercall_page, "ax"
    .balign 4096
    .globl hypercall_page
hypercall_page:
    .fill 4096, 1, HYPERCALL_POISON

    .text
    .globl xen_hypercall
xen_hypercall:
    shl $5, %ecx
    add $hypercall_page, %ecx   /* the image lies below 4 GiB: this zero-extends */
    jmp *%rcx                   /* its arguments are in rdi, rsi, rdx, as ours */

    .section .note.GNU-stack, "", @progbits
