/* SPDX-License-Identifier: BSD-2-Clause */
/* What the fuzzers share. The input is physical memory from FIRST on; a broken rule aborts. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check_boot.h"

#define FIRST 0x1000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void rule(int holds, const char *text)
{
    if (!holds) {
        fprintf(stderr, "broken rule: %s\n", text);
        abort();
    }
}

/* Parses the input as what this protocol's loader leaves at FIRST. */
static inline int fuzz_boot(uint32_t protocol, const uint8_t *data, size_t size)
{
    static struct boot_info info;
    struct phys_view view = {data - FIRST, FIRST, size};
    memset(&info, 0, sizeof info);
    const char *error = boot_info_parse(FIRST, &view, &info, protocol);
    const char *wrong = check_boot(&info, error);
    rule(wrong == NULL, wrong);
    return 0;
}

#endif
