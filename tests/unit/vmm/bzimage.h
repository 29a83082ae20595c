/* SPDX-License-Identifier: BSD-2-Clause */
/* A small bzImage, for the unit tests of limpet-vmm's loader and the fuzzer's seeds. */
#ifndef TESTS_VMM_BZIMAGE_H
#define TESTS_VMM_BZIMAGE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BZ_SETUP   1024u /* its real-mode code: one sector behind the first */
#define BZ_PAYLOAD 1024u

static inline void bz_set(uint8_t *b, size_t offset, uint64_t value, size_t n)
{
    memcpy(b + offset, &value, n);
}

/* Version 2.12, not relocatable, at 1 MiB: as limpet-bz makes them. */
static inline void make_bzimage(uint8_t b[BZ_SETUP + BZ_PAYLOAD])
{
    memset(b, 0, BZ_SETUP);
    memset(b + BZ_SETUP, 0x90, BZ_PAYLOAD);
    bz_set(b, 0x1f1, 1, 1);               /* setup_sects */
    bz_set(b, 0x1f4, BZ_PAYLOAD / 16, 4); /* syssize */
    bz_set(b, 0x1fe, 0xaa55, 2);
    bz_set(b, 0x200, 0x66eb, 2); /* jump: the header ends at 0x268 */
    memcpy(b + 0x202, "HdrS", 4);
    bz_set(b, 0x206, 0x20c, 2);
    bz_set(b, 0x211, 1, 1);          /* LOADED_HIGH */
    bz_set(b, 0x214, 0x100000, 4);   /* code32_start */
    bz_set(b, 0x22c, 0x3fffffff, 4); /* initrd_addr_max */
    bz_set(b, 0x236, 1, 2);          /* XLF_KERNEL_64 */
    bz_set(b, 0x238, 2047, 4);       /* cmdline_size */
    bz_set(b, 0x258, 0x100000, 8);   /* pref_address */
    bz_set(b, 0x260, 0x10000, 4);    /* init_size */
}

#endif
