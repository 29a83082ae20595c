/* Kernels that are not ours: whether it is Linux, and what it boots into.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_KERNEL_H
#define LIMPET_KERNEL_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Is this a bzImage, or an ELF file of Linux? */
bool kernel_is_linux(const void *data, size_t n);

/* "DIR/initrd.img-V" for "DIR/vmlinuz-V", as Debian names them; NULL for other names. Caller frees.
 * Pure. */
char *kernel_initrd(const char *kernel);

/* An initramfs whose only file is /init, a program that powers the machine off (init.S). */
void initrd_minimal(struct buf *out);

#endif
