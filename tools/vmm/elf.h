/* SPDX-License-Identifier: BSD-2-Clause */
/* What of an image's file goes where, and where it is entered. */
#ifndef VMM_ELF_H
#define VMM_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "platform/vmm/abi.h"

#define IMAGE_FLOOR    0xa0000u /* below lies what the VMM hands over */
#define IMAGE_SEGMENTS 16
#define LINUX_DOOR_64                                                                              \
    0x200 /* so far behind Linux' 32-bit door: boot.rst, "64-bit Boot Protocol"                    \
           */

struct image_segment {
    uint64_t address, memory_bytes; /* physical */
    uint64_t offset, file_bytes;    /* of the file; what is beyond is zero */
};

struct image_plan {
    struct image_segment segments[IMAGE_SEGMENTS];
    unsigned count;
    uint64_t end; /* of the highest segment */
    bool has_pvh;
    uint32_t entry; /* the PVH door */
    bool has_long;  /* the image has a door in 64-bit mode: */
    struct vmm_note long_mode;
    uint64_t linux32, linux64; /* Linux' doors; 0: there is none */
};

/*
 * Reads the n bytes of an ELF64 for a machine whose memory ends at memory_end. Pure. Returns NULL,
 * or what is wrong with the image as the end of a sentence.
 */
const char *image_plan(const void *bytes, size_t n, uint64_t memory_end, struct image_plan *plan);

/*
 * Joins the page tables of an image with the Limpet note, as it asks for. It is there from memory
 * on, where the byte of physical address first is; all its segments are.
 */
void image_link(const struct image_plan *plan, uint8_t *memory, uint64_t first);

/* How a guest is entered: docs/vmm.md. */
enum door {
    DOOR_ANY,
    DOOR_LONG,
    DOOR_PVH,
    DOOR_LINUX64, /* an ELF's e_entry */
    DOOR_LINUX32,
    DOOR_BZ64, /* a bzImage: bz.h */
    DOOR_BZ32,
    DOORS,
};
extern const char *const door_names[DOORS];

/* NULL, or what is wrong with an image that has not got this door, as the end of a sentence. */
const char *image_lacks(const struct image_plan *plan, enum door door);

#endif
