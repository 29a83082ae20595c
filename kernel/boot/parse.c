/* SPDX-License-Identifier: BSD-2-Clause */
/* What the loader left, read by the protocol of the door that was come through. */
#include "boot/info.h"

static const char *(*const parsers[])(uint64_t info, const struct phys_view *view,
                                      struct boot_info *out) = {
    [BOOT_PVH] = parse_pvh,
    [BOOT_MULTIBOOT1] = parse_multiboot1,
    [BOOT_MULTIBOOT2] = parse_multiboot2,
    [BOOT_LINUX] = parse_linux,
};

const char *boot_info_parse(uint64_t info, const struct phys_view *view, struct boot_info *out,
                            uint32_t protocol)
{
    out->protocol = protocol;
    out->loader = info;
    out->cmdline = out->strings + BOOT_STRINGS - 1;
    if (protocol >= sizeof parsers / sizeof *parsers || parsers[protocol] == 0)
        return "The boot protocol is unknown.";
    return parsers[protocol](info, view, out);
}

const char *boot_info_more(const struct boot_info *info, uint32_t before, struct boot_info *out)
{
    const struct phys_view view = {0, 0, 1ull << 30}; /* as at boot */
    *out = (struct boot_info){.modules_before = before};
    return boot_info_parse(info->loader, &view, out, info->protocol);
}
