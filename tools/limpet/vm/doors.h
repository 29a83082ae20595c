/* The doors of an image: the ways in which its loaders enter it, and in which file they take it.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_DOORS_H
#define LIMPET_DOORS_H

#include "vm/platforms.h"

/* A file with the same image for another kind of loader. It stands beside the ELF file. */
enum wrapping {
    WRAPPING_NONE,  /* the ELF file itself */
    WRAPPING_BZ,    /* as a Linux kernel, bzImage */
    WRAPPING_EFI,   /* as a program of UEFI */
    WRAPPING_ISO,   /* CD and disk, for BIOS and UEFI */
    WRAPPING_LINUX, /* of the same source, a program of Linux: limpet-cc --host */
    WRAPPINGS,
};

#define DOOR_LINUX "linux" /* no door of the image: its program, as the init of a Linux */

#define WRAPPING_BIT(wrapping) (1u << (wrapping))
#define WRAPPING_ALL           (~0u)

extern const struct wrapping_kind {
    const char *extension; /* ".bz" */
    const char *tool;      /* what makes it of an ELF file, from the tool's folder; or NULL */
    const char *option;    /* before the file that is to be written, or NULL */
} wrapping_kinds[WRAPPINGS];

/* The door that is used of a platform: the one asked for, or (NULL) the first. NULL when it has not
 * that one, or none is told of it. */
const char *door_used(const struct platform *platform, const char *asked);

/* In which file a platform's door takes the image. */
enum wrapping door_wrapping(const struct platform *platform, const char *asked);

/* Those of several platforms, by WRAPPING_BIT(). */
unsigned doors_wrappings(const struct platform *const *platforms, int count, const char *asked);

/* A platform's title, with the door where that is not its usual one: "QEMU, bz". door: as a result
 * tells it, "" where it does not. Static storage. */
const char *door_title(const struct platform *platform, const char *door);

/* The program that makes a wrapping, which need not be there; NULL: none does. Caller frees. */
char *wrapping_tool(enum wrapping wrapping);

/* Appends a platform's doors, "multiboot or bz" with the last word " or ". */
void doors_tell(struct buf *out, const struct platform *platform, const char *last_word);

#endif
