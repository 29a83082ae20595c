/* SPDX-License-Identifier: BSD-2-Clause */
/* UEFI's memory map: see map.h. */
#include "map.h"

#define PAGE_SHIFT 12

/* UEFI 2.10, 7.2.3: EFI_MEMORY_SP, memory that is meant for something else than to be given out. */
#define SPECIFIC_PURPOSE 0x40000ull

/* After ExitBootServices; UEFI 2.10, tables 7.10 and 15.4 (ACPI 6.4) tell which is which. */
static uint32_t type_of(const struct efi_descriptor *d)
{
    enum { RAM = XEN_HVM_MEMMAP_TYPE_RAM, RESERVED = XEN_HVM_MEMMAP_TYPE_RESERVED };
    static const uint8_t types[] = {
        RESERVED,                     /* EfiReservedMemoryType */
        RAM,                          /* EfiLoaderCode */
        RAM,                          /* EfiLoaderData */
        RAM,                          /* EfiBootServicesCode */
        RAM,                          /* EfiBootServicesData */
        RESERVED,                     /* EfiRuntimeServicesCode */
        RESERVED,                     /* EfiRuntimeServicesData */
        RAM,                          /* EfiConventionalMemory */
        XEN_HVM_MEMMAP_TYPE_UNUSABLE, /* EfiUnusableMemory */
        XEN_HVM_MEMMAP_TYPE_ACPI,     /* EfiACPIReclaimMemory */
        XEN_HVM_MEMMAP_TYPE_NVS,      /* EfiACPIMemoryNVS */
    };
    uint32_t type = d->type < sizeof types ? types[d->type] : (uint32_t)RESERVED;
    return type == RAM && (d->attributes & SPECIFIC_PURPOSE) != 0 ? (uint32_t)RESERVED : type;
}

/* [base, end), which may be empty. */
struct stretch {
    uint64_t base, end;
    uint32_t type;
};

static uint64_t end_of(const struct hvm_memmap_table_entry *r) { return r->addr + r->size; }

/* Ranges from i + 1 on that touch range i and are of its type become part of it. */
static size_t join_following(struct hvm_memmap_table_entry *out, size_t n, size_t i)
{
    struct hvm_memmap_table_entry *r = &out[i];
    size_t next = i + 1;
    for (; next < n && out[next].type == r->type && out[next].addr <= end_of(r); next++)
        if (end_of(&out[next]) > end_of(r))
            r->size = end_of(&out[next]) - r->addr;
    if (next == i + 1)
        return n;
    for (size_t k = next; k < n; k++)
        out[k - next + i + 1] = out[k];
    return n - (next - i - 1);
}

/* Anywhere among the n ranges of out. */
static size_t insert(struct hvm_memmap_table_entry *out, size_t n, struct stretch s)
{
    size_t i = n;
    while (i > 0 && out[i - 1].addr > s.base)
        i--;
    if (i > 0 && out[i - 1].type == s.type && end_of(&out[i - 1]) >= s.base) {
        if (end_of(&out[i - 1]) < s.end)
            out[i - 1].size = s.end - out[i - 1].addr;
        return join_following(out, n, i - 1);
    }
    for (size_t k = n; k > i; k--)
        out[k] = out[k - 1];
    out[i] =
        (struct hvm_memmap_table_entry){.addr = s.base, .size = s.end - s.base, .type = s.type};
    return join_following(out, n + 1, i);
}

/* Behind the others, if it begins there. */
static inline size_t add(struct hvm_memmap_table_entry *out, size_t n, struct stretch s)
{
    if (s.base == s.end)
        return n;
    if (n > 0 && end_of(&out[n - 1]) >= s.base)
        return insert(out, n, s);
    out[n] =
        (struct hvm_memmap_table_entry){.addr = s.base, .size = s.end - s.base, .type = s.type};
    return n + 1;
}

size_t efi_map_convert(const void *map, size_t count, size_t descriptor_bytes,
                       struct hvm_memmap_table_entry *out)
{
    struct stretch s = {.base = 0};
    size_t n = 0;
    for (; count > 0; count--, map = (const uint8_t *)map + descriptor_bytes) {
        const struct efi_descriptor *d = map;
        uint64_t size = d->pages << PAGE_SHIFT, end;
        uint32_t type = type_of(d);
        if (d->pages >> (64 - PAGE_SHIFT) != 0 || __builtin_add_overflow(d->base, size, &end))
            end = UINT64_MAX;
        if (s.end == d->base && s.type == type) { /* most descriptors are of this kind */
            s.end = end;
            continue;
        }
        n = add(out, n, s);
        s = (struct stretch){d->base, end, type};
    }
    return add(out, n, s);
}

bool efi_map_is_ram(const struct hvm_memmap_table_entry *ranges, size_t n, uint64_t base,
                    uint64_t end)
{
    bool held = false;
    for (size_t i = 0; i < n; i++) {
        const struct hvm_memmap_table_entry *r = &ranges[i];
        if (r->addr >= end || end_of(r) <= base)
            continue;
        if (r->type != XEN_HVM_MEMMAP_TYPE_RAM)
            return false;
        held |= r->addr <= base && end_of(r) >= end;
    }
    return held;
}
