/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads Linux' struct boot_params, as handed over at the doors of its boot protocol. */
#include "boot/info.h"
#include <string.h>

#define HDRS               0x53726448 /* "HdrS" */
#define VERSION_SETUP_DATA 0x209      /* from this version of the protocol on */
#define SETUP_E820_EXT     1          /* more of the memory map */
#define SETUP_DATA_MOST    64         /* links that are followed: a ring has no end */

#define OUTSIDE "The memory map of the Linux loader lies outside memory."

struct linux_range {
    uint64_t base, size;
    uint32_t type;
} __attribute__((packed));

/*
 * Linux' Documentation/arch/x86/zero-page.rst and boot.rst ("The Real-Mode Kernel Header", from
 * 0x1f1 on), what is wanted of them. Packed: nobody promises an aligned address.
 */
struct boot_params {
    uint8_t screen[0x70];
    uint64_t rsdp;
    uint8_t disks[0xc0 - 0x78];
    uint32_t initrd_high, initrd_size_high, cmdline_high; /* the upper halves of those below */
    uint8_t unused[0x1e8 - 0xcc];
    uint8_t range_count;
    uint8_t header[0x202 - 0x1e9];
    uint32_t magic;
    uint16_t version;
    uint8_t loader[0x218 - 0x208];
    uint32_t initrd, initrd_size;
    uint8_t heap[0x228 - 0x220];
    uint32_t cmdline;
    uint8_t limits[0x250 - 0x22c];
    uint64_t setup_data;
    uint8_t more[0x2d0 - 0x258];
    /* Linux has room for 128; GRUB puts more into what follows. */
    struct linux_range ranges[];
} __attribute__((packed));
_Static_assert(sizeof(struct boot_params) == 0x2d0, "zero-page.rst");

/* boot.rst, setup_data: a list. */
struct setup_data {
    uint64_t next;
    uint32_t type, length; /* of what follows */
} __attribute__((packed));

static uint64_t both(uint32_t high, uint32_t low) { return (uint64_t)high << 32 | low; }

static void add_ranges(struct boot_info *out, const struct linux_range *r, uint32_t n)
{
    for (; n > 0; n--, r++)
        boot_info_add_range(out, r->base, r->size, r->type);
}

/* A map of more ranges than boot_params holds goes on in the list. */
static const char *read_setup_data(uint64_t at, const struct phys_view *view, struct boot_info *out)
{
    for (unsigned links = 0; at != 0 && links < SETUP_DATA_MOST; links++) {
        const struct setup_data *d = phys_at(view, at, sizeof *d);
        if (d == 0)
            return 0; /* where nothing of it can be seen, nothing of it is needed */
        if (d->type == SETUP_E820_EXT) {
            const struct linux_range *r = phys_at(view, at + sizeof *d, d->length);
            if (r == 0)
                return OUTSIDE;
            add_ranges(out, r, d->length / sizeof *r);
        }
        at = d->next;
    }
    return 0;
}

/* Linux' protocol has one module, and no name for it. */
static void add_initrd(uint64_t base, uint64_t size, const struct phys_view *view,
                       struct boot_info *out)
{
    static const char initrd[] = "initrd";
    boot_info_add_module(out, view, base, size, 0);
    char *name = out->strings + out->strings_used;
    if (out->module_count == 0 || BOOT_STRINGS - out->strings_used < sizeof initrd)
        return;
    out->modules[0].name = memcpy(name, initrd, sizeof initrd);
    out->strings_used += sizeof initrd;
}

const char *parse_linux(uint64_t info, const struct phys_view *view, struct boot_info *out)
{
    const struct boot_params *p = phys_at(view, info, sizeof *p);
    if (p == 0)
        return "The boot parameters of the Linux loader lie outside memory.";
    if (p->magic != HDRS)
        return "The boot parameters of the Linux loader have the wrong magic number.";
    if (phys_at(view, info, sizeof *p + p->range_count * sizeof *p->ranges) == 0)
        return OUTSIDE;
    uint64_t cmdline = both(p->cmdline_high, p->cmdline);
    uint64_t initrd_size = both(p->initrd_size_high, p->initrd_size);
    out->rsdp = p->rsdp;
    if (cmdline != 0)
        out->cmdline = boot_info_add_string(out, view, cmdline);
    if (initrd_size != 0)
        add_initrd(both(p->initrd_high, p->initrd), initrd_size, view, out);
    add_ranges(out, p->ranges, p->range_count);
    const char *wrong = 0;
    if (p->version >= VERSION_SETUP_DATA)
        wrong = read_setup_data(p->setup_data, view, out);
    if (wrong == 0 && out->range_count == 0)
        wrong = "The Linux loader gives no memory map.";
    return wrong;
}
