/* SPDX-License-Identifier: BSD-2-Clause */
/* By this note the host tool knows an image that can tell of itself: kernel/observe/observe.h. */
    .section .note.Limpet, "a", @note
    .balign 4
observe_note:
    .long 2f - 1f, 4f - 3f, 0x100 /* below that are the versions of limpet-vmm's note (platform/vmm/abi.h) */
1:  .asciz "Limpet"
2:  .balign 4
3:  .long 1                     /* the version of what it tells */
4:  .balign 4
    .section .note.GNU-stack, "", @progbits
