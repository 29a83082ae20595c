/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the conversion of UEFI's memory map. The first byte: how much longer than its struct a
 * descriptor is. */
#include "check_efi.h"
#include "efi/map.c"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t bytes = sizeof(struct efi_descriptor) + data[0] % 32, count = (size - 1) / bytes;
    uint8_t *map = malloc(count * bytes + 1);
    struct hvm_memmap_table_entry *out = calloc(count + 1, sizeof *out);
    memcpy(map, data + 1, count * bytes);
    size_t n = efi_map_convert(map, count, bytes, out);
    const char *wrong = check_efi_map(map, count, bytes, out, n);
    rule(wrong == NULL, wrong);
    for (size_t i = 0; i < n; i++)
        rule(out[i].type == XEN_HVM_MEMMAP_TYPE_RAM ||
                 !efi_map_is_ram(out, n, out[i].addr, out[i].addr + out[i].size),
             "what is not RAM is not RAM");
    free(map);
    free(out);
    return 0;
}
