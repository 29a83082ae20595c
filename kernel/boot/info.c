/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parsers of the boot protocols share. */
#include "boot/info.h"

_Static_assert(BOOT_STRINGS >= BOOT_NAME + 2, "one module at least fits, whatever its name");

char *boot_info_add_string(struct boot_info *out, const struct phys_view *view, uint64_t a)
{
    char *copy = out->strings + out->strings_used;
    uint32_t room = BOOT_STRINGS - out->strings_used, n = 0;

    if (room == 0 || out->modules_before != 0) { /* or it was read before */
        out->truncated = room == 0;
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

#define PAGE      4096ull
#define IMAGE     0x100000ull /* where the image begins: image.lds.S */
#define NAME_WORD "limpet.name="

void boot_info_set_aside(struct boot_info *out, uint64_t base, uint64_t size)
{
    uint64_t first = base & ~(PAGE - 1);
    if (base + size > IMAGE)
        boot_info_add_range(out, first, (base + size + PAGE - 1 - first) & ~(PAGE - 1),
                            RANGE_MODULE);
}

/* The byte at a of a string, as far as the view shows it; at 0 there is none. */
static char text_at(const struct phys_view *view, uint64_t a)
{
    const char *c = a != 0 ? phys_at(view, a, 1) : 0;
    return c != 0 ? *c : '\0';
}

int boot_info_hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Where the name begins in the string at text; *coded: %XX stands for a byte. */
static uint64_t find_name(const struct phys_view *view, uint64_t text, bool *coded)
{
    uint64_t begin = text, a = text;
    char c;
    for (; (c = text_at(view, a)) != '\0' && c != ' '; a++)
        if (c == '/')
            begin = a + 1;
    while (text_at(view, a) == ' ')
        a++;
    uint64_t word = a;
    const char *expected = NAME_WORD;
    while (*expected != '\0' && text_at(view, a) == *expected)
        a++, expected++;
    *coded = *expected == '\0' && a != word;
    return *coded ? a : begin;
}

/* Copies a name. Returns it, or NULL when there is no room for it. */
static const char *add_name(struct boot_info *out, const struct phys_view *view, uint64_t text)
{
    bool coded;
    uint64_t a = find_name(view, text, &coded);
    char *copy = out->strings + out->strings_used, c;
    uint32_t room = BOOT_STRINGS - out->strings_used, n = 0;
    for (; (c = text_at(view, a)) != '\0' && c != ' ' && n < room && n < BOOT_NAME; a++) {
        int high = coded && c == '%' ? boot_info_hex(text_at(view, a + 1)) : -1;
        int low = high >= 0 ? boot_info_hex(text_at(view, a + 2)) : -1;
        if (low >= 0)
            a += 2;
        c = low >= 0 ? (char)(high << 4 | low) : c;
        copy[n++] = c == '/' || c == '\0' ? '_' : c; /* no name has these */
    }
    if (n >= room)
        return 0;
    copy[n] = '\0';
    out->strings_used += n + 1;
    return copy;
}

void boot_info_add_module(struct boot_info *out, const struct phys_view *view, uint64_t base,
                          uint64_t size, uint64_t text)
{
    uint32_t index = out->modules_told++;
    const char *name = 0;
    out->modules_bytes += size;
    if (index == out->modules_before + out->module_count && out->module_count < BOOT_MODULES)
        name = add_name(out, view, text);
    if (name != 0) {
        out->modules[out->module_count++] = (struct boot_module){base, size, name};
    } else if (out->modules_before == 0) {
        boot_info_set_aside(out, base, size);
        if (text != 0)
            boot_info_set_aside(out, text, PAGE); /* longer than what is looked at of it */
    }
}
