/* The text of a Xen domain's configuration (xl.cfg(5)).
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/xen/config.h"
#include "vm/platforms.h"

#include <stdlib.h>
#include <string.h>

/* Time stamps are read without an exit, and a domain that ended stays until it was looked at. */
static const char common[] = "tsc_mode=\"native\"\n"
                             "on_poweroff=\"preserve\"\n"
                             "on_reboot=\"preserve\"\n"
                             "on_crash=\"preserve\"\n"
                             "on_watchdog=\"preserve\"\n"
                             "on_soft_reset=\"preserve\"\n";

/* An HVM domain without the devices that the toolstack would add by itself. */
static const char bare_hvm[] = "vga=\"none\"\n"
                               "vnc=0\n"
                               "usb=0\n"
                               "vkb_device=0\n"
                               "xen_platform_pci=0\n";

static bool is_pvh(enum xen_way way) { return way == XEN_PVH || way == XEN_LINUX_PVH; }

const char *xen_way_type(enum xen_way way) { return is_pvh(way) ? "pvh" : "hvm"; }

const char *xen_way_arguments(enum xen_way way)
{
    return is_pvh(way) ? NULL : "data/limpet/arguments";
}

bool xen_way_has_disk(enum xen_way way) { return !is_pvh(way) && way != XEN_HVM; }

/* The lexer (libxlu) ends a string at its quote or at a newline; \ escapes, and the only escapes
 * needed are these. */
void xen_quote(struct buf *out, const char *text)
{
    buf_str(out, "\"");
    for (; *text; text++) {
        if (*text == '\n')
            buf_str(out, "\\n");
        else if (*text == '"' || *text == '\\')
            buf_printf(out, "\\%c", *text);
        else
            buf_add(out, text, 1);
    }
    buf_str(out, "\"");
}

static void setting(struct buf *out, const char *key, const char *text)
{
    buf_printf(out, "%s=", key);
    xen_quote(out, text);
    buf_str(out, "\n");
}

static void disk(struct buf *out, const char *path)
{
    char *spec = xasprintf("format=raw,vdev=hda,access=rw,backendtype=qdisk,target=%s", path);

    buf_str(out, "disk=[");
    xen_quote(out, spec);
    buf_str(out, "]\nboot=\"c\"\n");
    free(spec);
}

void xen_config(const struct xen_domain *d, struct buf *out)
{
    setting(out, "name", d->name);
    setting(out, "uuid", d->uuid);
    setting(out, "type", xen_way_type(d->way));
    buf_printf(out, "memory=%u\nvcpus=%u\n%s", d->mem_mib, d->smp, common);
    if (d->no_xsave)
        buf_str(out, "cpuid=\"host,xsave=0\"\n");
    switch (d->way) {
    case XEN_PVH:
    case XEN_LINUX_PVH:
        setting(out, "kernel", d->image);
        setting(out, "cmdline", d->line);
        if (d->ramdisk)
            setting(out, "ramdisk", d->ramdisk);
        break;
    case XEN_HVM:
        setting(out, "firmware_override", d->image);
        buf_str(out, bare_hvm);
        break;
    case XEN_HVM_DISK:
    case XEN_HVM_DISK_FAST:
    case XEN_HVM_UEFI:
        if (d->bios) {
            setting(out, "bios", d->way == XEN_HVM_UEFI ? "ovmf" : "seabios");
            setting(out, "bios_path_override", d->bios);
        }
        disk(out, d->image);
        buf_str(out, bare_hvm);
        break;
    }
}

const char *xen_refuse(const struct vm_config *c, const struct args *modules)
{
    const char *rest;
    char *path;

    if (c->machine)
        return "--machine is for QEMU; a Xen domain has no machine to choose";
    if (c->cpu)
        return "--cpu is for QEMU; a Xen domain has the machine's own CPU";
    if (c->qemu)
        return "--qemu is for QEMU; a Xen domain is run by xl";
    if (c->qemu_args)
        return "--qemu-args is for QEMU; a Xen domain is run by xl";
    if (c->gdb)
        return "--gdb is for QEMU and limpet-vmm; Xen's own stub, gdbsx, is not in Debian's "
               "xen-utils";
    if (!modules || !modules->n)
        return NULL;
    if (c->platform->variant == XEN_LINUX_PVH)
        return "--module: a Linux guest's one module is its program";
    if (c->platform->variant != XEN_PVH)
        return "--module: xl gives an HVM domain no modules; use xen-pvh";
    if (modules->n > 1)
        return "--module: xl gives a PVH domain one module at most";
    path = vm_module_path(modules->v[0], &rest);
    free(path);
    return path && *rest ? "--module: xl gives a PVH domain's module no arguments" : NULL;
}
