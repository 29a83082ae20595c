/* SPDX-License-Identifier: BSD-2-Clause */
/* The function that an address lies in: see symbols.h. */
#include "base/symbols.h"
#include <string.h>

const char *symbol_name(uint64_t address, uint64_t *offset)
{
    extern char __rodata_start[];
    const char *name = limpet_symbol_names, *found = "?";
    *offset = 0;
    if (address >= (uint64_t)__rodata_start)
        return found;
    for (uint32_t i = 0; i < limpet_symbol_count && limpet_symbols[i] <= address; i++) {
        found = name;
        *offset = address - limpet_symbols[i];
        name += strlen(name) + 1;
    }
    return found;
}
