/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APIC, for the one interrupt of a device that is wanted. */
#ifndef PLATFORM_KVM_IOAPIC_H
#define PLATFORM_KVM_IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

/* The interrupts of an ISA device on this pin raise vector on that CPU. False: there is no such
 * pin. */
bool ioapic_route(unsigned pin, uint8_t vector, uint8_t apic_id);

#endif
