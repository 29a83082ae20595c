/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes an image's symbol table as assembly: the functions of an ELF64 file, sorted by address,
 * for the second link, after which a panic can name what it was in (kernel/base/symbols.h).
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

/* An ELF file, of which nothing but the file header was looked at; a section is copied out of it,
 * as it may stand at any address. */
struct elf {
    const unsigned char *bytes;
    size_t size;
    const char *path;
    Elf64_Ehdr header;
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

/* Do so many entries of a size lie in the file from an offset on? */
static int lies_in(const struct elf *elf, uint64_t offset, uint64_t count, size_t size)
{
    return offset <= elf->size && count <= (elf->size - offset) / size;
}

static struct elf elf_open(const unsigned char *bytes, size_t size, const char *path)
{
    struct elf elf = {bytes, size, path, {.e_shnum = 0}};
    if (size < sizeof elf.header || memcmp(bytes, ELFMAG, SELFMAG) != 0 ||
        bytes[EI_CLASS] != ELFCLASS64 || bytes[EI_DATA] != ELFDATA2LSB)
        die(path, "not an ELF64 file");
    memcpy(&elf.header, bytes, sizeof elf.header);
    if ((elf.header.e_shnum != 0 && elf.header.e_shentsize != sizeof(Elf64_Shdr)) ||
        !lies_in(&elf, elf.header.e_shoff, elf.header.e_shnum, sizeof(Elf64_Shdr)))
        die(path, "its section headers lie outside the file");
    if ((elf.header.e_phnum != 0 && elf.header.e_phentsize != sizeof(Elf64_Phdr)) ||
        !lies_in(&elf, elf.header.e_phoff, elf.header.e_phnum, sizeof(Elf64_Phdr)))
        die(path, "its program headers lie outside the file");
    return elf;
}

/* i: below e_shnum. */
static Elf64_Shdr section_at(const struct elf *elf, unsigned i)
{
    Elf64_Shdr s;
    memcpy(&s, elf->bytes + elf->header.e_shoff + i * sizeof s, sizeof s);
    return s;
}

/* A string of a string table, or "" where the file has none. */
static const char *string_at(const struct elf *elf, const Elf64_Shdr *table, uint64_t at)
{
    if (!lies_in(elf, table->sh_offset, table->sh_size, 1) || at >= table->sh_size)
        return "";
    const char *text = (const char *)elf->bytes + table->sh_offset + at;
    return memchr(text, '\0', table->sh_size - at) != NULL ? text : "";
}

static Elf64_Shdr find_symtab(const struct elf *elf)
{
    Elf64_Shdr s = {.sh_type = SHT_NULL};
    for (unsigned i = 0; i < elf->header.e_shnum; i++) {
        s = section_at(elf, i);
        if (s.sh_type == SHT_SYMTAB && s.sh_link < elf->header.e_shnum &&
            lies_in(elf, s.sh_offset, s.sh_size, 1))
            return s;
    }
    die(elf->path, "no symbol table in it (was it stripped?)");
    return s;
}

/* The functions in out, which has room for all symbols. Returns how many there are. */
static size_t collect(const struct elf *elf, const Elf64_Shdr *symtab, struct function *out)
{
    Elf64_Shdr names = section_at(elf, symtab->sh_link);
    size_t n = 0;
    for (size_t i = 0; i < symtab->sh_size / sizeof(Elf64_Sym); i++) {
        Elf64_Sym sym;
        memcpy(&sym, elf->bytes + symtab->sh_offset + i * sizeof sym, sizeof sym);
        unsigned type = ELF64_ST_TYPE(sym.st_info);
        if ((type != STT_FUNC && type != STT_NOTYPE) || sym.st_shndx == 0 ||
            sym.st_shndx >= elf->header.e_shnum ||
            !(section_at(elf, sym.st_shndx).sh_flags & SHF_EXECINSTR))
            continue;
        const char *name = string_at(elf, &names, sym.st_name);
        if (*name != '\0' && *name != '.' && *name != '$')
            out[n++] = (struct function){(uint32_t)sym.st_value, name, type == STT_NOTYPE};
    }
    return n;
}

static const char *section_name(const struct elf *elf, const Elf64_Shdr *section)
{
    if (elf->header.e_shstrndx >= elf->header.e_shnum)
        return "";
    Elf64_Shdr names = section_at(elf, elf->header.e_shstrndx);
    return string_at(elf, &names, section->sh_name);
}

/* Multiboot loaders copy one piece of the file: all segments must lie in it as in memory. */
static void check_segments(const struct elf *elf)
{
    uint64_t distance = 0;
    int any = 0;
    for (unsigned i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr p;
        memcpy(&p, elf->bytes + elf->header.e_phoff + i * sizeof p, sizeof p);
        if (p.p_type != PT_LOAD)
            continue;
        if (any && p.p_vaddr - p.p_offset != distance)
            die(elf->path,
                "data aligned to more than 4096 bytes cannot be loaded; use posix_memalign");
        distance = p.p_vaddr - p.p_offset;
        any = 1;
    }
}

/* The piece ends with .data: nothing but .bss may follow it. Files that are no image are let be. */
static void check_sections(const struct elf *elf)
{
    uint64_t data_end = UINT64_MAX;
    int is_image = 0;
    for (unsigned i = 1; i < elf->header.e_shnum; i++) {
        Elf64_Shdr s = section_at(elf, i);
        const char *name = section_name(elf, &s);
        is_image |= strcmp(name, ".note.Xen") == 0;
        if (strcmp(name, ".data") == 0)
            data_end = s.sh_addr + s.sh_size;
    }
    if (!is_image)
        return;
    check_segments(elf);
    for (unsigned i = 1; i < elf->header.e_shnum; i++) {
        Elf64_Shdr s = section_at(elf, i);
        if (s.sh_flags & SHF_ALLOC && s.sh_type != SHT_NOBITS && s.sh_addr >= data_end) {
            fprintf(stderr, "mksym: section %s: ", section_name(elf, &s));
            die(elf->path, "writable sections of one's own cannot be loaded; use .data.NAME");
        }
    }
}

/* The functions by address, one name each; they point into the file. Caller frees. */
static struct function *functions_of(const struct elf *elf, size_t *count)
{
    Elf64_Shdr symtab = find_symtab(elf);
    check_sections(elf);
    struct function *f = malloc((symtab.sh_size / sizeof(Elf64_Sym) + 1) * sizeof *f);
    if (f == NULL)
        die(elf->path, "out of memory");
    size_t n = collect(elf, &symtab, f), kept = 0;
    qsort(f, n, sizeof *f, by_address);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || f[i].address != f[kept - 1].address)
            f[kept++] = f[i];
    *count = kept;
    return f;
}

/* A string as the assembler reads it, whatever bytes are in it. */
static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
            fprintf(out, "\\%c", *text);
        else if (*text < ' ' || *text > '~')
            fprintf(out, "\\%03o", (unsigned char)*text);
        else
            fputc(*text, out);
    fputs("\"\n", out);
}

static void put_table(FILE *out, const char *name, const struct function *functions, size_t count)
{
    fprintf(out,
            "    .section .limpet.symbols, \"a\", @progbits\n"
            "    .globl limpet_symbol_count, limpet_symbols, limpet_symbol_names, "
            "limpet_image_name\n"
            "    .balign 4\nlimpet_symbol_count: .long %zu\nlimpet_symbols:\n",
            count);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "    .long 0x%x\n", functions[i].address);
    fprintf(out, "limpet_symbol_names:\n");
    for (size_t i = 0; i < count; i++) {
        fprintf(out, "    .asciz ");
        put_string(out, functions[i].name);
    }
    fprintf(out, "limpet_image_name: .asciz ");
    put_string(out, name);
    fprintf(out, "    .section .note.GNU-stack, \"\", @progbits\n");
}

int main(int argc, char **argv)
{
    struct function *functions = NULL;
    size_t count = 0;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: mksym NAME [ELF] > symbols.S\n");
        return 2;
    }
    if (argc == 3) {
        size_t size;
        unsigned char *bytes = read_file(argv[2], &size);
        struct elf elf = elf_open(bytes, size, argv[2]);
        functions = functions_of(&elf, &count);
    }
    put_table(stdout, argv[1], functions, count);
    return fflush(stdout) != 0 || ferror(stdout);
}
