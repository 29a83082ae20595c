/* A QEMU that counts what a kernel does: see counting.h.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/counting.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLUGIN    "cost/plugin.so" /* beside the tool */
#define IMAGE_MAX (1u << 30)
#define TEXT_MAX  (256u << 20)
#define LEDGER    "ledger_count" /* kernel/base/ledger.c */
#define CONSOLE   "serial.log"   /* vm/qemu.c */

/* Linux' boot protocol (Documentation/arch/x86/boot.rst): a bzImage says HdrS there; QEMU enters
 * its real-mode part at 0x10200 (pc-bios/optionrom/linuxboot_dma.c). */
#define BZ_MAGIC    0x202
#define BZ_REALMODE 0x10200

/* Ours, by symbol. Which one a guest is entered by, the plugin sees. */
static const char *const doors[] = {"pvh_door",     "multiboot1_door", "multiboot2_door",
                                    "linux32_door", "linux64_door",    NULL};

/* Where a kernel may be entered. Returns how many. */
static unsigned add_doors(const char *data, size_t n, const struct symbols *s, struct buf *out)
{
    unsigned found = 0;

    for (size_t i = 0; doors[i]; i++) {
        const struct symbol *door = symbols_find(s, doors[i]);

        if (door)
            buf_printf(out, ",entry=0x%llx", (unsigned long long)door->at);
        found += door != NULL;
    }
    if (!found && s->entry) {
        buf_printf(out, ",entry=0x%llx", (unsigned long long)s->entry);
        found++;
    }
    if (n > BZ_MAGIC + 4 && !memcmp(data + BZ_MAGIC, "HdrS", 4)) {
        buf_printf(out, ",entry=0x%x", BZ_REALMODE);
        found++;
    }
    return found;
}

/* The functions' addresses for the plugin, and their names for us. */
static bool write_functions(struct counting *c, const char *path)
{
    const struct symbols *s = &c->symbols;
    struct buf out = {0};
    uint64_t before = 0;
    bool good;

    c->functions = xrealloc(NULL, (s->n + 1) * sizeof *c->functions);
    buf_str(&out, "");
    for (size_t i = 0; i < s->n; i++) {
        if (!s->v[i].code || (c->count && s->v[i].at == before))
            continue;
        before = s->v[i].at;
        c->functions[c->count++] = s->v[i].name;
        buf_printf(&out, "%llx\n", (unsigned long long)before);
    }
    good = !output_file(path, out.data, out.len);
    buf_free(&out);
    return good;
}

/* A value of -plugin, in which a comma stands twice. */
static void add_path(struct buf *out, const char *path)
{
    for (; *path; path++)
        buf_add(out, *path == ',' ? ",," : path, *path == ',' ? 2 : 1);
}

static void add_until(struct buf *out, const char *until)
{
    buf_str(out, ",console=" CONSOLE ",until=");
    for (; *until; until++)
        buf_printf(out, "%02x", (unsigned char)*until);
}

bool counting_begin(struct counting *c, const char *image, unsigned mem_mib, const char *until,
                    struct buf *why)
{
    char *plugin = xasprintf("%s/" PLUGIN, tool_dir()), *data = NULL, *list = NULL;
    const struct symbol *ledger;
    struct buf option = {0};
    size_t n = 0;

    *c = (struct counting){0};
    if (access(plugin, R_OK))
        buf_printf(why,
                   "%s, which counts, is not there: \"make build/cost/plugin.so\" builds it (which "
                   "gets QEMU's "
                   "source for a header, 140 MB)",
                   plugin);
    else if (!(data = file_read(image, IMAGE_MAX, &n)))
        buf_printf(why, "cannot read %s: %s", image, strerror(errno));
    else if ((c->dir = cleanup_tmpdir())) {
        symbols_parse(data, n, &c->symbols);
        c->out = xasprintf("%s/counts", c->dir);
        list = xasprintf("%s/functions", c->dir);
        add_path(&option, plugin);
        buf_str(&option, ",out=");
        add_path(&option, c->out);
        buf_str(&option, ",functions=");
        add_path(&option, list);
        buf_printf(&option, ",ram=%u", mem_mib);
        if (!add_doors(data, n, &c->symbols, &option))
            buf_str(why, "where this kernel begins cannot be told: it is neither a 64-bit ELF file "
                         "nor a Linux bzImage");
        else if (!write_functions(c, list))
            buf_str(why, "its functions cannot be listed in a file");
        else
            c->plugin = option.data;
        ledger = symbols_find(&c->symbols, LEDGER);
        if (c->plugin && ledger)
            buf_printf(&option, ",stages=0x%llx", (unsigned long long)ledger->at);
        if (c->plugin && until)
            add_until(&option, until);
        if (c->plugin)
            c->plugin = option.data; /* it may have moved */
        else
            buf_free(&option);
    }
    free(list);
    free(data);
    free(plugin);
    return c->plugin != NULL;
}

char *counting_text(const struct counting *c, size_t *n) { return file_read(c->out, TEXT_MAX, n); }

void counting_end(struct counting *c)
{
    if (c->dir)
        cleanup_remove(c->dir);
    symbols_free(&c->symbols);
    free(c->functions);
    free(c->plugin);
    free(c->dir);
    free(c->out);
    *c = (struct counting){0};
}
