/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux kernel's file, a bzImage: real-mode code with the setup header, then what goes to 1 MiB.
 * Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 */
#ifndef VMM_BZ_H
#define VMM_BZ_H

#include "elf.h"

#define BZ_HEADER 0x1f1u /* where the setup header begins, in the file and in boot_params */

struct bz_header {
    const uint8_t *bytes; /* of the file, from BZ_HEADER on; NULL: an ELF file, which has none */
    size_t n;
    uint32_t line_max;   /* bytes of a command line without its NUL */
    uint64_t initrd_end; /* an initrd lies below */
};

/*
 * Reads the n bytes of a bzImage for a machine whose memory ends at memory_end: one segment, the
 * 32-bit door at its beginning (plan->linux32) and, where the header says so, the 64-bit one
 * (plan->linux64). Pure. Returns NULL, or what is wrong with it as the end of a sentence.
 */
const char *bz_plan(const void *bytes, size_t n, uint64_t memory_end, struct image_plan *plan,
                    struct bz_header *header);

#endif
