/* The doors of an image, and which platforms have which.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/doors.h"
#include "base/file.h"
#include "base/msg.h"
#include "base/near.h"

#include <string.h>

#define DOORS_MAX 64 /* names of all platforms */

const struct wrapping_kind wrapping_kinds[WRAPPINGS] = {
    [WRAPPING_NONE] = {".elf", NULL, NULL},
    [WRAPPING_IMG] = {".img", "../tools/image/mkdisk.sh", NULL},
    [WRAPPING_BZ] = {".bz", "limpet-bz", "-o"},
    [WRAPPING_EFI] = {".efi", "limpet-efi", "-o"},
    [WRAPPING_ISO] = {".iso", "limpet-iso", "-o"},
};

/* Doors whose loaders do not take the ELF file. */
static const struct {
    const char *door;
    enum wrapping wrapping;
} wrapped[] = {
    {"img", WRAPPING_IMG}, {"bz", WRAPPING_BZ},   {"bz32", WRAPPING_BZ},  {"bz64", WRAPPING_BZ},
    {"efi", WRAPPING_EFI}, {"esp", WRAPPING_EFI}, {"disk", WRAPPING_ISO}, {"cd", WRAPPING_ISO},
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

char *wrapping_tool(enum wrapping wrapping)
{
    const char *tool = wrapping_kinds[wrapping].tool;

    return xasprintf("%s/%s", tool_dir(), tool ? tool : "");
}

void doors_tell(struct buf *out, const struct platform *p, const char *last_word)
{
    for (const char *const *door = p->doors; door && *door; door++)
        buf_printf(out, "%s%s", door == p->doors ? "" : door[1] ? ", " : last_word, *door);
}

static bool in_names(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* No platform at all has it. */
static void tell_unknown(const char *asked)
{
    const char *names[DOORS_MAX + 1] = {NULL};
    struct buf near = {0};
    size_t n = 0;

    for (const struct platform *const *p = platforms; *p; p++)
        for (const char *const *door = (*p)->doors; door && *door && n < DOORS_MAX; door++)
            if (!in_names(names, *door))
                names[n++] = *door;
    near_names(&near, asked, names);
    warn("unknown door \"%s\"; %s (limpet platforms tells whose)", asked, near.data);
    buf_free(&near);
}

/* Others have it. */
static void tell_whose(const struct platform *const *list, int count, const char *asked)
{
    struct buf text = {0}, whose = {0};

    for (const struct platform *const *p = platforms; *p; p++)
        if (door_used(*p, asked))
            buf_printf(&whose, "%s%s", whose.len ? ", " : "", (*p)->name);
    if (count == 1) {
        buf_printf(&text, "%s has no door \"%s\"; it has ", list[0]->name, asked);
        doors_tell(&text, list[0], " and ");
    } else {
        buf_printf(&text, "none of these platforms has the door \"%s\"", asked);
    }
    warn("%s (platforms with that door: %s)", text.data, whose.data);
    buf_free(&text);
    buf_free(&whose);
}

int doors_keep(const struct platform **list, int count, const char *asked)
{
    struct buf without = {0};
    bool known = !asked;
    int kept = 0;

    for (const struct platform *const *p = platforms; *p && !known; p++)
        known = door_used(*p, asked) != NULL;
    for (int i = 0; i < count && asked; i++)
        kept += door_used(list[i], asked) != NULL;
    if (!known) {
        tell_unknown(asked);
        return -1;
    }
    if (!asked || count <= 0 || kept == count)
        return count;
    if (!kept) {
        tell_whose(list, count, asked);
        return -1;
    }
    kept = 0;
    for (int i = 0; i < count; i++)
        if (door_used(list[i], asked))
            list[kept++] = list[i];
        else
            buf_printf(&without, "%s%s", without.len ? ", " : "", list[i]->name);
    warn("left out, for they have no door \"%s\": %s", asked, without.data);
    buf_free(&without);
    return kept;
}
