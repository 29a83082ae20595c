/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the arguments of UEFI: load options, shell words, .cmd files. The first byte chooses
 * which, the second how much room there is.
 */
#include "efi/words.c"
#include "base/environment.c"
#include "boot/args.c"
#include "boot/options.h"
#include "fuzz.h"

const char limpet_image_name[] = "image";

bool line_is_shared;
void kernel_option(const char *option) { (void)option; }

_Noreturn void panic(const char *format, ...)
{
    (void)format;
    abort();
}

/* A word of the shell is a word of the image again, and the same one. */
static void check_word(const struct line *line, const uint16_t *word, size_t bytes)
{
    char *copy = strdup(line->bytes), *plain = malloc(2 * bytes + 1), *words[2];
    struct line expected;
    line_begin(&expected, plain, 2 * bytes + 1);
    add_utf16(&expected, (const uint8_t *)word, bytes / 2);
    rule(args_split(copy, words, 2) == 1, "one word");
    for (size_t i = 0; i <= expected.used; i++) /* there a tab is a space */
        rule(words[0][i] == plain[i] || (plain[i] == ' ' && is_space((uint8_t)words[0][i])),
             "the same word");
    free(copy);
    free(plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct line line;
    size_t room = 1 + (data[1] == 255 ? 3 * size + 4 : data[1]), n = size - 2;
    char *bytes = malloc(room);
    line_begin(&line, bytes, room);
    uint16_t *input = calloc(1, n + 4);
    memcpy(input, data + 2, n);
    if (data[0] % 3 == 0) {
        bool is_text = line_add_options(&line, input, n);
        rule(is_text || line.used == 0, "what is no text adds nothing");
    } else if (data[0] % 3 == 1) {
        line_add_file(&line, input, n);
        rule(strchr(line.bytes, '\n') == NULL, "one line");
    } else {
        line_add_word(&line, input);
        if (!line.too_long)
            check_word(&line, input, n + 4);
    }
    rule(line.used < room && strlen(line.bytes) == line.used, "the line ends with a NUL");
    rule(!line.too_long || line.used == room - 1, "it is too long when it is full");
    free(input);
    free(bytes);
    return 0;
}
