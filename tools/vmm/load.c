/* SPDX-License-Identifier: BSD-2-Clause */
/* Files into the guest's memory, and what it is told at its door: Xen's start_info.h, version 1. */
#include "vmm.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_DATA 0x1000u  /* page 0 stays empty */
#define LOW_END   0x9f000u /* of the memory below the holes of a PC */
#define PVH_MAGIC 0x336ec578
#define PAGE      4096ull

enum { RANGE_USABLE = 1, RANGE_RESERVED = 2 };

struct start_info {
    uint32_t magic, version, flags, nr_modules;
    uint64_t modlist, cmdline, rsdp, memmap;
    uint32_t memmap_entries, reserved;
};
_Static_assert(sizeof(struct start_info) == 56, "start_info.h, version 1");

struct pvh_module {
    uint64_t base, size, cmdline, reserved;
};

struct pvh_range {
    uint64_t base, size;
    uint32_t type, reserved;
};

struct file file_open(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {.st_size = 0};
    struct file f = {(const uint8_t *)"", 0};

    if (fd < 0 || fstat(fd, &st) != 0)
        fail(ST_IMAGE, "cannot read %s: %s", path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        fail(ST_IMAGE, "cannot read %s: it is not a regular file", path);
    if (st.st_size > 0) {
        f.size = (size_t)st.st_size;
        f.bytes = mmap(NULL, f.size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (f.bytes == MAP_FAILED)
            fail(ST_IMAGE, "cannot read %s: %s", path, strerror(errno));
    }
    close(fd);
    return f;
}

struct file module_open(const char *module)
{
    char *name = strdup(module);
    if (access(name, F_OK) != 0)
        name[strcspn(name, " ")] = '\0';
    struct file f = file_open(name);
    free(name);
    return f;
}

void load_image(struct machine *m, const struct file *image, const struct image_plan *plan)
{
    for (unsigned i = 0; i < plan->count; i++) {
        const struct image_segment *s = &plan->segments[i];
        memcpy(m->memory + s->address, image->bytes + s->offset, s->file_bytes);
    }
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

static void add(char **line, const char *text)
{
    size_t n = strlen(*line);
    *line = realloc(*line, n + strlen(text) + 1);
    if (*line == NULL)
        fail(ST_FAILED, "out of memory");
    strcpy(*line + n, text);
}

/* In quotes where the guest would split it: kernel/args.h. */
static void add_word(char **line, const char *word)
{
    char escaped[3] = "\\", *c = escaped + 1;
    bool quote = word[0] == '\0' || strpbrk(word, " \t\n\"\\") != NULL;

    add(line, quote ? " \"" : " ");
    for (; *word != '\0'; word++) {
        *c = *word;
        add(line, quote && (*c == '"' || *c == '\\') ? escaped : c);
    }
    add(line, quote ? "\"" : "");
}

static char *command_line(const struct options *o)
{
    char *line = strdup(o->append != NULL ? o->append : "");

    if (o->arg_count > 0)
        add(&line, line[0] != '\0' ? " --" : "--");
    for (int i = 0; i < o->arg_count; i++)
        add_word(&line, o->args[i]);
    return line;
}

/* The file's base name, in one word as the guest splits it, and the arguments behind it. */
static char *module_name(const char *module)
{
    size_t n = access(module, F_OK) == 0 ? strlen(module) : strcspn(module, " ");
    size_t base = n;

    while (base > 0 && module[base - 1] != '/')
        base--;
    char *name = strdup(module + base);
    for (size_t i = 0; i < n - base; i++)
        if (name[i] == ' ')
            name[i] = '_';
    return name;
}

/* From the top of low memory downwards, each on pages of its own. */
static uint64_t put_modules(struct machine *m, const struct file *files, uint64_t image_end,
                            uint64_t *at)
{
    struct pvh_module list[MAX_MODULES] = {0};
    uint64_t top = m->low;

    for (unsigned i = 0; i < m->options->module_count; i++) {
        char *name = module_name(m->options->modules[i]);
        if (files[i].size > top || ((top - files[i].size) & -PAGE) < image_end)
            fail(ST_IMAGE, "%s does not fit into the guest's memory: give it more (--mem)",
                 m->options->modules[i]);
        top = (top - files[i].size) & -PAGE;
        memcpy(m->memory + top, files[i].bytes, files[i].size);
        list[i].base = top;
        list[i].size = files[i].size;
        list[i].cmdline = put(m, at, name, strlen(name) + 1);
        free(name);
    }
    return put(m, at, list, m->options->module_count * sizeof *list);
}

uint32_t load_boot_data(struct machine *m, const struct file *modules, uint64_t image_end)
{
    const struct pvh_range map[] = {
        {.base = 0, .size = LOW_END, .type = RANGE_USABLE},
        {.base = LOW_END, .size = IMAGE_FLOOR - LOW_END, .type = RANGE_RESERVED},
        {.base = IMAGE_FLOOR, .size = m->low - IMAGE_FLOOR, .type = RANGE_USABLE},
        {.base = GAP_END, .size = m->high, .type = RANGE_USABLE},
    };
    uint64_t at = BOOT_DATA + sizeof(struct start_info);
    char *line = command_line(m->options);
    struct start_info info = {
        .magic = PVH_MAGIC,
        .version = 1,
        .nr_modules = m->options->module_count,
        .modlist = put_modules(m, modules, image_end, &at),
        .cmdline = put(m, &at, line, strlen(line) + 1),
        .memmap = put(m, &at, map, sizeof map),
        .memmap_entries = m->high != 0 ? 4 : 3,
    };

    free(line);
    memcpy(m->memory + BOOT_DATA, &info, sizeof info);
    stats_reached("boot data");
    return BOOT_DATA;
}
