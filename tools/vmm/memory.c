/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the guest's memory is found: it is asked for all that the guest names. */
#include "vmm.h"

void *guest_memory(const struct machine *m, uint64_t address, uint64_t n)
{
    if (address < m->low && n <= m->low - address)
        return m->memory + address;
    if (address >= GAP_END && address - GAP_END < m->high && n <= m->high - (address - GAP_END))
        return m->memory + m->low + (address - GAP_END);
    return NULL;
}
