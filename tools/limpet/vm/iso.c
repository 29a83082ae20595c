/* The places for arguments in an ISO of limpet-iso.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "vm/iso.h"
#include "base/quote.h"

#include <stdlib.h>
#include <string.h>

/* Each begins with its line; GRUB's has its command in the next. */
static const char *const marks[] = {
    [ISO_GRUB] = "# limpet-iso: arguments for GRUB\n",
    [ISO_UEFI] = "# limpet-iso: arguments for UEFI\n",
};
static const char command[] = "multiboot /boot/image.elf";

/* GRUB's script language takes all in single quotes as it stands; a single quote ends them. */
static void grub_word(struct buf *out, const char *word)
{
    buf_str(out, " '");
    for (; *word; word++)
        if (*word == '\'')
            buf_str(out, "'\\''");
        else
            buf_add(out, word, 1);
    buf_str(out, "'");
}

/* What stands in the slot, up to its comment. */
static void slot_text(const char *line, enum iso_slot slot, struct buf *out)
{
    struct args words = {0};

    buf_str(out, marks[slot]);
    if (slot == ISO_UEFI) {
        buf_str(out, line);
    } else {
        buf_str(out, command);
        quote_split(line, &words);
        for (size_t i = 0; i < words.n; i++)
            grub_word(out, words.v[i]);
        args_free(&words);
    }
    buf_str(out, "\n");
}

static bool has_empty_word(const char *line)
{
    struct args words = {0};
    bool any = false;

    quote_split(line, &words);
    for (size_t i = 0; i < words.n; i++)
        any |= !words.v[i][0];
    args_free(&words);
    return any;
}

char *iso_line_trouble(const char *line, enum iso_slot slot)
{
    struct buf text = {0};
    size_t n;

    if (strchr(line, '\n'))
        return xstrdup("an argument with a newline in it does not go into a file of arguments");
    if (slot == ISO_GRUB && has_empty_word(line))
        return xstrdup("GRUB, which starts the image there, drops an empty argument");
    slot_text(line, slot, &text);
    n = text.len;
    buf_free(&text);
    return n > ISO_SLOT ? xasprintf("the arguments with all that goes with them make %zu bytes; "
                                    "an ISO has room for %u",
                                    n, ISO_SLOT)
                        : NULL;
}

static char *find(char *iso, size_t n, const char *mark)
{
    size_t length = strlen(mark);

    for (size_t at = 0; n >= ISO_SLOT && at <= n - ISO_SLOT; at += ISO_ALIGN)
        if (!memcmp(iso + at, mark, length))
            return iso + at;
    return NULL;
}

char *iso_put_line(char *iso, size_t n, const char *line, enum iso_slot slot)
{
    char *why = iso_line_trouble(line, slot), *at = find(iso, n, marks[slot]);
    struct buf text = {0};

    if (why)
        return why;
    if (!at)
        return xasprintf("it has no place for arguments under %s: make it by limpet-iso",
                         slot == ISO_GRUB ? "a BIOS" : "UEFI");
    slot_text(line, slot, &text);
    memcpy(at, text.data, text.len);
    if (text.len < ISO_SLOT) {
        memset(at + text.len, '#', ISO_SLOT - text.len);
        at[ISO_SLOT - 1] = '\n';
    }
    buf_free(&text);
    return NULL;
}
