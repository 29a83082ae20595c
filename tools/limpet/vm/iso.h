/* The places for arguments in an ISO of limpet-iso, which can be written over in a copy of it
 * (tools/image/limpet-iso.sh tells how they look).
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_ISO_H
#define LIMPET_ISO_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

enum iso_slot {
    ISO_GRUB, /* for a BIOS: a command of GRUB's, whose arguments are words in single quotes */
    ISO_UEFI, /* the argument line itself */
};

#define ISO_SLOT  4096u /* bytes */
#define ISO_ALIGN 512u

/* Why such a slot cannot hold an argument line (quote.h) in words, or NULL; caller frees. Pure. */
char *iso_line_trouble(const char *line, enum iso_slot slot);

/* Writes the line into the slot of an ISO of n bytes. Returns NULL, or why not; caller frees. Pure.
 */
char *iso_put_line(char *iso, size_t n, const char *line, enum iso_slot slot);

#endif
