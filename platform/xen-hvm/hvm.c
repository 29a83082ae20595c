/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen with a device model: started in place of the BIOS, through the PVH door, or by GRUB from a
 * disk, through a multiboot one. Of the PC that is there nothing is used.
 */
#include "pc/pic.h"
#include "xen/xen.h"
#include "xen/xenstore.h"

static bool hvm_probe(const struct boot_info *info, const char *signature)
{
    (void)info;
    return xen_is_here(signature);
}

/*
 * Xen's tool stack gives HVM guests no command line, and what stands on a disk cannot change from
 * boot to boot: who starts the domain may leave the app's arguments in xenstore.
 */
static void ask_arguments(struct boot_info *info)
{
    uint32_t room = BOOT_STRINGS - info->strings_used;
    char *line = info->strings + info->strings_used;
    long n = xenstore_read("data/limpet/arguments", line, room);
    if (n < 0)
        return;
    info->truncated |= n >= room;
    info->strings_used += n < room ? (uint32_t)n + 1 : room;
    info->cmdline = line;
}

static void hvm_early_init(struct boot_info *info)
{
    if (info->protocol != BOOT_PVH || info->stub_tsc != 0)
        pic_mask(); /* a firmware ran */
    xen_init(info);
    if (info->cmdline[0] == '\0' && !info->has_cmdline)
        ask_arguments(info);
}

const struct platform platform_xen_hvm = {
    .name = "xen-hvm",
    .probe = hvm_probe,
    .early_init = hvm_early_init,
    XEN_PLATFORM,
};
