/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O APIC: Intel's 82093AA data sheet, section 3. */
#include "pc/ioapic.h"
#include "mm/vm.h"

#define IOAPIC_PA   0xfec00000ull /* where every PC has its first one */
#define REGISTER    0x00          /* which one WINDOW shows */
#define WINDOW      0x10
#define ID_VERSION  1 /* bits 23..16: the last redirection entry */
#define REDIRECTION 0x10
#define DESTINATION 24 /* bits of an entry's upper half */

static volatile uint32_t *page;

static uint32_t read_register(uint32_t number)
{
    page[REGISTER / 4] = number;
    return page[WINDOW / 4];
}

static void write_register(uint32_t number, uint32_t value)
{
    page[REGISTER / 4] = number;
    page[WINDOW / 4] = value;
}

bool ioapic_route(unsigned pin, uint8_t vector, uint8_t apic_id)
{
    if (page == 0)
        page = vm_map_page(IOAPIC_PA, VM_DEVICE);
    uint32_t version = read_register(ID_VERSION);
    if (version == UINT32_MAX || (version >> 16 & 0xff) < pin)
        return false; /* nothing there, or a smaller one */
    write_register(REDIRECTION + 2 * pin + 1, (uint32_t)apic_id << DESTINATION);
    write_register(REDIRECTION + 2 * pin, vector); /* fixed, physical, edge, active high */
    return true;
}
