/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the parser of multiboot 2's boot information. */
#include "boot/info.c"
#include "boot/ranges.c"
#include "boot/multiboot.c"
#include "boot/pvh.c"
#include "boot/linux.c"
#include "boot/parse.c"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_boot(BOOT_MULTIBOOT2, data, size);
}
