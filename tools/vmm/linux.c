/* SPDX-License-Identifier: BSD-2-Clause */
/* What a guest finds that is entered as Linux: see linux.h. */
#include "linux.h"
#include <string.h>

/* Offsets in struct boot_params: zero-page.rst; of its setup header: boot.rst. */
#define EXT_RAMDISK_IMAGE 0x0c0
#define EXT_RAMDISK_SIZE  0x0c4
#define E820_ENTRIES      0x1e8
#define BOOT_FLAG         0x1fe
#define MAGIC             0x202
#define TYPE_OF_LOADER    0x210
#define RAMDISK_IMAGE     0x218
#define RAMDISK_SIZE      0x21c
#define CMD_LINE_PTR      0x228
#define KERNEL_ALIGNMENT  0x230
#define CMDLINE_SIZE      0x238
#define E820_TABLE        0x2d0
#define E820_BYTES        20

#define HDRS         0x53726448 /* "HdrS" */
#define LOADER_OTHER 0xff
#define USABLE       1
#define RESERVED     2
#define MIB          0x100000ull
#define GIB4         0x100000000ull
#define MMCONFIG     0xeec00000ull /* PCI configuration space, which ends at the I/O APIC */
#define TABLE_FLAGS  0x003         /* present, writable; Intel SDM vol. 3A, 4.5 */
#define PAGE_FLAGS   0x083         /* and a page of 2 MiB */

unsigned linux_map(uint64_t low, uint64_t high, struct linux_range map[LINUX_RANGES])
{
    unsigned n = 0;
    map[n++] = (struct linux_range){0, LINUX_LOW_END, USABLE};
    map[n++] = (struct linux_range){LINUX_LOW_END, 0xe0000 - LINUX_LOW_END, RESERVED};
    map[n++] = (struct linux_range){MMCONFIG, 256 * MIB, RESERVED};
    if (high != 0)
        map[n++] = (struct linux_range){GIB4, high, USABLE};
    map[n++] = (struct linux_range){MIB, low - MIB, USABLE};
    return n;
}

static void put(uint8_t *page, size_t offset, uint64_t value, size_t n)
{
    memcpy(page + offset, &value, n);
}

void linux_params(const struct linux_params *from, uint8_t page[LINUX_PARAMS_BYTES])
{
    struct linux_range map[LINUX_RANGES];
    memset(page, 0, LINUX_PARAMS_BYTES);
    memcpy(page + BZ_HEADER, from->header.bytes, from->header.n);
    if (from->header.n == 0)
        put(page, KERNEL_ALIGNMENT, 0x1000000, 4);
    put(page, BOOT_FLAG, 0xaa55, 2);
    put(page, MAGIC, HDRS, 4);
    put(page, TYPE_OF_LOADER, LOADER_OTHER, 1);
    put(page, CMD_LINE_PTR, LINUX_LINE, 4);
    put(page, CMDLINE_SIZE, from->line_bytes, 4);
    put(page, RAMDISK_IMAGE, from->initrd, 4);
    put(page, RAMDISK_SIZE, from->initrd_bytes, 4);
    put(page, EXT_RAMDISK_IMAGE, from->initrd >> 32, 4);
    put(page, EXT_RAMDISK_SIZE, from->initrd_bytes >> 32, 4);
    unsigned n = linux_map(from->low, from->high, map);
    put(page, E820_ENTRIES, n, 1);
    for (unsigned i = 0; i < n; i++) {
        put(page, E820_TABLE + i * E820_BYTES, map[i].base, 8);
        put(page, E820_TABLE + i * E820_BYTES + 8, map[i].size, 8);
        put(page, E820_TABLE + i * E820_BYTES + 16, map[i].type, 4);
    }
}

void linux_tables(uint8_t pages[LINUX_TABLES_BYTES])
{
    memset(pages, 0, LINUX_TABLES_BYTES);
    put(pages, 0, LINUX_TABLES + 0x1000 + TABLE_FLAGS, 8);
    put(pages, 0x1000, LINUX_TABLES + 0x2000 + TABLE_FLAGS, 8);
    for (size_t i = 0; i < 512; i++)
        put(pages, 0x2000 + 8 * i, i << 21 | PAGE_FLAGS, 8);
}
