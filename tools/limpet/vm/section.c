/* A section of an ELF file: see section.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/section.h"

#include <string.h>

bool section_at(const char *data, size_t n, const Elf64_Ehdr *e, unsigned i, Elf64_Shdr *s)
{
    uint64_t at = e->e_shoff + (uint64_t)i * sizeof *s;

    if (i >= e->e_shnum || e->e_shoff > n || at > n || n - at < sizeof *s)
        return false;
    memcpy(s, data + at, sizeof *s);
    return s->sh_type == SHT_NOBITS || (s->sh_offset <= n && s->sh_size <= n - s->sh_offset);
}
