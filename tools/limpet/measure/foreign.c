/* Kernels that are not ours: whether it is Linux, and what it boots into.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "measure/foreign.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>

#define BZIMAGE_MAGIC "HdrS" /* Documentation/arch/x86/boot.rst: at 0x202 */
#define BZIMAGE_AT    0x202

bool foreign_is_linux(const void *data, size_t n)
{
    const char *bytes = data;

    if (n >= BZIMAGE_AT + 4 && !memcmp(bytes + BZIMAGE_AT, BZIMAGE_MAGIC, 4))
        return true;
    return n >= SELFMAG && !memcmp(bytes, ELFMAG, SELFMAG) &&
           memmem(bytes, n, "Linux version ", 14);
}

char *foreign_initrd(const char *kernel)
{
    const char *name = basename(kernel);

    if (strncmp(name, "vmlinuz-", 8) != 0 || !name[8])
        return NULL;
    return xasprintf("%.*sinitrd.img-%s", (int)(name - kernel), kernel, name + 8);
}

/* ld's names for what make packs (Makefile). */
extern const char _binary_initrd_cpio_start[], _binary_initrd_cpio_end[];

void foreign_minimal_initrd(struct buf *out)
{
    uintptr_t start = (uintptr_t)_binary_initrd_cpio_start;

    buf_add(out, _binary_initrd_cpio_start, (uintptr_t)_binary_initrd_cpio_end - start);
}
