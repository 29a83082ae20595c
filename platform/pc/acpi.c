/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI tables, read only: ACPI specification 6.4, chapters 4.8 and 5.2. Runs at the end, if ever.
 */
#include "pc/acpi.h"
#include <string.h>

#define HEADER 36 /* bytes of every table's header */

/* Offsets in the FADT: ACPI 6.4, table 5.9. */
enum {
    FADT_DSDT = 40,
    FADT_PM1A_CNT = 64,
    FADT_PM1B_CNT = 68,
    FADT_PM_TMR = 76,
    FADT_CENTURY = 108,
    FADT_FLAGS = 112,
    FADT_RESET_REG = 116,
    FADT_RESET_VALUE = 128,
    FADT_X_DSDT = 140,
    FADT_SLEEP_CONTROL = 244,
};
#define FADT_RESET_SUPPORTED (1u << 10)
#define FADT_HW_REDUCED      (1u << 20)

/* The MADT: ACPI 6.4, 5.2.12. Local APICs, entry type 0, are those with ids below 255. */
#define MADT_ENTRIES 44
#define MADT_LAPIC   0
#define MADT_ENABLED 1

/* AML opcodes: ACPI 6.4, 20.3. */
enum { AML_ZERO = 0x00, AML_ONE = 0x01, AML_NAME = 0x08, AML_BYTE = 0x0a, AML_PACKAGE = 0x12 };

struct table {
    const uint8_t *bytes;
    uint32_t length;
};

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

static struct table table_at(uint64_t pa, const struct phys_view *view)
{
    const uint8_t *p = phys_at(view, pa, HEADER);
    if (p == 0)
        return (struct table){0, 0};
    uint32_t length = get32(p + 4);
    if (length < HEADER || phys_at(view, pa, length) == 0)
        return (struct table){0, 0};
    return (struct table){p, length};
}

static struct table find_table(const uint8_t *rsdp, const struct phys_view *view, const char *name)
{
    unsigned width = 4;
    uint64_t root = get32(rsdp + 16);
    if (memcmp(rsdp, "RSD PTR ", 8) != 0)
        return (struct table){0, 0};
    if (rsdp[15] >= 2 && get64(rsdp + 24) != 0) { /* revision 2: the XSDT */
        root = get64(rsdp + 24);
        width = 8;
    }
    struct table t = table_at(root, view);
    for (uint32_t at = HEADER; t.bytes != 0 && at + width <= t.length; at += width) {
        uint64_t pa = width == 8 ? get64(t.bytes + at) : get32(t.bytes + at);
        struct table entry = table_at(pa, view);
        if (entry.bytes != 0 && memcmp(entry.bytes, name, 4) == 0)
            return entry;
    }
    return (struct table){0, 0};
}

unsigned acpi_cpus(const uint8_t *rsdp, const struct phys_view *view, uint8_t *ids, unsigned max)
{
    struct table t = find_table(rsdp, view, "APIC");
    unsigned n = 0;
    for (uint32_t at = MADT_ENTRIES, length; at + 2 <= t.length && n < max; at += length) {
        const uint8_t *e = t.bytes + at;
        length = e[1];
        if (length < 2 || length > t.length - at)
            break;
        if (e[0] == MADT_LAPIC && length >= 8 && get32(e + 4) & MADT_ENABLED)
            ids[n++] = e[3];
    }
    return n;
}

/* One of the package's small integers; *at moves behind it. */
static bool aml_integer(const struct table *t, uint32_t *at, uint8_t *value)
{
    if (*at >= t->length)
        return false;
    uint8_t op = t->bytes[(*at)++];
    if (op == AML_ZERO || op == AML_ONE) {
        *value = op;
        return true;
    }
    if (op != AML_BYTE || *at >= t->length)
        return false;
    *value = t->bytes[(*at)++];
    return true;
}

/* Name (_S5, Package () { a, b, … }): found by its name, as full AML is not wanted here. */
static void read_s5(const struct table *dsdt, struct acpi_facts *facts)
{
    for (uint32_t i = HEADER; i + 7 < dsdt->length; i++) {
        const uint8_t *p = dsdt->bytes + i;
        if (memcmp(p, "_S5_", 4) != 0 || p[4] != AML_PACKAGE)
            continue;
        if (p[-1] != AML_NAME && !(p[-1] == '\\' && p[-2] == AML_NAME))
            continue;
        uint32_t at = i + 5 + 1 + (p[5] >> 6); /* behind the length bytes */
        uint8_t elements = at < dsdt->length ? dsdt->bytes[at++] : 0;
        if (elements > 0 && aml_integer(dsdt, &at, &facts->s5_a)) {
            facts->has_s5 = true;
            if (elements == 1 || !aml_integer(dsdt, &at, &facts->s5_b))
                facts->s5_b = facts->s5_a;
            return;
        }
    }
}

/* A generic address structure (ACPI 6.4, 5.2.3.2): space 0 memory, 1 I/O ports. */
static uint64_t address(const uint8_t *gas, bool *is_io)
{
    *is_io = gas[0] == 1;
    return gas[0] <= 1 ? get64(gas + 4) : 0;
}

bool acpi_parse(const uint8_t *rsdp, const struct phys_view *view, struct acpi_facts *facts)
{
    memset(facts, 0, sizeof *facts);
    struct table fadt = find_table(rsdp, view, "FACP");
    if (fadt.bytes == 0 || fadt.length < FADT_RESET_REG)
        return false;
    const uint8_t *f = fadt.bytes;
    uint32_t flags = get32(f + FADT_FLAGS);
    if (!(flags & FADT_HW_REDUCED)) {
        facts->pm1a_control = get32(f + FADT_PM1A_CNT);
        facts->pm1b_control = get32(f + FADT_PM1B_CNT);
        facts->pm_timer = get32(f + FADT_PM_TMR);
    } else if (fadt.length >= FADT_SLEEP_CONTROL + 12) {
        facts->sleep_control = address(f + FADT_SLEEP_CONTROL, &facts->sleep_is_io);
    }
    if (flags & FADT_RESET_SUPPORTED && fadt.length > FADT_RESET_VALUE) {
        facts->reset_register = address(f + FADT_RESET_REG, &facts->reset_is_io);
        facts->reset_value = f[FADT_RESET_VALUE];
    }
    uint64_t dsdt_at = get32(f + FADT_DSDT);
    if (fadt.length >= FADT_X_DSDT + 8 && get64(f + FADT_X_DSDT) != 0)
        dsdt_at = get64(f + FADT_X_DSDT);
    struct table dsdt = table_at(dsdt_at, view);
    if (dsdt.bytes != 0)
        read_s5(&dsdt, facts);
    return true;
}

uint64_t acpi_search_rsdp(const struct phys_view *view)
{
    for (uint64_t a = 0xe0000; a < 0x100000; a += 16) { /* ACPI 6.4, 5.2.5.1 */
        const uint8_t *p = phys_at(view, a, RSDP_SIZE);
        if (p == 0 || memcmp(p, "RSD PTR ", 8) != 0)
            continue;
        uint8_t sum = 0;
        for (int i = 0; i < 20; i++)
            sum += p[i];
        if (sum == 0)
            return a;
    }
    return 0;
}
