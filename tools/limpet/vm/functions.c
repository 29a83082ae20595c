/* The functions of an image, by address.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/functions.h"
#include "base/buf.h"
#include "base/file.h"
#include "vm/section.h"

#include <stdlib.h>
#include <string.h>

#define SECTION   ".limpet.symbols" /* tools/image/mksym.c lays it down */
#define IMAGE_MAX (1u << 30)

static bool find_section(const char *data, size_t n, Elf64_Shdr *found)
{
    Elf64_Shdr names;
    Elf64_Ehdr e;

    if (n < sizeof e || memcmp(data, ELFMAG, SELFMAG))
        return false;
    memcpy(&e, data, sizeof e);
    if (e.e_shentsize != sizeof names || !section_at(data, n, &e, e.e_shstrndx, &names) ||
        names.sh_type == SHT_NOBITS)
        return false;
    for (unsigned i = 0; i < e.e_shnum; i++)
        if (section_at(data, n, &e, i, found) && found->sh_type != SHT_NOBITS &&
            found->sh_name < names.sh_size && names.sh_size - found->sh_name >= sizeof SECTION &&
            !memcmp(data + names.sh_offset + found->sh_name, SECTION, sizeof SECTION))
            return true;
    return false;
}

/* The table: how many, their addresses, their names. */
static bool read_table(const char *table, size_t size, struct functions *f)
{
    const char *end = table + size, *name;
    uint32_t count;

    if (size < sizeof count)
        return false;
    memcpy(&count, table, sizeof count);
    if (count > (size - sizeof count) / (sizeof *f->at + 1)) /* a name has a byte at least */
        return false;
    name = table + sizeof count + count * sizeof *f->at;
    f->at = xrealloc(NULL, (count + 1) * sizeof *f->at);
    f->name = xrealloc(NULL, (count + 1) * sizeof *f->name);
    f->names = xrealloc(NULL, (size_t)(end - name) + 1);
    memcpy(f->at, table + sizeof count, count * sizeof *f->at);
    memcpy(f->names, name, (size_t)(end - name));
    end = f->names + (end - name);
    name = f->names;
    for (f->n = 0; f->n < count; f->n++) {
        const char *nul = memchr(name, '\0', (size_t)(end - name));

        if (!nul || (f->n && f->at[f->n] <= f->at[f->n - 1]))
            return false;
        f->name[f->n] = name;
        name = nul + 1;
    }
    return true;
}

bool functions_parse(const void *data, size_t n, struct functions *f)
{
    Elf64_Shdr s;

    *f = (struct functions){0};
    if (find_section(data, n, &s) && read_table((const char *)data + s.sh_offset, s.sh_size, f))
        return true;
    functions_free(f);
    return false;
}

bool functions_load(const char *path, struct functions *f)
{
    size_t n = 0;
    char *data = file_read(path, IMAGE_MAX, &n);
    bool good = data && functions_parse(data, n, f);

    if (!data)
        *f = (struct functions){0};
    free(data);
    return good;
}

void functions_free(struct functions *f)
{
    free(f->names);
    free(f->name);
    free(f->at);
    *f = (struct functions){0};
}

size_t functions_find(const struct functions *f, uint64_t address)
{
    size_t low = 0, high = f->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (f->at[middle] <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : f->n;
}
