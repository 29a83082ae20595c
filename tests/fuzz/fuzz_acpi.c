/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the ACPI reader: the input is an RSDP, then memory; and a BIOS area to search. */
#include "boot/info.c"
#include "boot/ranges.c"
#include "pc/acpi.c"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct phys_view bios = {data - 0xe0000, 0xe0000, size};
    uint64_t found = acpi_search_rsdp(&bios);
    rule(found == 0 || (found % 16 == 0 && found - 0xe0000 + RSDP_SIZE <= size), "RSDP found");
    if (size < RSDP_SIZE)
        return 0;
    struct phys_view view = {data - FIRST, FIRST, size};
    struct acpi_facts facts;
    static const struct acpi_facts none;
    if (!acpi_parse(data, &view, &facts))
        rule(memcmp(&facts, &none, sizeof none) == 0, "no facts without an FADT");
    uint8_t ids[8];
    rule(acpi_cpus(data, &view, ids, 8) <= 8, "as many CPUs as there is room for");
    rule(facts.has_s5 || (facts.s5_a == 0 && facts.s5_b == 0), "no values without S5");
    return 0;
}
