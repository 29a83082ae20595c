/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Linux kernel's file, a bzImage: real-mode code with the setup header, then what goes to 1 MiB.
 * Linux, Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
 */
#ifndef VMM_BZ_H
#define VMM_BZ_H

#include "elf.h"

#define BZ_HEADER     0x1f1u /* where the setup header begins, in the file and in boot_params … */
#define BZ_HEADER_END 0x290u /* … and where boot_params goes on with something else */

struct bz_header {
    uint8_t bytes[BZ_HEADER_END - BZ_HEADER];
    size_t n;            /* of these bytes; 0: an ELF file, which has none */
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
