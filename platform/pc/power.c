/* SPDX-License-Identifier: BSD-2-Clause */
/* Powering off and resetting by what ACPI says: ACPI 6.4, 4.8.3.2, 4.8.3.6 and 4.8.3.7. */
#include "pc/acpi.h"
#include "arch.h"
#include "cpu.h"
#include "mm/vm.h"

#define SLP_EN_PM1   (1u << 13)
#define SLP_EN_SLEEP (1u << 5)

/* Physical memory as the window shows it; what the map does not hold must not be touched. */
static const struct phys_view view = {0, VM_NULL_END, (4ull << 30) - VM_NULL_END};

static const uint8_t *find_rsdp(const struct boot_info *boot)
{
    if (boot->rsdp != 0)
        return phys_at(&view, boot->rsdp, RSDP_SIZE);
    if (boot->rsdp_copy[0] != 0)
        return boot->rsdp_copy;
    return phys_at(&view, acpi_search_rsdp(&view), RSDP_SIZE);
}

unsigned acpi_find_cpus(const struct boot_info *boot, uint8_t *ids, unsigned max)
{
    const uint8_t *rsdp = find_rsdp(boot);
    return rsdp != 0 ? acpi_cpus(rsdp, &view, ids, max) : 0;
}

bool acpi_find(const struct boot_info *boot, struct acpi_facts *facts)
{
    static struct acpi_facts known;
    static bool searched, found;
    if (!searched) {
        const uint8_t *rsdp = find_rsdp(boot);
        found = rsdp != 0 && acpi_parse(rsdp, &view, &known);
        searched = true;
    }
    *facts = known;
    return found;
}

static void write_register(uint64_t address, bool is_io, uint8_t value)
{
    if (is_io)
        outb((uint16_t)address, value);
    else
        *(volatile uint8_t *)vm_map_page(address, VM_DEVICE) = value;
}

bool acpi_power_off(const struct boot_info *boot)
{
    struct acpi_facts f;
    if (!acpi_find(boot, &f) || !f.has_s5)
        return false;
    if (f.sleep_control != 0)
        write_register(f.sleep_control, f.sleep_is_io, (uint8_t)(f.s5_a << 2 | SLP_EN_SLEEP));
    if (f.pm1a_control != 0)
        outw((uint16_t)f.pm1a_control, (uint16_t)(f.s5_a << 10 | SLP_EN_PM1));
    if (f.pm1b_control != 0)
        outw((uint16_t)f.pm1b_control, (uint16_t)(f.s5_b << 10 | SLP_EN_PM1));
    return (f.sleep_control | f.pm1a_control | f.pm1b_control) != 0;
}

void spin_a_moment(void)
{
    for (uint64_t began = cpu_stamp(); cpu_stamp() - began < 1ull << 30;)
        cpu_relax();
}

_Noreturn void acpi_reset(const struct boot_info *boot)
{
    struct acpi_facts f;
    if (acpi_find(boot, &f) && f.reset_register != 0)
        write_register(f.reset_register, f.reset_is_io, f.reset_value);
    outb(0x64, 0xfe); /* the keyboard controller's reset line: by it some VMMs end */
    spin_a_moment();
    cpu_triple_fault(); /* nothing answered */
    for (;;)
        cpu_stop();
}
