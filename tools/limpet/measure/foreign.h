/* Kernels that are not ours: whether it is Linux, and what it boots into.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FOREIGN_H
#define LIMPET_FOREIGN_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Is this a bzImage, or an ELF file of Linux? */
bool foreign_is_linux(const void *data, size_t n);

/* "DIR/initrd.img-V" for "DIR/vmlinuz-V", as Debian names them; NULL for other names. Caller frees.
 * Pure. */
char *foreign_initrd(const char *kernel);

/* An initramfs whose only file is /init, a program that powers the machine off (init.S). */
void foreign_minimal_initrd(struct buf *out);

#endif
