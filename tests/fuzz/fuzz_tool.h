/* What the host tool's fuzzers share. The input is what the tool reads from outside.
 * SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_FUZZ_TOOL_H
#define TESTS_FUZZ_TOOL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The tool's messages go nowhere: they are not what is looked at. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    stderr = fopen("/dev/null", "w");
    return 0;
}

static inline void rule(int holds, const char *text)
{
    if (holds)
        return;
    dprintf(2, "broken rule: %s\n", text);
    abort();
}

/* The input as a string, which ends at its first NUL or with it; caller frees. */
static inline char *string_of(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
