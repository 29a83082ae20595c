/* The hypervisors and what this machine has of them.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/platforms.h"
#include "base/msg.h"
#include "base/near.h"
#include "vm/qemu.h"
#include "vm/vmm.h"
#include "vm/xen/xen.h"
#include "vm/xen/config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool platform_accepts(const struct platform *p, const struct vm_config *config,
                      const struct args *modules)
{
    struct vm_config c = *config;
    const char *why;

    c.platform = p;
    why = p->refuse ? p->refuse(&c, modules) : NULL;
    if (why)
        warn("%s: %s", p->name, why);
    return !why;
}

#define XEN_PLATFORM                                                                               \
    .lab = "xen", .hardware = true, .probe = xen_probe, .run = xen_run, .refuse = xen_refuse

const struct platform platforms[] = {
    {.name = "qemu",
     .title = "QEMU",
     .column = 3,
     .boots = 20,
     .probe = qemu_probe,
     .run = qemu_run},
    {.name = "kvm",
     .title = "KVM",
     .column = 1,
     .lab = "kvm",
     .hardware = true,
     .boots = 20,
     .probe = qemu_probe_kvm,
     .run = qemu_run},
    {.name = "vmm",
     .title = "VMM",
     .column = 2,
     .lab = "kvm",
     .hardware = true,
     .interpretable = true,
     .boots = 20,
     .probe = vmm_probe,
     .run = vmm_run,
     .refuse = vmm_refuse},
    {.name = "xen-pvh", .title = "PVH", .column = 5, .variant = XEN_PVH, .boots = 10, XEN_PLATFORM},
    {.name = "xen-hvm", .title = "HVM", .column = 4, .variant = XEN_HVM, .boots = 10, XEN_PLATFORM},
    {.name = "xen-hvm-disk",
     .title = "HVM-disk",
     .column = 6,
     .variant = XEN_HVM_DISK,
     .boots = 2,
     .boot_only = true,
     XEN_PLATFORM},
    {.name = "xen-hvm-disk-fast",
     .title = "HVM-disk, no menu",
     .column = 7,
     .variant = XEN_HVM_DISK_FAST,
     .boots = 2,
     .boot_only = true,
     XEN_PLATFORM},
    {.name = NULL},
};

const struct platform *platform_find(const char *name)
{
    for (const struct platform *p = platforms; p->name; p++)
        if (!strcmp(p->name, name))
            return p;
    return NULL;
}

static bool in_list(const char *list, const char *name)
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

    for (int n = platform_list("all", all, PLATFORMS_MAX); n-- > 0;)
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

        good = p != NULL;
        if (!good)
            tell_unknown(word);
    }
    free(copy);
    return good;
}

int platform_list(const char *list, const struct platform **out, int max)
{
    bool all = !strcmp(list, "all");
    int n = 0;

    if (!all && !check_list(list))
        return -1;
    for (unsigned column = 1; column <= PLATFORMS_MAX; column++)
        for (const struct platform *p = platforms; p->name && n < max; p++)
            if (p->column == column && (all || in_list(list, p->name)))
                out[n++] = p;
    return n;
}
