/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes limpet-vmm's image loader: a plan that it makes can be carried out. */
#include "../../tools/vmm/elf.c"
#include "fuzz.h"

#define MEMORY (16ull << 20)

static int inside(const struct image_plan *p, uint64_t a, uint64_t n)
{
    for (unsigned i = 0; i < p->count; i++)
        if (a >= p->segments[i].address &&
            a + n <= p->segments[i].address + p->segments[i].memory_bytes)
            return 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct image_plan p;
    if (image_plan(data, size, MEMORY, &p) != NULL)
        return 0;
    rule(p.count > 0 && p.count <= IMAGE_SEGMENTS, "a number of segments");
    for (unsigned i = 0; i < p.count; i++) {
        const struct image_segment *s = &p.segments[i];
        rule(s->offset <= size && s->file_bytes <= size - s->offset, "segments lie in the file");
        rule(s->file_bytes <= s->memory_bytes, "and fit");
        rule(s->address >= IMAGE_FLOOR && s->address + s->memory_bytes <= p.end, "in order");
        for (unsigned k = 0; k < i; k++)
            rule(s->address >= p.segments[k].address + p.segments[k].memory_bytes ||
                     p.segments[k].address >= s->address + s->memory_bytes,
                 "none overlap");
    }
    rule(p.end <= MEMORY, "in memory");
    rule(!p.has_pvh || inside(&p, p.entry, 1), "the entry is loaded");
    rule(p.linux64 == 0 || (p.linux64 >= 0x100000 && inside(&p, p.linux64, 1)),
         "Linux' 64-bit door is loaded");
    rule(p.linux32 == 0 || (p.linux64 == p.linux32 + LINUX_DOOR_64 && inside(&p, p.linux32, 1)),
         "and the 32-bit one");
    if (p.has_long)
        rule(inside(&p, p.long_mode.entry, 1) && inside(&p, p.long_mode.cr3, 4096) &&
                 inside(&p, p.long_mode.gdt, p.long_mode.gdt_limit + 1ull),
             "what the note names is loaded");
    return 0;
}
