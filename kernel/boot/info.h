/* SPDX-License-Identifier: BSD-2-Clause */
/* What the loader told us, in one form whatever door it came through. */
#ifndef KERNEL_BOOT_INFO_H
#define KERNEL_BOOT_INFO_H

#define BOOT_PVH        1
#define BOOT_MULTIBOOT1 2
#define BOOT_MULTIBOOT2 3
#define BOOT_LINUX      4

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

#define BOOT_RANGES   128  /* memory map entries kept: as many as Linux takes from a boot loader */
#define BOOT_MODULES  16   /* modules kept at once */
#define BOOT_NAME     255  /* bytes of a module's name that are kept */
#define RSDP_SIZE     36   /* ACPI 6.4, 5.2.5.3 */
#define BOOT_STRINGS  4096 /* bytes for the command line and the module names, with their NULs */
#define ARGUMENTS_MAX 4095 /* BOOT_STRINGS - 1: bytes of a command line without its NUL */

/* Memory range types: ACPI 6.4, table 15.4 (address range types). */
enum { RANGE_USABLE = 1, RANGE_RESERVED, RANGE_ACPI, RANGE_NVS, RANGE_BAD };
#define RANGE_MODULE 0x100 /* ours: a module lies there */

struct boot_range {
    uint64_t base, size; /* bytes, physical; size > 0 */
    uint32_t type;
};

struct boot_module {
    uint64_t base, size; /* bytes, physical */
    const char *name;    /* in boot_info.strings; "" when the loader gave none */
};

struct boot_info {
    uint32_t protocol; /* BOOT_PVH … */
    uint32_t range_count, module_count;
    uint32_t modules_before;      /* so many are passed over before the first that is kept */
    uint32_t modules_told;        /* by the loader; those beyond the kept ones: boot_info_more() */
    uint64_t modules_bytes;       /* of all */
    uint64_t loader;              /* where its structure is, physical */
    bool truncated;               /* the loader gave more than the arrays hold */
    bool ranges_joined;           /* to save room: what lay between them may be hidden */
    bool has_cmdline;             /* PVH: the loader gave one, if only an empty one */
    bool firmware;                /* PVH: started in place of a BIOS, which came along */
    uint64_t entry_tsc;           /* at the door's first instruction */
    uint64_t stub_tsc;            /* at that of a stub in front of the image; 0: there was none */
    uint64_t ram_lost;            /* bytes, in pieces that there was no room for */
    uint64_t rsdp;                /* physical address of ACPI's RSDP; 0: not told */
    uint8_t rsdp_copy[RSDP_SIZE]; /* multiboot2 gives a copy instead; zeros otherwise */
    char *cmdline; /* in strings; the app's arguments, without the image's own name */
    struct boot_range ranges[BOOT_RANGES + 1]; /* sorted, apart; the last place is for adding */
    struct boot_module modules[BOOT_MODULES];
    uint32_t strings_used;
    char strings[BOOT_STRINGS];
};

/* A view of physical memory: addresses first ≤ a < first + size are readable at base + a. */
struct phys_view {
    const uint8_t *base;
    uint64_t first, size;
};

/* The n bytes at physical address a, or NULL when the view does not hold them all. */
static inline const void *phys_at(const struct phys_view *view, uint64_t a, uint64_t n)
{
    bool inside = a - view->first <= view->size && n <= view->size - (a - view->first);
    return inside ? view->base + a : 0;
}

/*
 * Reads the loader's structure at physical address info into *out, which must be zeroed. Pure:
 * touches nothing but the view and *out. Returns NULL, or what is wrong as a full sentence.
 */
const char *boot_info_parse(uint64_t info, const struct phys_view *view, struct boot_info *out,
                            uint32_t protocol);

/*
 * The modules behind the first ones, as many as there is room for in *out; of the rest of it
 * nothing counts. All memory must be mapped, as it is at boot. NULL, or what is wrong.
 */
const char *boot_info_more(const struct boot_info *info, uint32_t before, struct boot_info *out);

/* For the parsers, one file a protocol. */
const char *parse_multiboot1(uint64_t info, const struct phys_view *view, struct boot_info *out);
const char *parse_multiboot2(uint64_t info, const struct phys_view *view, struct boot_info *out);
const char *parse_pvh(uint64_t info, const struct phys_view *view, struct boot_info *out);
const char *parse_linux(uint64_t info, const struct phys_view *view, struct boot_info *out);

/* ranges.c: adds to the memory map, in any order. */
void boot_info_add_range(struct boot_info *out, uint64_t base, uint64_t size, uint32_t type);

/*
 * The module's name is the base name of the first word of the string at text (0: none), or what the
 * second says: limpet.name=NAME, with %XX for what may not stand in a word. A module that is not
 * kept is set aside, and what tells of it.
 */
void boot_info_add_module(struct boot_info *out, const struct phys_view *view, uint64_t base,
                          uint64_t size, uint64_t text);
/* The pages of this are nobody else's (RANGE_MODULE); below the image nothing is given away. */
void boot_info_set_aside(struct boot_info *out, uint64_t base, uint64_t size);

/* A hexadecimal digit, or -1. */
int boot_info_hex(char c);

/* Copies the NUL-terminated string at physical address a; longer ones are cut (truncated). */
char *boot_info_add_string(struct boot_info *out, const struct phys_view *view, uint64_t a);

/*
 * Who reads what the loader left, at boot, while it is there. The section's entries are linked as
 * all data is: where something of the reader's refers to them. "used" tells the compiler that
 * others read them; the linker may still leave them out.
 */
struct boot_reader {
    void (*read)(const struct boot_info *info);
    const struct boot_info *info; /* for the reader's later use */
};
#define BOOT_READER __attribute__((section(".data.boot_reader"), used)) struct boot_reader
extern struct boot_reader boot_readers[], boot_readers_end[];
#endif
#endif
