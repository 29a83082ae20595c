/* SPDX-License-Identifier: BSD-2-Clause */
/* The little that Limpet wants of ACPI: how to power off and reset, the PM timer, the CPUs. */
#ifndef PLATFORM_KVM_ACPI_H
#define PLATFORM_KVM_ACPI_H

#include <stdbool.h>
#include <stdint.h>
#include "boot/info.h"

struct acpi_facts {
    uint32_t pm1a_control, pm1b_control; /* I/O ports; 0: none */
    uint32_t pm_timer;                   /* I/O port; 0: none */
    uint64_t sleep_control;              /* hardware-reduced machines; physical, or I/O */
    bool sleep_is_io;
    uint64_t reset_register;
    bool reset_is_io;
    uint8_t reset_value;
    uint8_t century; /* the real-time clock's register with it; 0: none */
    bool has_s5;
    uint8_t s5_a, s5_b; /* SLP_TYP values of \_S5 */
};

/*
 * Pure: reads RSDP, RSDT or XSDT, FADT and the DSDT's \_S5 through the view. rsdp points to
 * RSDP_SIZE bytes. False when there is no FADT; facts are zero where the tables do not tell.
 */
bool acpi_parse(const uint8_t *rsdp, const struct phys_view *view, struct acpi_facts *facts);

/* The local APICs' ids of the CPUs that the MADT tells, at most max. Returns how many; as pure. */
unsigned acpi_cpus(const uint8_t *rsdp, const struct phys_view *view, uint8_t *ids, unsigned max);

/* The RSDP's address in the BIOS area 0xe0000..0xfffff, or 0. */
uint64_t acpi_search_rsdp(const struct phys_view *view);

/* For this machine. */
bool acpi_find(const struct boot_info *boot, struct acpi_facts *facts);
unsigned acpi_find_cpus(const struct boot_info *boot, uint8_t *ids, unsigned max);
bool acpi_power_off(const struct boot_info *boot); /* false: there is no way; true: in a moment */
_Noreturn void acpi_reset(const struct boot_info *boot);
void spin_a_moment(void); /* half a second or so: gives the host time to act on a write */

#endif
