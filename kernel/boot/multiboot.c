/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads what multiboot loaders hand over: Multiboot 0.6.96 section 3.3, Multiboot2 2.0 section 3.
 * The structures are packed: nobody promises that their addresses are aligned.
 */
#include "boot/info.h"

#define MB1_MEMORY  (1u << 0)
#define MB1_CMDLINE (1u << 2)
#define MB1_MODULES (1u << 3)
#define MB1_MMAP    (1u << 6)
#define MB1_LOADER  (1u << 9)

struct mb1_info {
    uint32_t flags, mem_lower, mem_upper, boot_device, cmdline, mods_count, mods_addr, syms[4];
    uint32_t mmap_length, mmap_addr, drives_length, drives_addr, config_table, boot_loader_name;
} __attribute__((packed));
_Static_assert(sizeof(struct mb1_info) == 68, "Multiboot 0.6.96, 3.3");

struct mb1_module {
    uint32_t start, end, string, reserved;
} __attribute__((packed));

struct mb1_mmap {
    uint32_t size; /* of the rest of the entry */
    uint64_t base, length;
    uint32_t type;
} __attribute__((packed));
_Static_assert(sizeof(struct mb1_mmap) == 24, "Multiboot 0.6.96, 3.3");

static const char *read_mmap(const struct mb1_info *mb, const struct phys_view *view,
                             struct boot_info *out)
{
    const uint8_t *at = phys_at(view, mb->mmap_addr, mb->mmap_length);
    if (at == 0)
        return "The multiboot memory map lies outside memory.";
    for (uint64_t left = mb->mmap_length; left >= sizeof(struct mb1_mmap);) {
        const struct mb1_mmap *e = (const struct mb1_mmap *)at;
        uint64_t step = (uint64_t)e->size + sizeof e->size;
        boot_info_add_range(out, e->base, e->length, e->type);
        left -= step < left ? step : left;
        at += step;
    }
    return out->range_count != 0 ? 0 : "The multiboot loader gives no memory map.";
}

/* QEMU puts the image's file name before the arguments; GRUB does not. Where they begin. */
static uint64_t behind_image_name(uint64_t cmdline, const struct phys_view *view)
{
    const char *text = phys_at(view, cmdline, 1);
    uint64_t readable = text == 0 ? 0 : view->size - (cmdline - view->first), n = 0;
    while (n < readable && text[n] != '\0' && text[n] != ' ')
        n++;
    return cmdline + n + (n < readable && text[n] == ' ');
}

static bool loader_is_qemu(const struct mb1_info *mb, const struct phys_view *view)
{
    const char *name =
        mb->flags & MB1_LOADER ? phys_at(view, mb->boot_loader_name, sizeof "qemu") : 0;
    return name != 0 && name[0] == 'q' && name[1] == 'e' && name[2] == 'm' && name[3] == 'u' &&
           name[4] == '\0';
}

const char *parse_multiboot1(uint64_t info, const struct phys_view *view, struct boot_info *out)
{
    const struct mb1_info *mb = phys_at(view, info, sizeof *mb);
    if (mb == 0)
        return "The multiboot information lies outside memory.";
    if (mb->flags & MB1_CMDLINE) {
        bool named = loader_is_qemu(mb, view);
        out->cmdline = boot_info_add_string(
            out, view, named ? behind_image_name(mb->cmdline, view) : mb->cmdline);
    }
    uint32_t modules = mb->flags & MB1_MODULES ? mb->mods_count : 0;
    if (modules != 0 && phys_at(view, mb->mods_addr, 16ull * modules) == 0)
        return "The multiboot modules lie outside memory.";
    for (uint32_t i = 0; i < modules; i++) {
        const struct mb1_module *m = phys_at(view, mb->mods_addr + 16ull * i, sizeof *m);
        if (m == 0 || m->end < m->start)
            return "The multiboot modules lie outside memory.";
        boot_info_add_module(out, view, m->start, m->end - m->start, m->string);
    }
    if (out->modules_told > out->module_count) {
        boot_info_set_aside(out, info, sizeof *mb);
        boot_info_set_aside(out, mb->mods_addr, 16ull * modules);
    }
    if (mb->flags & MB1_MMAP)
        return read_mmap(mb, view, out);
    if (!(mb->flags & MB1_MEMORY))
        return "The multiboot loader tells nothing about memory.";
    boot_info_add_range(out, 0, mb->mem_lower * 1024ull, RANGE_USABLE);
    boot_info_add_range(out, 0x100000, mb->mem_upper * 1024ull, RANGE_USABLE);
    return out->range_count != 0 ? 0 : "The multiboot loader tells of no memory.";
}

/* Multiboot2 tags: 2.0 section 3.6. Each begins at a multiple of 8 bytes. */
enum { MB2_END = 0, MB2_CMDLINE = 1, MB2_MODULE = 3, MB2_MMAP = 6, MB2_ACPI1 = 14, MB2_ACPI2 = 15 };

struct mb2_header {
    uint32_t total, reserved;
} __attribute__((packed));

struct mb2_tag {
    uint32_t type, size;
} __attribute__((packed));

struct mb2_module {
    struct mb2_tag tag;
    uint32_t start, end;
} __attribute__((packed));

struct mb2_mmap {
    struct mb2_tag tag;
    uint32_t entry_size, entry_version;
} __attribute__((packed));

struct mb2_entry {
    uint64_t base, length;
    uint32_t type, reserved;
} __attribute__((packed));

static const char *read_mb2_mmap(uint64_t at, uint32_t size, const struct phys_view *view,
                                 struct boot_info *out)
{
    const struct mb2_mmap *map = phys_at(view, at, sizeof *map);
    if (map == 0 || size < sizeof *map || map->entry_size < sizeof(struct mb2_entry))
        return "The multiboot2 memory map is malformed.";
    uint64_t end = at + size;
    for (at += sizeof *map; at + sizeof(struct mb2_entry) <= end; at += map->entry_size) {
        const struct mb2_entry *e = phys_at(view, at, sizeof *e);
        if (e == 0)
            return "The multiboot2 memory map lies outside memory.";
        boot_info_add_range(out, e->base, e->length, e->type);
    }
    return 0;
}

static void copy_rsdp(const uint8_t *tag, uint32_t size, struct boot_info *out)
{
    for (uint32_t i = 0; tag != 0 && i < RSDP_SIZE && i + sizeof(struct mb2_tag) < size; i++)
        out->rsdp_copy[i] = tag[sizeof(struct mb2_tag) + i];
}

static const char *read_tag(uint64_t at, const struct mb2_tag *tag, const struct phys_view *view,
                            struct boot_info *out)
{
    switch (tag->type) {
    case MB2_CMDLINE:
        out->cmdline = boot_info_add_string(out, view, at + sizeof *tag);
        return 0;
    case MB2_MODULE: {
        const struct mb2_module *m = phys_at(view, at, sizeof *m);
        if (m == 0 || tag->size < sizeof *m || m->end < m->start)
            return "A multiboot2 module is malformed.";
        boot_info_add_module(out, view, m->start, m->end - m->start, at + sizeof *m);
        return 0;
    }
    case MB2_MMAP:
        return read_mb2_mmap(at, tag->size, view, out);
    case MB2_ACPI1: /* the shorter RSDP of ACPI 1.0; the copy's later fields stay zero */
    case MB2_ACPI2:
        copy_rsdp(phys_at(view, at, tag->size), tag->size, out);
        return 0;
    }
    return 0;
}

const char *parse_multiboot2(uint64_t info, const struct phys_view *view, struct boot_info *out)
{
    const struct mb2_header *header = phys_at(view, info, sizeof *header);
    if (header == 0)
        return "The multiboot2 information lies outside memory.";
    uint64_t end = info + header->total, at = info + sizeof *header;
    while (at + sizeof(struct mb2_tag) <= end) {
        const struct mb2_tag *tag = phys_at(view, at, sizeof *tag);
        if (tag == 0 || tag->size < sizeof *tag || tag->size > end - at)
            return "The multiboot2 information is malformed.";
        if (tag->type == MB2_END && out->modules_told > out->module_count)
            boot_info_set_aside(out, info, header->total);
        if (tag->type == MB2_END)
            return out->range_count != 0 ? 0 : "The multiboot2 loader gives no memory map.";
        const char *error = read_tag(at, tag, view, out);
        if (error != 0)
            return error;
        at += (tag->size + 7ull) & ~7ull;
    }
    return "The multiboot2 information has no end.";
}
