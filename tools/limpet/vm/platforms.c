/* The hypervisors and what this machine has of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/platforms.h"
#include "base/msg.h"
#include "base/near.h"
#include "vm/doors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOORS_MAX 64 /* names of all platforms */

/* A line each, in the order of `limpet platforms`. */
#define PLATFORMS(EACH)                                                                            \
    EACH(qemu)                                                                                     \
    EACH(qemu_bios)                                                                                \
    EACH(qemu_uefi)                                                                                \
    EACH(kvm)                                                                                      \
    EACH(kvm_bios)                                                                                 \
    EACH(kvm_uefi)                                                                                 \
    EACH(vmm)                                                                                      \
    EACH(xen_pvh)                                                                                  \
    EACH(xen_hvm)                                                                                  \
    EACH(xen_hvm_disk)                                                                             \
    EACH(xen_hvm_disk_fast)                                                                        \
    EACH(xen_hvm_uefi)                                                                             \
    EACH(firecracker)                                                                              \
    EACH(cloud_hypervisor)                                                                         \
    EACH(crosvm)                                                                                   \
    EACH(kvmtool)                                                                                  \
    EACH(host)                                                                                     \
    EACH(linux_qemu)                                                                               \
    EACH(linux_kvm)                                                                                \
    EACH(linux_xen_pvh)                                                                            \
    EACH(qemu_plain)                                                                               \
    EACH(qemu_lto)                                                                                 \
    EACH(qemu_cfi)

#define DECLARE(name) extern const struct platform platform_##name;
#define POINT(name)   &platform_##name,
#define COUNT(name)   +1

PLATFORMS(DECLARE)
const struct platform *const platforms[] = {PLATFORMS(POINT) NULL};
_Static_assert(0 PLATFORMS(COUNT) <= PLATFORMS_MAX, "a list has room for all of them");

const struct platform *platform_find(const char *name)
{
    for (const struct platform *const *p = platforms; *p; p++)
        if (!strcmp((*p)->name, name))
            return *p;
    return NULL;
}

static bool in_names(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* No platform at all has it. */
static void tell_no_door(const char *asked)
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
        tell_no_door(asked);
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

bool platform_accepts(const struct platform *p, const struct vm_config *config,
                      const struct args *modules)
{
    struct vm_config c = *config;
    const char *why;

    c.platform = p;
    if (doors_keep(&p, 1, c.door) < 0)
        return false;
    why = p->refuse ? p->refuse(&c, modules) : NULL;
    if (why)
        warn("%s: %s", p->name, why);
    return !why;
}

bool platform_in_list(const char *list, const char *name)
{
    size_t n = strlen(name);

    for (const char *p = list; (p = strstr(p, name)); p += n)
        if ((p == list || p[-1] == ',') && (p[n] == ',' || p[n] == '\0'))
            return true;
    return false;
}

static void tell_unknown(const char *word)
{
    const struct platform *all[PLATFORMS_MAX];
    const char *names[PLATFORMS_MAX + 1] = {NULL};
    struct buf near = {0};

    for (int n = platform_every(all); n-- > 0;)
        names[n] = all[n]->name;
    near_names(&near, word, names);
    warn("unknown platform \"%s\"; %s (limpet platforms tells more)", word, near.data);
    buf_free(&near);
}

/* Are all words of the list platforms that this version supports? */
static bool check_list(const char *list)
{
    char *copy = xstrdup(list), *save = NULL;
    bool good = list[strspn(list, ",")] != '\0';

    if (!good)
        warn("an empty list of platforms; try: limpet platforms");
    for (char *word = strtok_r(copy, ",", &save); word && good; word = strtok_r(NULL, ",", &save)) {
        const struct platform *p = platform_find(word);

        good = p || !strcmp(word, "all");
        if (!good)
            tell_unknown(word);
    }
    free(copy);
    return good;
}

/* A column may hold several, in the list's order. */
static int by_column(bool (*wanted)(const struct platform *p, const char *list), const char *list,
                     const struct platform **out, int max)
{
    int n = 0;

    for (unsigned column = 1; column <= PLATFORMS_MAX; column++)
        for (const struct platform *const *p = platforms; *p && n < max; p++)
            if ((*p)->column == column && wanted(*p, list))
                out[n++] = *p;
    return n;
}

static bool is_every(const struct platform *p, const char *list)
{
    (void)p;
    (void)list;
    return true;
}

/* Of the others' VMMs, and of what is optional, those that can run here. */
static bool is_one_of_all(const struct platform *p, const char *list)
{
    struct buf why = {0};
    bool wanted = (!p->program && !p->optional) || p->probe(&why) != OFFER_NO;

    if (p->native_in_all)
        wanted = p->probe(&why) == OFFER_NATIVE;
    (void)list;
    buf_free(&why);
    return wanted && !p->reference;
}

bool platform_list_has_all(const char *list) { return platform_in_list(list, "all"); }

static bool is_named(const struct platform *p, const char *list)
{
    return platform_in_list(list, p->name) ||
           (platform_list_has_all(list) && is_one_of_all(p, list));
}

int platform_list(const char *list, const struct platform **out, int max)
{
    return check_list(list) ? by_column(is_named, list, out, max) : -1;
}

int platform_every(const struct platform **out)
{
    return by_column(is_every, NULL, out, PLATFORMS_MAX);
}
