/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes mksym: of any file it makes a table that is one line a string, or says why not. */
#include "fuzz_tool.h"

#include <errno.h>
#include <setjmp.h>

static jmp_buf refused;
static struct function *functions_made;
int mksym_main(int argc, char **argv);

#define main         mksym_main
#define exit(status) longjmp(refused, 1)
#include "../../tools/image/mksym.c"
#undef exit
#undef main

/* Each string begins and ends with a quote that stands for itself, on one line. */
static void check_strings(const char *text)
{
    while ((text = strstr(text, ".asciz ")) != NULL) {
        text += strlen(".asciz ");
        rule(*text++ == '"', "a quote begins it");
        for (; *text != '"'; text++) {
            rule(*text >= ' ' && *text <= '~', "nothing but ASCII");
            if (*text == '\\')
                text++;
        }
        rule(text[1] == '\n', "a quote ends it");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t count = 0, length;
    char *text = NULL;

    functions_made = NULL;
    if (setjmp(refused) == 0) {
        struct elf elf = elf_open(data, size, "input");
        functions_made = functions_of(&elf, &count);
        FILE *out = open_memstream(&text, &length);
        put_table(out, "na\"me\n", functions_made, count);
        fclose(out);
        check_strings(text);
        free(text);
    }
    free(functions_made);
    return 0;
}
