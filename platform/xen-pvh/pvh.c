/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen without a device model: entered through the PVH door, nothing of a PC but the local APIC. */
#include "xen/xen.h"

/* An HVM guest may come in by the same door, in place of its BIOS. */
static bool pvh_probe(const struct boot_info *info, const char *signature)
{
    return xen_is_here(signature) && info->protocol == BOOT_PVH && !info->firmware;
}

const struct platform platform_xen_pvh = {
    .name = "xen-pvh",
    .probe = pvh_probe,
    .early_init = xen_init,
    XEN_PLATFORM,
};
