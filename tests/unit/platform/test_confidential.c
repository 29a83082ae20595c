/* SPDX-License-Identifier: BSD-2-Clause */
/* What CPUs, and hypervisors, tell of confidential guests; and that nothing is asked too early. */
#include "unit.h"

#include "confidential.c"

/* A CPU. Leaves that it has not got answer as the highest one does on Intel: with nonsense. */
static struct machine {
    uint32_t basic, extended, hypervisor; /* the highest leaves; hypervisor 0: on bare metal */
    const char *tdx, *signature;          /* 12 bytes; ebx, edx, ecx, and ebx, ecx, edx */
    uint32_t sev_eax, sev_ebx, isolation;
    int status; /* of the MSR; -1: it is not there */
} m;
static bool hypervisor_asked, msr_read;

static uint32_t word(const char *text, unsigned i)
{
    uint32_t w;
    memcpy(&w, text + 4 * i, 4);
    return w;
}

static struct cpuid ask(uint32_t leaf, uint32_t subleaf)
{
    assert_int_equal(subleaf, 0);
    if (leaf == 0)
        return (struct cpuid){.eax = m.basic};
    if (leaf == 1)
        return (struct cpuid){.ecx = m.hypervisor != 0 ? CPUID1_ECX_HYPERVISOR : 0};
    if (leaf == 0x80000000)
        return (struct cpuid){.eax = m.extended};
    if (leaf == 0x21 && m.basic >= leaf)
        return (struct cpuid){0, word(m.tdx, 0), word(m.tdx, 2), word(m.tdx, 1)};
    if (leaf == 0x8000001f && m.extended >= leaf)
        return (struct cpuid){m.sev_eax, m.sev_ebx, 0, 0};
    if (leaf >> 16 == 0x4000)
        hypervisor_asked = true;
    if (leaf == 0x40000000 && m.hypervisor != 0)
        return (struct cpuid){m.hypervisor, word(m.signature, 0), word(m.signature, 1),
                              word(m.signature, 2)};
    if (leaf == 0x4000000c && m.hypervisor >= leaf)
        return (struct cpuid){0, m.isolation, 0, 0};
    fail_msg("leaf 0x%x is asked for, which is not there", leaf);
    return (struct cpuid){~0u, ~0u, ~0u, ~0u};
}

static bool read_msr(uint32_t msr, uint64_t *value)
{
    assert_int_equal(msr, 0xc0010131);
    msr_read = true;
    if (m.status < 0)
        return false;
    *value = (uint64_t)m.status;
    return true;
}

static void expect(enum confidential_kind possible, enum confidential_kind active, unsigned c_bit)
{
    const struct confidential_cpu cpu = {ask, read_msr};
    hypervisor_asked = msr_read = false;
    struct confidential c = confidential_detect(&cpu);
    assert_string_equal(confidential_names[c.possible], confidential_names[possible]);
    assert_string_equal(confidential_names[c.active], confidential_names[active]);
    assert_int_equal(c.private_bit, c_bit != 0 ? 1ull << c_bit : 0);
}

static const struct machine amd = {.basic = 0x10,
                                   .extended = 0x80000021,
                                   .hypervisor = 0x40000001,
                                   .signature = "KVMKVMKVM\0\0",
                                   .tdx = "            ",
                                   .sev_eax = 0x2,
                                   .sev_ebx = 0x1006f,
                                   .status = 1};

static void sev(void **state)
{
    static const struct {
        uint32_t eax;
        int status;
        enum confidential_kind possible, active;
    } cases[] = {
        {0x00, -1, CONFIDENTIAL_NONE, CONFIDENTIAL_NONE},
        {0x01, -1, CONFIDENTIAL_NONE, CONFIDENTIAL_NONE}, /* SME */
        {0x18, -1, CONFIDENTIAL_NONE, CONFIDENTIAL_NONE}, /* ES and SNP without SEV */
        {0x02, -1, CONFIDENTIAL_SEV, CONFIDENTIAL_NONE},
        {0x02, 0, CONFIDENTIAL_SEV, CONFIDENTIAL_NONE},
        {0x02, 1, CONFIDENTIAL_SEV, CONFIDENTIAL_SEV},
        {0x0a, 1, CONFIDENTIAL_SEV_ES, CONFIDENTIAL_SEV},
        {0x0a, 3, CONFIDENTIAL_SEV_ES, CONFIDENTIAL_SEV_ES},
        {0x1b, 7, CONFIDENTIAL_SEV_SNP, CONFIDENTIAL_SEV_SNP},
        {0x1b, 3, CONFIDENTIAL_SEV_SNP, CONFIDENTIAL_SEV_ES},
        {0x1a, 6, CONFIDENTIAL_SEV_SNP, CONFIDENTIAL_NONE},
    };
    (void)state;
    for (unsigned i = 0; i < COUNT(cases); i++) {
        m = amd;
        m.sev_eax = cases[i].eax;
        m.status = cases[i].status;
        expect(cases[i].possible, cases[i].active, cases[i].active != CONFIDENTIAL_NONE ? 47 : 0);
        assert_int_equal(msr_read, cases[i].possible != CONFIDENTIAL_NONE);
    }
}

static void not_sev(void **state)
{
    (void)state;
    m = amd;
    m.extended = 0x8000001e; /* QEMU without SEV; Intel */
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
    assert_false(msr_read);
    m = amd;
    m.hypervisor = 0; /* bare metal: the host itself */
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
    assert_false(msr_read);
}

static void tdx(void **state)
{
    (void)state;
    m = (struct machine){.basic = 0x21,
                         .tdx = "IntelTDX    ",
                         .extended = 0x80000008,
                         .status = -1,
                         .hypervisor = 0x40000001,
                         .signature = "KVMKVMKVM\0\0"};
    expect(CONFIDENTIAL_TDX, CONFIDENTIAL_TDX, 0);
    assert_false(hypervisor_asked);
    assert_false(msr_read);
    m.tdx = "IntelTDX\0\0\0"; /* nearly */
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
    m.tdx = "IntelTDX    ";
    m.basic = 0x20;
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
}

static void hyperv(void **state)
{
    (void)state;
    m = amd;
    m.sev_eax = 0;
    m.signature = "Microsoft Hv";
    m.hypervisor = 0x4000000c;
    for (uint32_t isolation = 0; isolation < 16; isolation++) {
        enum confidential_kind kind = isolation == 2   ? CONFIDENTIAL_SEV_SNP
                                      : isolation == 3 ? CONFIDENTIAL_TDX
                                                       : CONFIDENTIAL_NONE;
        m.isolation = 0xabcdef0 | isolation;
        expect(kind, kind, 0);
    }
    m.isolation = 2;
    m.hypervisor = 0x4000000b; /* it has no such leaf */
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
    m.hypervisor = 0x4000000c;
    m.signature = "Microsoft HV";
    expect(CONFIDENTIAL_NONE, CONFIDENTIAL_NONE, 0);
    m.signature = "Microsoft Hv"; /* what the CPU itself tells comes first */
    m.isolation = 3;
    m.sev_eax = 2;
    expect(CONFIDENTIAL_SEV, CONFIDENTIAL_SEV, 47);
    assert_false(hypervisor_asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sev),
        cmocka_unit_test(not_sev),
        cmocka_unit_test(tdx),
        cmocka_unit_test(hyperv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
