/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes an image's page tables fit for a guest whose memory is encrypted by AMD SEV: each entry for
 * memory must have the C-bit, which nobody knows before the machine is there. For whoever loads an
 * image in such a guest: the EFI stub, and limpet-vmm's imitation of SEV.
 */
#ifndef EFI_PRIVATE_H
#define EFI_PRIVATE_H

#include <stdint.h>

/*
 * Puts the bit (one bit from 39 to 51) into each present entry of the 4-level page tables at cr3,
 * tables' entries and pages', but not into cr3. memory is where [first, first + size) of physical
 * memory is to be found; all tables must lie in it. What has the bit already keeps it. Pure:
 * touches the tables alone. Returns NULL, or what is wrong with the tables as the end of a
 * sentence.
 */
const char *private_patch(void *memory, uint64_t first, uint64_t size, uint64_t cr3, uint64_t bit);

#endif
