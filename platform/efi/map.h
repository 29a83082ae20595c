/* SPDX-License-Identifier: BSD-2-Clause */
/* UEFI's memory map as the one of PVH's start_info. */
#ifndef EFI_MAP_H
#define EFI_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xen/arch-x86/hvm/start_info.h>

/* UEFI 2.10, 7.2.3: EFI_MEMORY_DESCRIPTOR. A map's descriptors may be longer than this. */
struct efi_descriptor {
    uint32_t type, reserved;
    uint64_t base, virtual_base; /* bytes */
    uint64_t pages, attributes;  /* pages of 4 KiB */
} __attribute__((packed));       /* nobody promises that they are aligned */

/*
 * Writes the map of count descriptors, each descriptor_bytes long (at least what the struct has),
 * to out, which has room for as many ranges: sorted by their begin, with neighbours of one type
 * joined; without what is empty. What overlaps without being of one type stays so. Returns how many
 * ranges there are. Pure.
 */
size_t efi_map_convert(const void *map, size_t count, size_t descriptor_bytes,
                       struct hvm_memmap_table_entry *out);

/* Is all of [base, end) RAM, and nothing else as well? Pure. */
bool efi_map_is_ram(const struct hvm_memmap_table_entry *ranges, size_t n, uint64_t base,
                    uint64_t end);

#endif
