/* SPDX-License-Identifier: BSD-2-Clause */
/* Files into the guest's memory, and what it is told at its door: Xen's start_info.h, version 1; or
 * Linux' boot_params. */
#include "vmm.h"
#include "linux.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_DATA        0x1000u  /* page 0 stays empty */
#define LOW_END          0x9f000u /* of the memory below the holes of a PC */
#define PVH_MAGIC        0x336ec578
#define START_INFO_BYTES 56
#define PAGE             4096ull
#define MIB              0x100000ull
#define USABLE           1

/* In 64-bit words: a module is address, size, command line, 0; a range address, size, type. */
#define MODULE_WORDS 4
#define RANGE_WORDS  3

struct file file_open(const char *path)
{
    struct stat st = {.st_size = 0};
    struct file f = {.bytes = (const uint8_t *)""};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        fail(ST_IMAGE, "cannot read %s: %s", path,
             st.st_mode != 0 ? "it is not a regular file" : strerror(errno));
    f.size = (size_t)st.st_size;
    f.device = st.st_dev;
    f.inode = st.st_ino;
    if (f.size > 0)
        f.bytes = mmap(NULL, f.size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (f.bytes == MAP_FAILED)
        fail(ST_IMAGE, "cannot read %s: %s", path, strerror(errno));
    close(fd);
    return f;
}

/* A name that is no word as the guest splits them stands behind one: kernel/boot/info.h. */
static void print_name(FILE *text, const char *name, size_t n)
{
    bool plain = memchr(name, ' ', n) == NULL && memchr(name, '%', n) == NULL;
    fprintf(text, plain ? "%.*s" : "module limpet.name=", (int)n, name);
    for (size_t i = 0; i < n && !plain; i++)
        fprintf(text, name[i] == ' ' || name[i] == '%' ? "%%%02x" : "%c", name[i]);
}

/* The guest is told the base name, and what stands behind it. */
struct file module_open(const char *module)
{
    char *path = strdup(module), *text = NULL;
    size_t n = access(module, F_OK) == 0 ? strlen(module) : strcspn(module, " "), base = n, size;
    path[n] = '\0';
    struct file f = file_open(path);
    while (base > 0 && module[base - 1] != '/')
        base--;
    FILE *name = open_memstream(&text, &size);
    print_name(name, module + base, n - base);
    fputs(module + n, name);
    if (fclose(name) != 0)
        fail(ST_FAILED, "out of memory");
    f.name = text;
    free(path);
    return f;
}

void load_image(struct machine *m, const struct file *image, const struct image_plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        const struct image_segment *s = &plan->segments[i];
        memcpy(m->memory + s->address, image->bytes + s->offset, s->file_bytes);
    }
    image_link(plan, m->memory, 0);
    munmap((void *)image->bytes, image->size);
    stats_reached("image");
}

/* Grows upwards from BOOT_DATA. */
static uint64_t put(struct machine *m, uint64_t *at, const void *data, size_t n)
{
    uint64_t here = *at;
    if (n > LOW_END - here)
        fail(ST_USAGE, "the guest's arguments are longer than %u bytes", LOW_END - BOOT_DATA);
    memcpy(m->memory + here, data, n);
    *at = (here + n + 7) & ~7ull;
    return here;
}

/* One argument, in quotes where the guest would split it: kernel/boot/args.h. */
static void print_word(FILE *line, const char *word)
{
    bool quote = word[0] == '\0' || strpbrk(word, " \t\n\"\\") != NULL;
    fputs(quote ? " \"" : " ", line);
    for (; *word != '\0'; word++)
        fprintf(line, quote && strchr("\"\\", *word) != NULL ? "\\%c" : "%c", *word);
    fputs(quote ? "\"" : "", line);
}

/* The command line, to be freed; its length goes to *n. */
static char *command_line(const struct options *o, size_t *n)
{
    char *text;
    FILE *line = open_memstream(&text, n);
    fputs(o->append != NULL ? o->append : "", line);
    if (o->args[0] != NULL)
        fputs(o->append != NULL ? " --" : "--", line);
    for (char **word = o->args; *word != NULL; word++)
        print_word(line, *word);
    if (fclose(line) != 0)
        fail(ST_FAILED, "out of memory");
    return text;
}

static uint64_t put_command_line(struct machine *m, uint64_t *at)
{
    size_t n;
    char *text = command_line(m->options, &n);
    uint64_t here = put(m, at, text, n + 1);
    free(text);
    return here;
}

/* From the top of low memory downwards, each on pages of its own. */
static uint64_t put_modules(struct machine *m, const struct file *files, uint64_t image_end,
                            uint64_t *at)
{
    unsigned count = m->options->module_count;
    uint64_t(*list)[MODULE_WORDS] = calloc(count + 1, sizeof *list), top = m->low;
    if (list == NULL)
        fail(ST_FAILED, "out of memory");
    for (unsigned i = 0; i < count; i++) {
        if (files[i].size > top || ((top - files[i].size) & -PAGE) < image_end)
            fail(ST_IMAGE, "%s does not fit into the guest's memory: give it more (--mem)",
                 m->options->modules[i]);
        top = (top - files[i].size) & -PAGE;
        memcpy(m->memory + top, files[i].bytes, files[i].size);
        list[i][0] = top;
        list[i][1] = files[i].size;
        list[i][2] = put(m, at, files[i].name, strlen(files[i].name) + 1);
    }
    uint64_t here = put(m, at, list, count * sizeof *list);
    free(list);
    return here;
}

static uint32_t load_start_info(struct machine *m, const struct file *modules, uint64_t image_end)
{
    const uint64_t map[][RANGE_WORDS] = {
        {0, LOW_END, USABLE}, {MIB, m->low - MIB, USABLE}, {GAP_END, m->high, USABLE}};
    uint64_t at = BOOT_DATA + START_INFO_BYTES;
    const uint64_t info[] = {
        PVH_MAGIC | 1ull << 32, /* version 1 */
        (uint64_t)m->options->module_count << 32,
        put_modules(m, modules, image_end, &at),
        put_command_line(m, &at),
        0, /* no ACPI */
        put(m, &at, map, sizeof map),
        m->high != 0 ? 3 : 2,
    };
    _Static_assert(sizeof info == START_INFO_BYTES, "struct hvm_start_info, version 1");
    memcpy(m->memory + BOOT_DATA, info, sizeof info);
    return BOOT_DATA;
}

/* As foreign VMMs do: one initrd, the command line at an address of its own. */

static void put_initrd(struct machine *m, const struct file *file, uint64_t image_end,
                       struct linux_params *p)
{
    uint64_t top = m->low;
    if (m->options->module_count == 0)
        return;
    if (p->header.n != 0 && top > p->header.initrd_end)
        top = p->header.initrd_end;
    p->initrd_bytes = file->size;
    p->initrd = (top - file->size) & -PAGE;
    if (file->size > top || p->initrd < image_end)
        fail(ST_IMAGE, "%s does not fit into the guest's memory: give it more (--mem)",
             m->options->modules[0]);
    memcpy(m->memory + p->initrd, file->bytes, file->size);
}

static void put_foreign_start_info(struct machine *m, const struct linux_params *p)
{
    struct linux_range map[LINUX_RANGES];
    uint64_t ranges[LINUX_RANGES][RANGE_WORDS], module[MODULE_WORDS] = {p->initrd, p->initrd_bytes};
    unsigned n = linux_map(p->low, p->high, map), modules = m->options->module_count;
    for (unsigned i = 0; i < n; i++)
        memcpy(ranges[i], (uint64_t[]){map[i].base, map[i].size, map[i].type}, sizeof *ranges);
    const uint64_t info[] = {
        PVH_MAGIC | 1ull << 32,
        (uint64_t)modules << 32,
        modules != 0 ? LINUX_MODULES : 0,
        LINUX_LINE,
        0, /* nor does Firecracker tell of its RSDP */
        LINUX_MAP,
        n,
    };
    _Static_assert(sizeof info == START_INFO_BYTES, "struct hvm_start_info, version 1");
    memcpy(m->memory + LINUX_START_INFO, info, sizeof info);
    memcpy(m->memory + LINUX_MODULES, module, sizeof module);
    memcpy(m->memory + LINUX_MAP, ranges, n * sizeof *ranges);
}

static uint32_t load_foreign(struct machine *m, const struct file *modules, uint64_t image_end,
                             const struct bz_header *header)
{
    struct linux_params p = {.header = *header, .low = m->low, .high = m->high};
    const uint32_t most = LINUX_LOW_END - LINUX_LINE - 1;
    uint32_t max = header->n == 0 ? LINUX_LINE_MAX : header->line_max;
    size_t n;
    char *text = command_line(m->options, &n);
    if (max > most)
        max = most;
    if (n > max)
        fail(ST_USAGE, "the guest's arguments are longer than %u bytes, the most by --door %s", max,
             door_names[m->options->door]);
    memcpy(m->memory + LINUX_LINE, text, n + 1);
    free(text);
    p.line_bytes = (uint32_t)n + 1;
    put_initrd(m, modules, image_end, &p);
    if (m->options->door == DOOR_PVH) {
        put_foreign_start_info(m, &p);
        return LINUX_START_INFO;
    }
    linux_params(&p, m->memory + LINUX_PARAMS);
    return LINUX_PARAMS;
}

uint32_t load_boot_data(struct machine *m, const struct file *modules, uint64_t image_end,
                        const struct bz_header *header)
{
    enum door door = m->options->door;
    bool own = door == DOOR_LONG || (door == DOOR_PVH && m->options->bare == BARE_NOT);
    uint32_t at =
        own ? load_start_info(m, modules, image_end) : load_foreign(m, modules, image_end, header);
    stats_reached("boot data");
    return at;
}
