/* When a virtual machine's firmware handed over to a loader: by what it says, and by what it reads.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_FIRMWARE_END_H
#define LIMPET_FIRMWARE_END_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Neither costs the guest anything. A BIOS that boots from a disk reads the boot sector first of
 * all; whoever reads the disk's file is seen from outside. UEFI prints on the console which boot
 * option it is about to load, as it did for those that failed: the last time counts.
 * Zero-initialize.
 */
struct firmware_end {
    const char *words; /* that say so, or NULL */
    size_t matched;    /* so many of their letters were seen last */
    int disk;          /* an inotify descriptor + 1, or 0 */
    bool runs;         /* the processor was let go: what was read before, the VMM read */
    double handed_s;   /* CLOCK_MONOTONIC; 0: not seen */
};

/* EDK II's words (MdeModulePkg/Library/UefiBootManagerLib/BmBoot.c): "BdsDxe: loading Boot0001 …".
 */
#define FIRMWARE_UEFI "BdsDxe: loading Boot"

/* Watches a disk's file. What cannot be watched is not told. */
void firmware_end_watch(struct firmware_end *end, const char *disk);

/* The descriptor to wait for, or -1; and what to do when it has something, now. */
int firmware_end_poll(const struct firmware_end *end);
void firmware_end_touched(struct firmware_end *end, double now);

/* Takes some of the console's bytes, which came now. */
void firmware_end_words(struct firmware_end *end, const char *data, size_t n, double now);

void firmware_end_free(struct firmware_end *end);

#endif
