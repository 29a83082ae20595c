/* What a firmware says on the console that its guest will have, before the guest says anything.
 *
 * A PC's UEFI (OVMF) writes to the first serial port: it clears the screen and tells what it loads.
 * Nothing marks where the guest begins, but the forms of what EDK II writes are few
 * (MdeModulePkg: Terminal/TerminalConOut.c, BdsDxe): escape codes with numbers of two digits, and
 * whole lines that begin with "BdsDxe: ". What has none of them is the guest's first byte.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FIRMWARE_H
#define LIMPET_FIRMWARE_H

#include "base/buf.h"

#include <stdbool.h>

/* Zero-initialize; feed; firmware_free(). */
struct firmware {
    bool over;          /* the guest has spoken */
    bool gave_up;       /* it started something else in the guest's place: its shell */
    bool inside;        /* a line of its own */
    struct buf pending; /* what may be the firmware's */
    struct buf said;    /* its lines so far */
};

/* Takes in what the console brought, and appends what of it is the guest's. */
void firmware_feed(struct firmware *f, const char *data, size_t n, struct buf *guest);

/* The end of the console: what was held back is the guest's. */
void firmware_finish(struct firmware *f, struct buf *guest);

/* Its last line that tells of a failure, or else its last one, without its end; "" for none. Caller
 * frees. */
char *firmware_words(const struct firmware *f);

void firmware_free(struct firmware *f);

#endif
