/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes args_split(); the words, quoted, must split into themselves again. */
#include "base/environment.c"
#include "boot/args.c"
#include "boot/info.c"
#include "boot/options.c"
#include "boot/ranges.c"
#include "fuzz.h"

const char limpet_image_name[] = "image";
struct region heap;
uint64_t time_told;
const char *tree_first_name;
uint32_t tree_archive;
bool input_terminal, output_terminal, input_framed, console_fast;

_Noreturn void panic(const char *format, ...)
{
    (void)format;
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = malloc(size + 1), *again = malloc(4 * size + 8), *at = again;
    char *words[ARGS_MAX], *second[ARGS_MAX];
    memcpy(line, data, size);
    line[size] = '\0';
    int n = args_split(line, words, ARGS_MAX), kept = n < ARGS_MAX ? n : ARGS_MAX;
    rule(n >= 0 && (size_t)n <= (size + 1) / 2, "no more words than fit");
    for (int i = 0; i < kept; i++) {
        rule(words[i] >= line && words[i] + strlen(words[i]) <= line + size, "words lie inside");
        *at++ = '"';
        for (const char *c = words[i]; *c != '\0'; *at++ = *c++)
            if (*c == '"' || *c == '\\')
                *at++ = '\\';
        *at++ = '"';
        *at++ = ' ';
    }
    *at = '\0';
    rule(args_split(again, second, ARGS_MAX) == kept, "as many words again");
    for (int i = 0; i < kept; i++)
        rule(strcmp(words[i], second[i]) == 0, "the same words again");
    free(line);
    free(again);
    return 0;
}
