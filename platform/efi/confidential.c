/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Confidential guests: under AMD SEV the image's page tables get the C-bit; what wants more of a
 * guest, Limpet does not know, and it is said while firmware's handlers still let us speak.
 */
#include "stub.h"
#include "arch/x86_64/confidential.h"
#include "arch/x86_64/cpu.h"
#include "private.h"

/* guard.S: false where the CPU has no such MSR. */
bool read_msr_guarded(uint32_t msr, uint64_t *value);

EFI_STATUS find_private_bit(const struct stub *stub, uint64_t *bit)
{
    static const char *const refused[] = {
        [CONFIDENTIAL_SEV_ES] = "This guest runs under AMD SEV-ES, whose exception #VC",
        [CONFIDENTIAL_SEV_SNP] = "This guest runs under AMD SEV-SNP, whose exception #VC",
        [CONFIDENTIAL_TDX] = "This guest runs under Intel TDX, whose exception #VE",
    };
    const struct confidential_cpu cpu = {cpuid, read_msr_guarded};
    struct confidential found = confidential_detect(&cpu);
    *bit = found.private_bit;
    if (found.active == CONFIDENTIAL_NONE || found.active == CONFIDENTIAL_SEV)
        return EFI_SUCCESS;
    return fail(stub, EFI_UNSUPPORTED, refused[found.active],
                " Limpet does not handle: start it without, or under SEV alone.");
}

EFI_STATUS make_private(const struct stub *stub, const struct image_plan *plan, void *image,
                        uint64_t base, uint64_t size, uint64_t bit)
{
    const char *wrong = "has no Limpet note, which tells where its page tables are";
    if (bit == 0)
        return EFI_SUCCESS;
    image_link(plan, image, base);
    if (plan->has_long)
        wrong = private_patch(image, base, size, plan->long_mode.cr3, bit);
    if (wrong == NULL)
        return EFI_SUCCESS;
    say(stub, "LIMPET: This guest's memory is encrypted (SEV), and the image ");
    say(stub, wrong);
    say(stub, ".\r\n");
    return EFI_LOAD_ERROR;
}
