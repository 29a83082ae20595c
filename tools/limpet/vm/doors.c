/* The doors of an image, and in which file each takes it.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/doors.h"
#include "base/file.h"

#include <stdlib.h>
#include <string.h>

const struct wrapping_kind wrapping_kinds[WRAPPINGS] = {
    [WRAPPING_NONE] = {".elf", NULL, NULL},        [WRAPPING_BZ] = {".bz", "limpet-bz", "-o"},
    [WRAPPING_EFI] = {".efi", "limpet-efi", "-o"}, [WRAPPING_ISO] = {".iso", "limpet-iso", "-o"},
    [WRAPPING_LINUX] = {".linux", NULL, NULL},
};

/* Doors whose loaders do not take the ELF file. */
static const struct {
    const char *door;
    enum wrapping wrapping;
} wrapped[] = {
    {"bz", WRAPPING_BZ},   {"bz32", WRAPPING_BZ},        {"bz64", WRAPPING_BZ},
    {"efi", WRAPPING_EFI}, {"esp", WRAPPING_EFI},        {"disk", WRAPPING_ISO},
    {"cd", WRAPPING_ISO},  {DOOR_LINUX, WRAPPING_LINUX},
};

const char *door_used(const struct platform *p, const char *asked)
{
    if (!p->doors || !asked)
        return p->doors ? p->doors[0] : NULL;
    for (const char *const *door = p->doors; *door; door++)
        if (!strcmp(*door, asked))
            return *door;
    return NULL;
}

enum wrapping door_wrapping(const struct platform *p, const char *asked)
{
    const char *door = door_used(p, asked);

    for (size_t i = 0; door && i < sizeof wrapped / sizeof *wrapped; i++)
        if (!strcmp(wrapped[i].door, door))
            return wrapped[i].wrapping;
    return WRAPPING_NONE;
}

unsigned doors_wrappings(const struct platform *const *list, int count, const char *asked)
{
    unsigned set = 0;

    for (int i = 0; i < count; i++)
        set |= WRAPPING_BIT(door_wrapping(list[i], asked));
    return set;
}

const char *door_title(const struct platform *p, const char *door)
{
    static struct args made; /* each once */
    char *title;

    if (!door[0] || !p->doors || !strcmp(door, p->doors[0]))
        return p->title;
    title = xasprintf("%s, %s", p->title, door);
    for (size_t i = 0; i < made.n; i++)
        if (!strcmp(made.v[i], title)) {
            free(title);
            return made.v[i];
        }
    args_add(&made, title);
    free(title);
    return made.v[made.n - 1];
}

char *wrapping_tool(enum wrapping wrapping)
{
    const char *tool = wrapping_kinds[wrapping].tool;

    return tool ? xasprintf("%s/%s", tool_dir(), tool) : NULL;
}

void doors_tell(struct buf *out, const struct platform *p, const char *last_word)
{
    for (const char *const *door = p->doors; door && *door; door++)
        buf_printf(out, "%s%s", door == p->doors ? "" : door[1] ? ", " : last_word, *door);
}
