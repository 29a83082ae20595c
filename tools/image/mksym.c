/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes an image's symbol table as assembly: the functions of an ELF64 file, sorted by address,
 * for the second link, after which a panic can name what it was in (kernel/symbols.h).
 *
 * usage: mksym NAME [ELF] > symbols.S     without ELF: the empty table of the first link
 */
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct function {
    uint32_t address;
    const char *name;
    int label; /* of assembly or of the linker: a function's name goes before */
};

static void die(const char *file, const char *why)
{
    fprintf(stderr, "mksym: %s: %s\n", file, why);
    exit(1);
}

static unsigned char *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        die(path, strerror(errno));
    long n = ftell(f);
    unsigned char *bytes = n > 0 ? malloc((size_t)n) : NULL;
    rewind(f);
    if (bytes == NULL || fread(bytes, 1, (size_t)n, f) != (size_t)n)
        die(path, "cannot read it");
    fclose(f);
    *size = (size_t)n;
    return bytes;
}

static int by_address(const void *a, const void *b)
{
    const struct function *x = a, *y = b;
    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->label != y->label)
        return x->label - y->label;
    return strcmp(x->name, y->name);
}

static const Elf64_Shdr *find_symtab(const unsigned char *elf, size_t size, const char *path)
{
    const Elf64_Ehdr *e = (const Elf64_Ehdr *)elf;
    if (size < sizeof *e || memcmp(elf, ELFMAG, SELFMAG) != 0 || elf[EI_CLASS] != ELFCLASS64)
        die(path, "not an ELF64 file");
    if (e->e_shoff > size || (size - e->e_shoff) / sizeof(Elf64_Shdr) < e->e_shnum)
        die(path, "its section headers lie outside the file");
    const Elf64_Shdr *s = (const Elf64_Shdr *)(elf + e->e_shoff);
    for (unsigned i = 0; i < e->e_shnum; i++)
        if (s[i].sh_type == SHT_SYMTAB && s[i].sh_link < e->e_shnum && s[i].sh_offset <= size &&
            s[i].sh_size <= size - s[i].sh_offset &&
            s[s[i].sh_link].sh_offset + s[s[i].sh_link].sh_size <= size)
            return &s[i];
    die(path, "no symbol table in it (was it stripped?)");
    return NULL;
}

static size_t collect(const unsigned char *elf, const Elf64_Shdr *symtab, struct function *out)
{
    const Elf64_Ehdr *e = (const Elf64_Ehdr *)elf;
    const Elf64_Shdr *strtab = (const Elf64_Shdr *)(elf + e->e_shoff) + symtab->sh_link;
    const Elf64_Sym *sym = (const Elf64_Sym *)(elf + symtab->sh_offset);
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(elf + e->e_shoff);
    size_t n = 0;
    for (size_t i = 0; i < symtab->sh_size / sizeof *sym; i++) {
        unsigned type = ELF64_ST_TYPE(sym[i].st_info), section = sym[i].st_shndx;
        if ((type != STT_FUNC && type != STT_NOTYPE) || section == 0 || section >= e->e_shnum ||
            !(sections[section].sh_flags & SHF_EXECINSTR) || sym[i].st_name >= strtab->sh_size)
            continue;
        const char *name = (const char *)elf + strtab->sh_offset + sym[i].st_name;
        if (*name != '\0' && *name != '.' && *name != '$')
            out[n++] = (struct function){(uint32_t)sym[i].st_value, name, type == STT_NOTYPE};
    }
    return n;
}

/* A section's name; "" when the file is too short to tell. */
static const char *section_name(const unsigned char *elf, size_t size, const Elf64_Shdr *section)
{
    const Elf64_Ehdr *e = (const Elf64_Ehdr *)elf;
    const Elf64_Shdr *names = (const Elf64_Shdr *)(elf + e->e_shoff) + e->e_shstrndx;
    if (e->e_shstrndx >= e->e_shnum || names->sh_offset >= size)
        return "";
    size_t room = size - names->sh_offset;
    const char *name = (const char *)elf + names->sh_offset + section->sh_name;
    if (section->sh_name >= room || memchr(name, '\0', room - section->sh_name) == NULL)
        return "";
    return name;
}

/* Multiboot loaders copy one piece of the file: all segments must lie in it as in memory. */
static void check_segments(const unsigned char *elf, size_t size, const char *path)
{
    const Elf64_Ehdr *e = (const Elf64_Ehdr *)elf;
    if (e->e_phoff > size || (size - e->e_phoff) / sizeof(Elf64_Phdr) < e->e_phnum)
        die(path, "its program headers lie outside the file");
    const Elf64_Phdr *p = (const Elf64_Phdr *)(elf + e->e_phoff), *first = NULL;
    for (unsigned i = 0; i < e->e_phnum; i++) {
        if (p[i].p_type != PT_LOAD)
            continue;
        if (first == NULL)
            first = &p[i];
        if (p[i].p_vaddr - p[i].p_offset != first->p_vaddr - first->p_offset)
            die(path, "data aligned to more than 4096 bytes cannot be loaded; use posix_memalign");
    }
}

/* The piece ends with .data: nothing but .bss may follow it. Files that are no image are let be. */
static void check_sections(const unsigned char *elf, size_t size, const char *path)
{
    const Elf64_Ehdr *e = (const Elf64_Ehdr *)elf;
    const Elf64_Shdr *s = (const Elf64_Shdr *)(elf + e->e_shoff);
    uint64_t data_end = UINT64_MAX;
    int is_image = 0;
    for (unsigned i = 1; i < e->e_shnum; i++) {
        const char *name = section_name(elf, size, &s[i]);
        is_image |= strcmp(name, ".note.Xen") == 0;
        if (strcmp(name, ".data") == 0)
            data_end = s[i].sh_addr + s[i].sh_size;
    }
    if (!is_image)
        return;
    check_segments(elf, size, path);
    for (unsigned i = 1; i < e->e_shnum; i++)
        if (s[i].sh_flags & SHF_ALLOC && s[i].sh_type != SHT_NOBITS && s[i].sh_addr >= data_end) {
            fprintf(stderr, "mksym: section %s: ", section_name(elf, size, &s[i]));
            die(path, "writable sections of one's own cannot be loaded; use .data.NAME");
        }
}

int main(int argc, char **argv)
{
    struct function *functions = NULL;
    size_t n = 0, kept = 0;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: mksym NAME [ELF] > symbols.S\n");
        return 2;
    }
    if (argc == 3) {
        size_t size;
        unsigned char *elf = read_file(argv[2], &size);
        const Elf64_Shdr *symtab = find_symtab(elf, size, argv[2]);
        check_sections(elf, size, argv[2]);
        functions = malloc((symtab->sh_size / sizeof(Elf64_Sym) + 1) * sizeof *functions);
        if (functions == NULL)
            die(argv[2], "out of memory");
        n = collect(elf, symtab, functions);
        qsort(functions, n, sizeof *functions, by_address);
        for (size_t i = 0; i < n; i++) /* one name an address */
            if (kept == 0 || functions[i].address != functions[kept - 1].address)
                functions[kept++] = functions[i];
    }
    printf("    .section .limpet.symbols, \"a\", @progbits\n"
           "    .globl limpet_symbol_count, limpet_symbols, limpet_symbol_names, "
           "limpet_image_name\n"
           "    .balign 4\nlimpet_symbol_count: .long %zu\nlimpet_symbols:\n",
           kept);
    for (size_t i = 0, at = 0; i < kept; at += strlen(functions[i++].name) + 1)
        printf("    .long 0x%x, %zu\n", functions[i].address, at);
    printf("limpet_symbol_names:\n");
    for (size_t i = 0; i < kept; i++)
        printf("    .asciz \"%s\"\n", functions[i].name);
    printf("limpet_image_name: .asciz \"%s\"\n", argv[1]);
    printf("    .section .note.GNU-stack, \"\", @progbits\n");
    return fflush(stdout) != 0 || ferror(stdout);
}
