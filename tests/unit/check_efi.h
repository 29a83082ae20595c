/* SPDX-License-Identifier: BSD-2-Clause */
/* What holds of a memory map of UEFI's whatever its descriptors: NULL, or what does not. */
#ifndef TESTS_CHECK_EFI_H
#define TESTS_CHECK_EFI_H

#include <string.h>
#include "efi/map.h"

/* Which types some range says of address a: a bit each. */
static inline uint32_t types_out(const struct hvm_memmap_table_entry *r, size_t n, uint64_t a)
{
    uint32_t types = 0;
    for (size_t i = 0; i < n; i++)
        if (a >= r[i].addr && a - r[i].addr < r[i].size)
            types |= 1u << r[i].type;
    return types;
}

/* The same of the descriptors, by a table of its own: UEFI 2.10, 7.2.3, and ACPI 6.4, 15.4. */
static inline uint32_t types_in(const void *map, size_t n, size_t size, uint64_t a)
{
    static const char e820[] = "211112215342222";
    uint32_t types = 0;
    for (size_t i = 0; i < n; i++) {
        struct efi_descriptor d;
        memcpy(&d, (const char *)map + i * size, sizeof d);
        unsigned type = d.type < sizeof e820 - 1 ? (unsigned)(e820[d.type] - '0') : 2;
        if (type == 1 && (d.attributes & 0x40000) != 0)
            type = 2;
        if (a >= d.base && (a - d.base) / 4096 < d.pages)
            types |= 1u << type;
    }
    return types;
}

static inline const char *check_efi_map(const void *map, size_t n, size_t size,
                                        const struct hvm_memmap_table_entry *out, size_t count)
{
    if (count > n)
        return "there are more ranges than descriptors";
    for (size_t i = 0; i < count; i++) {
        const struct hvm_memmap_table_entry *r = &out[i];
        if (r->size == 0 || r->size > UINT64_MAX - r->addr)
            return "a range is empty or wraps";
        if (r->reserved != 0)
            return "what is reserved is not zero";
        if (i > 0 && r[-1].addr > r->addr)
            return "ranges are not sorted";
        if (i > 0 && r[-1].type == r->type && r[-1].addr + r[-1].size >= r->addr)
            return "neighbours of one type are not joined";
        const uint64_t places[] = {r->addr, r->addr + r->size - 1, r->addr + r->size, r->addr - 1};
        for (size_t k = 0; k < 4; k++)
            if (places[k] != UINT64_MAX && /* the last byte of all is nobody's */
                types_out(out, count, places[k]) != types_in(map, n, size, places[k]))
                return "a place has another type than before";
    }
    for (size_t i = 0; i < n; i++) {
        struct efi_descriptor d;
        memcpy(&d, (const char *)map + i * size, sizeof d);
        if (d.base != UINT64_MAX && types_out(out, count, d.base) != types_in(map, n, size, d.base))
            return "a descriptor's begin has another type than before";
    }
    return NULL;
}

#endif
