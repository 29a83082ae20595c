/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands before all that limpet-cc assembles: without this section it links no code (limpet-cc.in). */
    .section .limpet.object, "", @progbits
    .asciz "compiled for Limpet"
    .text
