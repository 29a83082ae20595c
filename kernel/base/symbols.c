/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of functions: see symbols.h. */
#include "base/symbols.h"

const char *symbol_name(uint64_t address, uint64_t *offset)
{
    uint32_t low = 0, high = limpet_symbol_count;
    while (low < high) { /* the first symbol beyond address */
        uint32_t middle = (low + high) / 2;
        if (limpet_symbols[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    extern char __rodata_start[];
    *offset = 0;
    if (low == 0 || address >= (uint64_t)__rodata_start)
        return "?";
    *offset = address - limpet_symbols[low - 1].address;
    return limpet_symbol_names + limpet_symbols[low - 1].name;
}
