/* The only program of a minimal initial file system: it powers the machine off.
 * SPDX-License-Identifier: BSD-2-Clause */
#include <asm/unistd.h>
#include <linux/reboot.h>

.globl _start
_start:
    mov $__NR_reboot, %eax
    mov $LINUX_REBOOT_MAGIC1, %edi
    mov $LINUX_REBOOT_MAGIC2, %esi
    mov $LINUX_REBOOT_CMD_POWER_OFF, %edx
    syscall
1:  mov $__NR_pause, %eax /* it was refused: the first process must not end */
    syscall
    jmp 1b
