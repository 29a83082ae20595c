/* Linux, against which images are measured: a program of the same source (limpet-cc --host) as the
 * only one of a guest, or as a process of this machine.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_LINUX_GUEST_H
#define LIMPET_LINUX_GUEST_H

#include "base/buf.h"

/* The kernel's own words: quiet, and no wait after a panic. */
#define LINUX_LINE     "console=ttyS0 loglevel=1 panic=-1"
#define LINUX_XEN_LINE "console=hvc0 loglevel=1 panic=-1"

/* What a guest's line means to a program: the words of its environment and its arguments, without
 * those of an image's kernel. Pure. */
void linux_words(const char *line, struct args *environment, struct args *arguments);

/* Appends the initial file system (cpio, newc) of a guest: the program as /init, and /arguments
 * with the line's words as apps/linux/init.c reads them. Pure. */
void linux_initramfs(const char *program, size_t n, const char *line, struct buf *out);

/* The path of the kernel, which need not be there: that of the lab; caller frees. */
char *linux_kernel(void);

#endif
