/* The text of a Xen domain's configuration. Pure functions.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIMPET_XEN_CONFIG_H
#define LIMPET_XEN_CONFIG_H

#include "base/buf.h"
#include "vm/vm.h"

/* How a domain gets its image; the variants of the platforms xen-*. */
enum xen_way {
    XEN_PVH,           /* the toolstack loads it, entry by the PVH note */
    XEN_HVM,           /* it takes hvmloader's place, entry by the PVH note */
    XEN_HVM_DISK,      /* hvmloader, SeaBIOS, GRUB on a disk */
    XEN_HVM_DISK_FAST, /* the same without the firmware's boot menu */
    XEN_HVM_UEFI,      /* hvmloader, OVMF, the ESP of a disk */
    XEN_LINUX_PVH,     /* as XEN_PVH, Linux: the program is in its initial file system */
};

/* What "type" says: "pvh" or "hvm". */
const char *xen_way_type(enum xen_way way);

/* Where such a domain looks for its arguments, below its own folder of xenstore, as xl gives it no
 * command line. NULL: it has one. */
const char *xen_way_arguments(enum xen_way way);

/* The UEFI for XEN_HVM_UEFI: of Debian's package ovmf, which knows Xen's HVM domains. */
#define XEN_OVMF "/usr/share/ovmf/OVMF.fd"

/* Does it boot from NAME.iso, as a disk? */
bool xen_way_has_disk(enum xen_way way);

struct xen_domain {
    enum xen_way way;
    const char *name, *uuid;
    const char *image;   /* path: the ELF file, with XEN_HVM_DISK the disk, or Linux */
    const char *line;    /* PVH: the guest's argument line; the others find it in xenstore */
    const char *bios;    /* path of the firmware, where that is not Xen's own; or NULL */
    const char *ramdisk; /* PVH: path of the one module, or NULL */
    unsigned smp, mem_mib;
    bool no_xsave; /* hide it, and what builds on it */
};

/* Appends the configuration for xl create. */
void xen_config(const struct xen_domain *domain, struct buf *out);

/* Appends a string for xl: quoted, so that any text without NUL arrives as it is. */
void xen_quote(struct buf *out, const char *text);

/* Why a domain cannot be had like this, or NULL. */
const char *xen_refuse(const struct vm_config *config, const struct args *modules);

#endif
