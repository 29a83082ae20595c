/* SPDX-License-Identifier: BSD-2-Clause */
/* What the stub's files share: firmware's services, and failing in one sentence. */
#ifndef EFI_STUB_H
#define EFI_STUB_H

#include <efi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "tools/vmm/elf.h"
#include "words.h"

struct stub {
    EFI_HANDLE handle;
    EFI_SYSTEM_TABLE *system;
    EFI_BOOT_SERVICES *boot;
    EFI_LOADED_IMAGE_PROTOCOL *self;
};

/* Prints a text on firmware's console. */
void say(const struct stub *stub, const char *text);

/* Says "LIMPET: ", what, and why, which may be "", on firmware's console. Returns status. */
EFI_STATUS fail(const struct stub *stub, EFI_STATUS status, const char *what, const char *why);

/* The protocol of a handle; NULL: it has none. */
void *protocol_of(const struct stub *stub, EFI_HANDLE handle, const EFI_GUID *protocol);

/* arguments.c: reads the arguments, wherever they are, into the empty line. */
EFI_STATUS read_arguments(const struct stub *stub, struct line *line);

/* confidential.c: the C-bit of page-table entries, or 0. Fails where what hides this guest's memory
 * is not for Limpet. */
EFI_STATUS find_private_bit(const struct stub *stub, uint64_t *bit);
/* Puts it into the page tables of the image, of which [base, base + size) stands at image. */
EFI_STATUS make_private(const struct stub *stub, const struct image_plan *plan, void *image,
                        uint64_t base, uint64_t size, uint64_t bit);

#endif
