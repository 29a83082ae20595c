/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See confidential.h. Sources: Intel TDX Module 1.5 ABI, CPUID leaf 0x21; AMD APM vol. 3, E.4.17
 * (CPUID 0x8000001f); AMD APM vol. 2, 15.34.10 (SEV_STATUS); Microsoft's Hypervisor Top Level
 * Functional Specification, chapter 2 (isolation configuration).
 */
#include "confidential.h"
#include "cpu.h"

#define LEAF_TDX        0x21
#define TDX_EBX         0x65746e49 /* "Inte" */
#define TDX_EDX         0x5844546c /* "lTDX" */
#define TDX_ECX         0x20202020
#define LEAF_SEV        0x8000001f
#define EAX_SEV         (1u << 1)
#define EAX_ES          (1u << 3)
#define EAX_SNP         (1u << 4)
#define EBX_C_BIT       0x3fu
#define MSR_SEV_STATUS  0xc0010131
#define STATUS_SEV      (1u << 0)
#define STATUS_ES       (1u << 1)
#define STATUS_SNP      (1u << 2)
#define LEAF_HYPERVISOR 0x40000000
#define HYPERV_EBX      0x7263694d /* "Micr" */
#define HYPERV_ECX      0x666f736f /* "osof" */
#define HYPERV_EDX      0x76482074 /* "t Hv" */
#define LEAF_ISOLATION  0x4000000c
#define EBX_ISOLATION   0xfu
#define ISOLATION_SNP   2
#define ISOLATION_TDX   3

const char *const confidential_names[] = {"none", "sev", "sev-es", "sev-snp", "tdx"};

/* A guest of TDX must be found before hypervisor leaves are asked for, which raise #VE there. */
static bool is_tdx(const struct confidential_cpu *cpu)
{
    if (cpu->cpuid(0, 0).eax < LEAF_TDX)
        return false;
    struct cpuid c = cpu->cpuid(LEAF_TDX, 0);
    return c.ebx == TDX_EBX && c.edx == TDX_EDX && c.ecx == TDX_ECX;
}

/* Of flags in the order SEV, ES, SNP the furthest that is set; none counts without SEV. */
static enum confidential_kind furthest(bool sev, bool es, bool snp)
{
    return !sev  ? CONFIDENTIAL_NONE
           : snp ? CONFIDENTIAL_SEV_SNP
           : es  ? CONFIDENTIAL_SEV_ES
                 : CONFIDENTIAL_SEV;
}

static void look_for_sev(const struct confidential_cpu *cpu, struct confidential *found)
{
    uint64_t status = 0;
    if (cpu->cpuid(0x80000000, 0).eax < LEAF_SEV)
        return;
    struct cpuid c = cpu->cpuid(LEAF_SEV, 0);
    found->possible = furthest(c.eax & EAX_SEV, c.eax & EAX_ES, c.eax & EAX_SNP);
    if (found->possible == CONFIDENTIAL_NONE || !cpu->read_msr(MSR_SEV_STATUS, &status))
        return;
    found->active = furthest(status & STATUS_SEV, status & STATUS_ES, status & STATUS_SNP);
    if (found->active != CONFIDENTIAL_NONE)
        found->private_bit = 1ull << (c.ebx & EBX_C_BIT);
}

/* Hyper-V may stand between a guest and either, and tells what the guest cannot see itself. */
static void ask_hyperv(const struct confidential_cpu *cpu, struct confidential *found)
{
    struct cpuid c = cpu->cpuid(LEAF_HYPERVISOR, 0);
    if (c.ebx != HYPERV_EBX || c.ecx != HYPERV_ECX || c.edx != HYPERV_EDX || c.eax < LEAF_ISOLATION)
        return;
    uint32_t isolation = cpu->cpuid(LEAF_ISOLATION, 0).ebx & EBX_ISOLATION;
    if (isolation == ISOLATION_SNP)
        found->possible = found->active = CONFIDENTIAL_SEV_SNP;
    else if (isolation == ISOLATION_TDX)
        found->possible = found->active = CONFIDENTIAL_TDX;
}

struct confidential confidential_detect(const struct confidential_cpu *cpu)
{
    struct confidential found = {CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0};
    if (is_tdx(cpu)) {
        found.possible = found.active = CONFIDENTIAL_TDX;
        return found;
    }
    if (!(cpu->cpuid(1, 0).ecx & CPUID1_ECX_HYPERVISOR))
        return found; /* no guest: the host's own encryption (SME) is nobody's secret */
    look_for_sev(cpu, &found);
    if (found.active == CONFIDENTIAL_NONE)
        ask_hyperv(cpu, &found);
    return found;
}
