/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes limpet-vmm's reading of a bzImage: a plan that it makes can be carried out. */
#include "../../tools/vmm/bz.c"
#include "../../tools/vmm/linux.c"
#include "fuzz.h"

#define MEMORY (16ull << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct image_plan p;
    static uint8_t page[LINUX_PARAMS_BYTES];
    struct linux_params from = {.low = MEMORY, .line_bytes = 1};
    if (bz_plan(data, size, MEMORY, &p, &from.header) != NULL)
        return 0;
    const struct image_segment *s = &p.segments[0];
    rule(p.count == 1 && s->offset < size && s->file_bytes == size - s->offset,
         "what is loaded is the rest of the file");
    rule(s->address >= 0x100000 && s->address + s->memory_bytes <= p.end && p.end <= MEMORY,
         "in memory");
    rule(p.linux32 == s->address, "its first byte is a door");
    rule(p.linux64 == 0 || p.linux64 < s->address + s->file_bytes, "the other is loaded");
    rule(from.header.n > 0 && from.header.n <= sizeof from.header.bytes, "the header fits");
    linux_params(&from, page);
    rule(page[0x1e8] == 4 && page[0x2d0] == 0, "the memory map is ours");
    return 0;
}
