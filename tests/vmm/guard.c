/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EFI stub's guarded RDMSR (platform/efi/guard.S), in an image, where it can be made to fault.
 * The status: 1 when the CPU has SEV_STATUS, 2 an MSR that all have was read, 4 rightly, 8 and
 * interrupts are as before; a second time all is the same, or it is 64.
 */
#include <stdbool.h>
#include <stdint.h>

#define MSR_APIC_BASE  0x1b /* Intel SDM vol. 3A, 10.4.4 */
#define MSR_SEV_STATUS 0xc0010131

bool read_msr_guarded(uint32_t msr, uint64_t *value);

static int look(void)
{
    uint64_t value = 0, flags;
    int found = read_msr_guarded(MSR_SEV_STATUS, &value) ? 1 : 0;
    if (read_msr_guarded(MSR_APIC_BASE, &value))
        found |= (value & 0xfffff000) == 0xfee00000 ? 6 : 2;
    __asm__ volatile("pushfq; pop %0" : "=r"(flags));
    return found | (flags & 0x200 ? 8 : 0);
}

int main(void)
{
    int first = look();
    return look() == first ? first : 64;
}
