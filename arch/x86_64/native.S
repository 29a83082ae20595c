/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the ELF header's entry leads when Linux starts the image as a program (platform/linux/entry.S):
 * whoever did is told what to do with it, by system calls of its own (System V ABI, A.2).
 */
#define SYS_WRITE      1
#define SYS_EXIT_GROUP 231
#define STDERR         2
#define CANNOT_EXECUTE 126

    .section .text.boot, "ax"
    .globl native_program
native_program:
    mov $native_text, %esi
    mov $(native_text_end - native_text), %edx
    call native_write
    mov 8(%rsp), %rsi           /* argv[0]; NULL where argc is 0 */
    test %rsi, %rsi
    jz 4f
    xor %edx, %edx
2:  cmpb $0, (%rsi, %rdx)
    je 3f
    inc %edx
    jmp 2b
3:  call native_write
4:  mov $native_text_end, %esi
    mov $1, %edx
    call native_write
    mov $CANNOT_EXECUTE, %edi
    mov $SYS_EXIT_GROUP, %eax
    syscall
    ud2

native_write:
    mov $STDERR, %edi
    mov $SYS_WRITE, %eax
    syscall
    ret

    .section .rodata.native, "a"
native_text:
    .ascii "This is an image for a hypervisor, not a program for Linux. Run it with: limpet run "
native_text_end:
    .ascii "\n"

    .section .note.GNU-stack, "", @progbits
