/* Fuzzes what stands between the tool and a guest that a firmware starts: the firmware's words on
 * the console, and an argument line that goes into an ISO.
 * SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_tool.h"

#include "base/quote.h"
#include "vm/firmware.h"
#include "vm/iso.h"

/* The guest's bytes are the last of the console, whatever the parts in which they came. */
static void console(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct firmware once = {0}, parts = {0};
    struct buf whole = {0}, again = {0};
    size_t n = size ? data[0] % 7 + 1 : 1;
    char *words;

    firmware_feed(&once, text, size, &whole);
    firmware_finish(&once, &whole);
    for (size_t at = 0; at < size; at += n)
        firmware_feed(&parts, text + at, size - at < n ? size - at : n, &again);
    firmware_finish(&parts, &again);
    rule(whole.len <= size &&
             (!whole.len || !memcmp(whole.data, text + size - whole.len, whole.len)),
         "the guest's bytes are the last");
    rule(whole.len == again.len && (!whole.len || !memcmp(whole.data, again.data, whole.len)),
         "parts do not matter");
    words = firmware_words(&once);
    rule(!strchr(words, '\n'), "one line");
    free(words);
    firmware_free(&once);
    firmware_free(&parts);
    buf_free(&whole);
    buf_free(&again);
}

/* GRUB's words are the line's. */
static void grub_reads(const char *slot, const char *line)
{
    const char *p = strstr(slot, "image.elf") + 9;
    struct args words = {0};

    quote_split(line, &words);
    for (size_t i = 0; i < words.n; i++) {
        struct buf word = {0};

        rule(p[0] == ' ' && p[1] == '\'', "a word in quotes");
        for (p += 2; *p != '\'' || !strncmp(p, "'\\''", 4); p++) {
            buf_add(&word, p, 1);
            p += *p == '\'' ? 3 : 0;
        }
        rule(word.len && !strcmp(word.data, words.v[i]), "the same word");
        p++;
        buf_free(&word);
    }
    rule(*p == '\n', "no more words");
    args_free(&words);
}

static void put(const char *line, enum iso_slot slot)
{
    static const char *const marks[] = {
        "# limpet-iso: arguments for GRUB\nmultiboot /boot/image.elf\n",
        "# limpet-iso: arguments for UEFI\n\n"};
    char *iso = malloc(3 * ISO_SLOT), *why;

    memset(iso, 'x', 3 * ISO_SLOT);
    memcpy(iso + ISO_SLOT, marks[slot], strlen(marks[slot]));
    why = iso_put_line(iso, 3 * ISO_SLOT, line, slot);
    rule(iso[ISO_SLOT - 1] == 'x' && iso[2 * ISO_SLOT] == 'x', "only the slot is written");
    rule(why || iso[2 * ISO_SLOT - 1] == '\n', "the slot ends its line");
    if (!why && slot == ISO_GRUB)
        grub_reads(iso + ISO_SLOT, line);
    free(why);
    free(iso);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = string_of(data, size);

    console(data, size);
    put(line, ISO_GRUB);
    put(line, ISO_UEFI);
    free(line);
    return 0;
}
