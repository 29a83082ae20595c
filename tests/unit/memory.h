/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A small physical memory to lay loaders' structures and ACPI tables into, and the typical ones of
 * each: for the tests, and as seeds for the fuzzers. Nothing here knows the parsers' structs.
 */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "boot/info.h"

/* Addresses first … first + size - 1 are bytes[0 … size - 1]; the next free one is first + used. */
struct memory {
    uint8_t *bytes;
    uint64_t first, size, used;
};

/* Each is its own block of the heap, so that the sanitizer sees what is read beyond it. */
static inline struct memory memory_new(uint64_t first, uint64_t size)
{
    return (struct memory){calloc(1, size), first, size, 0};
}

static inline struct phys_view memory_view(const struct memory *m)
{
    return (struct phys_view){m->bytes - m->first, m->first, m->size};
}

static inline uint64_t put(struct memory *m, const void *bytes, uint64_t n)
{
    uint64_t at = m->used;
    if (n > m->size - at)
        abort();
    memcpy(m->bytes + at, bytes, n);
    m->used += n;
    return m->first + at;
}

static inline uint64_t put8(struct memory *m, uint8_t v) { return put(m, &v, 1); }
static inline uint64_t put32(struct memory *m, uint32_t v) { return put(m, &v, 4); }
static inline uint64_t put64(struct memory *m, uint64_t v) { return put(m, &v, 8); }
static inline uint64_t put_text(struct memory *m, const char *s)
{
    return put(m, s, strlen(s) + 1);
}

static inline uint64_t align8(struct memory *m)
{
    m->used = (m->used + 7) & ~7ull;
    return m->first + m->used;
}

static inline void set32(struct memory *m, uint64_t at, uint32_t v)
{
    memcpy(m->bytes + (at - m->first), &v, 4);
}

static inline void set64(struct memory *m, uint64_t at, uint64_t v)
{
    memcpy(m->bytes + (at - m->first), &v, 8);
}

/* Multiboot 1: offsets in the information (3.3), and one as QEMU gives it, at m->first. */
enum {
    MB1_FLAGS = 0,
    MB1_LOWER = 4,
    MB1_UPPER = 8,
    MB1_CMDLINE_AT = 16,
    MB1_MODS_COUNT = 20,
    MB1_MODS_AT = 24,
    MB1_MMAP_BYTES = 44,
    MB1_MMAP_AT = 48,
    MB1_LOADER_AT = 64,
    MB1_BYTES = 68,
};

static inline void put_mb1_range(struct memory *m, uint32_t size, uint64_t base, uint64_t bytes,
                                 uint32_t type)
{
    put32(m, size);
    put64(m, base);
    put64(m, bytes);
    put32(m, type);
    m->used += size - 20;
}

static inline uint64_t make_mb1(struct memory *m, const char *loader, const char *cmdline)
{
    uint64_t at = m->first;
    m->used = MB1_BYTES + 4;
    set32(m, at + MB1_CMDLINE_AT, (uint32_t)put_text(m, cmdline));
    set32(m, at + MB1_LOADER_AT, (uint32_t)put_text(m, loader));
    uint32_t text = (uint32_t)put_text(m, "dir/data.bin with words");
    set32(m, at + MB1_MODS_AT, (uint32_t)align8(m));
    set32(m, at + MB1_MODS_COUNT, 2);
    put32(m, 0x200000), put32(m, 0x201000), put32(m, text), put32(m, 0);
    put32(m, 0x202000), put32(m, 0x202000), put32(m, 0), put32(m, 0);
    uint64_t map = align8(m);
    put_mb1_range(m, 20, 0, 0x9fc00, 1);
    put_mb1_range(m, 20, 0x100000, 0x7f00000, 1);
    put_mb1_range(m, 24, 0x9fc00, 0x400, 2);
    set32(m, at + MB1_MMAP_AT, (uint32_t)map);
    set32(m, at + MB1_MMAP_BYTES, (uint32_t)(m->first + m->used - map));
    set32(m, at + MB1_FLAGS, 1 << 2 | 1 << 3 | 1 << 6 | 1 << 9);
    return at;
}

/* Multiboot 2: one tag with its payload; the total is set by end_mb2(). */
static inline uint64_t put_tag(struct memory *m, uint32_t type, const void *bytes, uint32_t n)
{
    uint64_t at = align8(m);
    put32(m, type);
    put32(m, 8 + n);
    put(m, bytes, n);
    return at;
}

static inline uint64_t begin_mb2(struct memory *m)
{
    m->used = 8;
    return m->first;
}

static inline void put_mb2_module(struct memory *m, uint32_t start, uint32_t end, const char *text)
{
    uint8_t bytes[512];
    uint32_t n = (uint32_t)strlen(text) + 1;
    memcpy(bytes, &start, 4);
    memcpy(bytes + 4, &end, 4);
    memcpy(bytes + 8, text, n);
    put_tag(m, 3, bytes, 8 + n);
}

/* n ranges of base, bytes, type; the entries are of so many bytes. */
static inline uint64_t put_mb2_mmap(struct memory *m, uint32_t entry, const uint64_t (*ranges)[3],
                                    unsigned n)
{
    uint64_t at = align8(m);
    put32(m, 6);
    put32(m, 16 + n * entry);
    put32(m, entry);
    put32(m, 0);
    for (unsigned i = 0; i < n; i++) {
        put64(m, ranges[i][0]);
        put64(m, ranges[i][1]);
        put64(m, ranges[i][2]);
        m->used += entry - 24;
    }
    return at;
}

static inline void end_mb2(struct memory *m)
{
    put_tag(m, 0, "", 0);
    set32(m, m->first, (uint32_t)m->used);
}

static const uint64_t mb2_ranges[3][3] = {
    {0, 0x9fc00, 1}, {0x100000, 0x7f00000, 1}, {0xfffc0000, 0x40000, 2}};

static inline uint64_t make_mb2(struct memory *m)
{
    uint8_t rsdp[36] = "RSD PTR ";
    rsdp[15] = 2;
    rsdp[35] = 0x77;
    uint64_t at = begin_mb2(m);
    put_tag(m, 1, "one \"two three\"", 16);
    put_mb2_module(m, 0x200000, 0x201000, "/boot/data.bin x");
    put_mb2_mmap(m, 24, mb2_ranges, 3);
    put_tag(m, 14, rsdp, 20);
    put_tag(m, 15, rsdp, 36);
    put_tag(m, 99, "unknown", 7);
    end_mb2(m);
    return at;
}

/* PVH: start_info.h of Xen's public headers, version 1. */
enum {
    PVH_VERSION = 4,
    PVH_MODULES = 12,
    PVH_MODLIST = 16,
    PVH_CMDLINE = 24,
    PVH_RSDP = 32,
    PVH_MEMMAP = 40,
    PVH_ENTRIES = 48,
    PVH_BYTES = 56,
};

static inline uint64_t make_pvh(struct memory *m, const char *cmdline)
{
    uint64_t at = m->first;
    m->used = PVH_BYTES;
    set32(m, at, 0x336ec578);
    set32(m, at + PVH_VERSION, 1);
    if (cmdline != NULL)
        set64(m, at + PVH_CMDLINE, put_text(m, cmdline));
    set64(m, at + PVH_RSDP, 0xfc000000);
    uint64_t text = put_text(m, "/srv/image.gz quiet");
    set64(m, at + PVH_MODLIST, align8(m));
    set32(m, at + PVH_MODULES, 2);
    put64(m, 0x400000), put64(m, 0x1234), put64(m, text), put64(m, 0);
    put64(m, 0x500000), put64(m, 1), put64(m, 0), put64(m, 0);
    set64(m, at + PVH_MEMMAP, align8(m));
    set32(m, at + PVH_ENTRIES, 2);
    put64(m, 0x100000), put64(m, 0x3ff00000), put32(m, 1), put32(m, 0);
    put64(m, 0), put64(m, 0xa0000), put32(m, 1), put32(m, 0);
    return at;
}

/* Linux: offsets in struct boot_params (zero-page.rst, boot.rst), and one as GRUB gives it. */
enum {
    LINUX_RSDP = 0x70,
    LINUX_INITRD_HIGH = 0xc0,
    LINUX_INITRD_SIZE_HIGH = 0xc4,
    LINUX_CMDLINE_HIGH = 0xc8,
    LINUX_RANGES = 0x1e8,
    LINUX_MAGIC = 0x202,
    LINUX_VERSION = 0x206,
    LINUX_INITRD = 0x218,
    LINUX_INITRD_SIZE = 0x21c,
    LINUX_CMDLINE = 0x228,
    LINUX_SETUP_DATA = 0x250,
    LINUX_TABLE = 0x2d0,
    LINUX_BYTES = 0xcd0,
};

static inline void put_linux_range(struct memory *m, uint64_t base, uint64_t bytes, uint32_t type)
{
    put64(m, base);
    put64(m, bytes);
    put32(m, type);
}

/* A link of the list of setup data, with n bytes of room behind it. */
static inline uint64_t put_setup_data(struct memory *m, uint64_t next, uint32_t type, uint32_t n)
{
    uint64_t at = put64(m, next);
    put32(m, type);
    put32(m, n);
    return at;
}

static inline uint64_t make_linux(struct memory *m, const char *cmdline)
{
    uint64_t at = m->first;
    m->used = LINUX_TABLE;
    set32(m, at + LINUX_MAGIC, 0x53726448);
    set32(m, at + LINUX_VERSION, 0x20c);
    set64(m, at + LINUX_RSDP, 0xe0000);
    put_linux_range(m, 0, 0x9fc00, 1);
    put_linux_range(m, 0x9fc00, 0x400, 2);
    put_linux_range(m, 0x100000, 0x7f00000, 1);
    m->bytes[LINUX_RANGES] = 3;
    m->used = LINUX_BYTES;
    if (cmdline != NULL)
        set32(m, at + LINUX_CMDLINE, (uint32_t)put_text(m, cmdline));
    set32(m, at + LINUX_INITRD, 0x2000000);
    set32(m, at + LINUX_INITRD_SIZE, 0x1234);
    set64(m, at + LINUX_SETUP_DATA, align8(m));
    put_setup_data(m, m->first + m->used + 16 + 4, 9, 4); /* a seed */
    m->used += 4;
    put_setup_data(m, 0, 1, 40); /* more of the map */
    put_linux_range(m, 0x8000000, 0x1000000, 1);
    put_linux_range(m, 0xfffc0000, 0x40000, 2);
    return at;
}

/* ACPI: a table with its header; the caller fills it in, and seal_table() sets length and sum. */
static inline uint64_t begin_table(struct memory *m, const char *signature)
{
    static const uint8_t header[32];
    uint64_t at = align8(m);
    put(m, signature, 4);
    put(m, header, 32);
    return at;
}

static inline uint64_t seal_table(struct memory *m, uint64_t at)
{
    uint8_t *t = m->bytes + (at - m->first), sum = 0;
    uint32_t length = (uint32_t)(m->first + m->used - at);
    set32(m, at + 4, length);
    t[9] = 0;
    for (uint32_t i = 0; i < length; i++)
        sum = (uint8_t)(sum + t[i]);
    t[9] = (uint8_t)-sum;
    return at;
}

/* An FADT of so many bytes (129 in ACPI 1 with reset, 276 in ACPI 6) that names this DSDT. */
static inline uint64_t put_fadt(struct memory *m, uint32_t bytes, uint32_t flags, uint64_t dsdt)
{
    uint64_t at = begin_table(m, "FACP");
    m->used += bytes - 36;
    set32(m, at + 40, (uint32_t)dsdt);
    set32(m, at + 64, 0x604);
    set32(m, at + 76, 0x608);
    set32(m, at + 112, flags);
    if (bytes > 128) {
        m->bytes[at - m->first + 116] = 1; /* I/O */
        set64(m, at + 120, 0xcf9);
        m->bytes[at - m->first + 128] = 0x0f;
    }
    if (bytes >= 256) {
        set64(m, at + 140, dsdt);
        set64(m, at + 244 + 4, 0xfed01000); /* memory */
    }
    return seal_table(m, at);
}

static inline uint64_t put_dsdt(struct memory *m, const void *aml, uint32_t n)
{
    uint64_t at = begin_table(m, "DSDT");
    put(m, aml, n);
    return seal_table(m, at);
}

/* The RSDT (width 4) or XSDT (8) of two tables. */
static inline uint64_t put_root(struct memory *m, unsigned width, uint64_t first, uint64_t second)
{
    uint64_t at = begin_table(m, width == 8 ? "XSDT" : "RSDT");
    put(m, &first, width);
    put(m, &second, width);
    return seal_table(m, at);
}

static inline void make_rsdp(uint8_t rsdp[36], uint64_t rsdt, uint64_t xsdt)
{
    uint8_t sum = 0;
    uint32_t at32 = (uint32_t)rsdt, length = 36;
    memset(rsdp, 0, 36);
    memcpy(rsdp, "RSD PTR ", 8);
    memcpy(rsdp + 16, &at32, 4);
    if (xsdt != 0) {
        rsdp[15] = 2;
        memcpy(rsdp + 20, &length, 4);
        memcpy(rsdp + 24, &xsdt, 8);
    }
    for (int i = 0; i < 20; i++)
        sum = (uint8_t)(sum + rsdp[i]);
    rsdp[8] = (uint8_t)-sum;
}

#endif
