/* OVMF, the UEFI of QEMU's PCs: where this machine has it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_OVMF_H
#define LIMPET_OVMF_H

#include <stdbool.h>
#include <stddef.h>

struct ovmf {
    const char *code; /* the firmware, in flash that nobody writes to */
    const char *vars; /* what its variables begin with: a guest gets a copy */
};

/* Is it where the environment says, or else where a distribution puts it? */
bool ovmf_find(struct ovmf *ovmf);

/* What a user can do about it when it is not. */
#define OVMF_MISSING                                                                               \
    "OVMF is not here: apt-get install ovmf, or name its files by LIMPET_OVMF_CODE and "           \
    "LIMPET_OVMF_VARS"

#endif
