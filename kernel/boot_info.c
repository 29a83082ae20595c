/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers of the boot protocols share. */
#include "boot_info.h"

const void *phys_at(const struct phys_view *view, uint64_t a, uint64_t n)
{
    if (a < view->first || a - view->first > view->size || n > view->size - (a - view->first))
        return 0;
    return view->base + a;
}

char *boot_info_add_string(struct boot_info *out, const struct phys_view *view, uint64_t a)
{
    char *copy = out->strings + out->strings_used;
    uint32_t room = BOOT_STRINGS - out->strings_used, n = 0;

    if (room == 0) {
        out->truncated = true;
        return out->strings + BOOT_STRINGS - 1; /* the last byte is always a NUL */
    }
    const char *text = phys_at(view, a, 1);
    uint64_t readable = text == 0 ? 0 : view->size - (a - view->first);
    while (n < room - 1 && n < readable && text[n] != '\0') {
        copy[n] = text[n];
        n++;
    }
    if (n < readable && text[n] != '\0')
        out->truncated = true;
    copy[n] = '\0';
    out->strings_used += n + 1;
    return copy;
}

void boot_info_add_module(struct boot_info *out, const struct phys_view *view, uint64_t base,
                          uint64_t size, uint64_t text)
{
    if (out->module_count == BOOT_MODULES) {
        out->truncated = true;
        return;
    }
    char *name = boot_info_add_string(out, view, text);
    for (char *c = name; *c != '\0'; c++) {
        if (*c == ' ')
            *c = '\0';
        else if (*c == '/')
            name = c + 1;
        if (*c == '\0')
            break;
    }
    out->modules[out->module_count++] = (struct boot_module){base, size, name};
}

const char *boot_info_parse(uint32_t protocol, uint64_t info, const struct phys_view *view,
                            struct boot_info *out)
{
    out->protocol = protocol;
    out->cmdline = out->strings + BOOT_STRINGS - 1;
    switch (protocol) {
    case BOOT_PVH:
        return parse_pvh(info, view, out);
    case BOOT_MULTIBOOT1:
        return parse_multiboot1(info, view, out);
    case BOOT_MULTIBOOT2:
        return parse_multiboot2(info, view, out);
    }
    return "The boot protocol is unknown.";
}
