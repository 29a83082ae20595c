/* The symbols of an ELF file: see symbols.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/symbols.h"
#include "base/buf.h"
#include "vm/section.h"

#include <stdlib.h>
#include <string.h>

/* The virtual address of the entry as a physical one. */
static uint64_t entry_of(const char *data, size_t n, const Elf64_Ehdr *e)
{
    for (unsigned i = 0; i < e->e_phnum; i++) {
        uint64_t at = e->e_phoff + (uint64_t)i * sizeof(Elf64_Phdr);
        Elf64_Phdr p;

        if (e->e_phoff > n || at > n || n - at < sizeof p)
            return e->e_entry;
        memcpy(&p, data + at, sizeof p);
        if (p.p_type == PT_LOAD && e->e_entry >= p.p_vaddr && e->e_entry - p.p_vaddr < p.p_memsz)
            return p.p_paddr + (e->e_entry - p.p_vaddr);
    }
    return e->e_entry;
}

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* What a symbol table has, the names of which are another section. */
static void take(const char *data, size_t n, const Elf64_Ehdr *e, const Elf64_Shdr *table,
                 const Elf64_Shdr *names, struct symbols *s)
{
    size_t count = table->sh_size / sizeof(Elf64_Sym);

    s->names = xrealloc(NULL, names->sh_size + 1);
    memcpy(s->names, data + names->sh_offset, names->sh_size);
    s->names[names->sh_size] = '\0';
    s->v = xrealloc(NULL, (count + 1) * sizeof *s->v);
    for (size_t i = 0; i < count; i++) {
        Elf64_Shdr in = {0};
        Elf64_Sym sym;

        memcpy(&sym, data + table->sh_offset + i * sizeof sym, sizeof sym);
        if (sym.st_name >= names->sh_size || !s->names[sym.st_name] ||
            ELF64_ST_TYPE(sym.st_info) == STT_FILE || ELF64_ST_TYPE(sym.st_info) == STT_SECTION ||
            sym.st_shndx == SHN_UNDEF || !section_at(data, n, e, sym.st_shndx, &in))
            continue;
        s->v[s->n++] = (struct symbol){.at = sym.st_value,
                                       .name = s->names + sym.st_name,
                                       .code = (in.sh_flags & SHF_EXECINSTR) != 0};
    }
    qsort(s->v, s->n, sizeof *s->v, by_address);
}

bool symbols_parse(const void *data, size_t n, struct symbols *s)
{
    Elf64_Shdr table, names;
    Elf64_Ehdr e;

    *s = (struct symbols){0};
    if (n < sizeof e || memcmp(data, ELFMAG, SELFMAG))
        return false;
    memcpy(&e, data, sizeof e);
    if (e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_machine != EM_X86_64)
        return false;
    s->entry = entry_of(data, n, &e);
    for (unsigned i = 0; e.e_shentsize == sizeof table && i < e.e_shnum; i++)
        if (section_at(data, n, &e, i, &table) && table.sh_type == SHT_SYMTAB &&
            table.sh_entsize == sizeof(Elf64_Sym) &&
            section_at(data, n, &e, table.sh_link, &names) && names.sh_type == SHT_STRTAB) {
            take(data, n, &e, &table, &names, s);
            break;
        }
    return true;
}

void symbols_free(struct symbols *s)
{
    free(s->names);
    free(s->v);
    *s = (struct symbols){0};
}

const struct symbol *symbols_find(const struct symbols *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (!strcmp(s->v[i].name, name))
            return &s->v[i];
    return NULL;
}
