/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads Xen's struct hvm_start_info, as handed over at the PVH door. */
#include "boot/handover.h"
#include "boot/info.h"
#include <string.h>

#define PVH_MAGIC 0x336ec578

/*
 * xen/include/public/arch-x86/hvm/start_info.h; version 1 adds the memory map. Packed, as nobody
 * promises that the addresses are aligned.
 */
struct start_info {
    uint32_t magic, version, flags, nr_modules;
    uint64_t modlist, cmdline, rsdp;
    uint64_t memmap; /* from version 1 on, this and what follows */
    uint32_t memmap_entries, reserved;
} __attribute__((packed));
_Static_assert(sizeof(struct start_info) == 56, "start_info.h, version 1");

struct pvh_module {
    uint64_t base, size, cmdline, reserved;
} __attribute__((packed));

struct pvh_range {
    uint64_t base, size;
    uint32_t type, reserved;
} __attribute__((packed));

/* Is that the module's whole command line? n: of the name with its NUL. */
static bool is_named(const struct pvh_module *m, const struct phys_view *view, const char *name,
                     size_t n)
{
    const char *text = m->cmdline == 0 ? 0 : phys_at(view, m->cmdline, n);
    return text != 0 && memcmp(text, name, n) == 0;
}

/*
 * Modules that are no files. Xen's tool stack gives every HVM guest its BIOS as one
 * (tools/libs/guest, xg_dom_x86.c), also when an image stands in for the BIOS' loader; its address
 * is then 0. A stub tells what it knows in another.
 */
static bool take_module(const struct pvh_module *m, const struct phys_view *view,
                        struct boot_info *out)
{
    static const char firmware[] = "firmware", stub[] = HANDOVER_MODULE;
    if (is_named(m, view, firmware, sizeof firmware)) {
        out->firmware = true;
        return true;
    }
    if (!is_named(m, view, stub, sizeof stub))
        return false;
    const struct handover *h = phys_at(view, m->base, sizeof *h);
    if (h != 0 && m->size >= sizeof *h)
        out->stub_tsc = h->stub_tsc;
    return true;
}

const char *parse_pvh(uint64_t info, const struct phys_view *view, struct boot_info *out)
{
    const struct start_info *si = phys_at(view, info, sizeof *si);
    if (si == 0)
        return "The PVH start_info lies outside memory.";
    if (si->magic != PVH_MAGIC)
        return "The PVH start_info has the wrong magic number.";
    out->rsdp = si->rsdp;
    out->has_cmdline = si->cmdline != 0;
    if (out->has_cmdline)
        out->cmdline = boot_info_add_string(out, view, si->cmdline);
    if (si->nr_modules != 0 &&
        phys_at(view, si->modlist, sizeof(struct pvh_module) * (uint64_t)si->nr_modules) == 0)
        return "The PVH module list lies outside memory.";
    for (uint32_t i = 0; i < si->nr_modules; i++) {
        const struct pvh_module *m = phys_at(view, si->modlist + sizeof *m * i, sizeof *m);
        if (m == 0)
            return "The PVH module list lies outside memory.";
        if (!take_module(m, view, out))
            boot_info_add_module(out, view, m->base, m->size, m->cmdline);
    }
    if (out->modules_told > out->module_count) {
        boot_info_set_aside(out, info, sizeof *si);
        boot_info_set_aside(out, si->modlist, sizeof(struct pvh_module) * si->nr_modules);
    }
    if (si->version == 0)
        return 0; /* it has no memory map: as Xen builds for domain 0 */
    uint64_t n = si->memmap_entries;
    const struct pvh_range *r = phys_at(view, si->memmap, n * sizeof *r);
    if (r == 0 && n != 0)
        return "The PVH memory map lies outside memory.";
    for (; n > 0; n--, r++)
        boot_info_add_range(out, r->base, r->size, r->type);
    return 0;
}
