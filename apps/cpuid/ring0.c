/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers that only a kernel may touch. What is written changes one harmless bit from sample to
 * sample and is read back after each; what is read comes into a register that held a pattern.
 */
#include "take.h"
#include <cpuid.h>
#include <string.h>

/* Intel SDM vol. 4; AMD APM vol. 2, appendix A. */
#define MSR_APIC_BASE      0x1b
#define MSR_TSC_ADJUST     0x3b
#define MSR_SPEC_CTRL      0x48
#define MSR_FS_BASE        0xc0000100
#define MSR_KERNEL_GS_BASE 0xc0000102
#define SPEC_CTRL_IBRS     1
/* Intel SDM vol. 3A, 2.5 and 17.2.4; DR7's LE is not used by any CPU since the 386. */
#define CR0_WP  0x10000
#define CR3_PWT 0x8
#define CR4_PGE 0x80
#define DR7_LE  0x100

#define READ_MSR(value, msr, pattern)                                                              \
    do {                                                                                           \
        uint32_t msr_lo = (pattern), msr_hi = (pattern);                                           \
        __asm__ volatile("rdmsr" : "+a"(msr_lo), "+d"(msr_hi) : "c"(msr) : "memory");              \
        value = (uint64_t)msr_hi << 32 | msr_lo;                                                   \
    } while (0)
#define WRITE_MSR(msr, value)                                                                      \
    __asm__ volatile("wrmsr"                                                                       \
                     :                                                                             \
                     : "c"(msr), "a"((uint32_t)(value)), "d"((uint32_t)((value) >> 32))            \
                     : "memory")

static size_t take_rdmsr(uint32_t *samples, uint32_t msr)
{
    struct taking t = take_begin(samples);
    uint64_t usual, now;
    READ_MSR(usual, msr, 0);
    while (take_more(&t)) {
        uint32_t pattern = take_pattern(t.n);
        TAKE(t, READ_MSR(now, msr, pattern));
        if (now != usual)
            take_wrong = "what was read was not always the same";
    }
    return t.n;
}

size_t take_rdmsr_apic_base(uint32_t *samples) { return take_rdmsr(samples, MSR_APIC_BASE); }

size_t take_rdmsr_fs_base(uint32_t *samples) { return take_rdmsr(samples, MSR_FS_BASE); }

static int has_bit(uint32_t leaf, int in_ebx, unsigned bit)
{
    uint32_t a, b, c, d;
    return __get_cpuid_count(leaf, 0, &a, &b, &c, &d) && ((in_ebx ? b : d) >> bit & 1);
}

const char *no_tsc_adjust(void)
{
    const char *why = take_ring3();
    return why != NULL ? why : has_bit(7, 1, 1) ? NULL : "the CPU has no TSC_ADJUST";
}

size_t take_rdmsr_tsc_adjust(uint32_t *samples) { return take_rdmsr(samples, MSR_TSC_ADJUST); }

/* Intel tells of it in leaf 7, AMD in leaf 0x80000008. */
const char *no_spec_ctrl(void)
{
    const char *why = take_ring3();
    if (why != NULL)
        return why;
    return has_bit(7, 0, 26) || has_bit(0x80000008, 1, 14) ? NULL : "the CPU has no SPEC_CTRL";
}

/* Samples of a write of a bit, on and off in turn, of what READ reads; it ends as it began. */
#define TOGGLE(name, READ, WRITE, bit)                                                             \
    size_t name(uint32_t *samples)                                                                 \
    {                                                                                              \
        struct taking t = take_begin(samples);                                                     \
        uint64_t usual, now;                                                                       \
        READ(usual);                                                                               \
        while (take_more(&t)) {                                                                    \
            uint64_t next = t.n % 2 != 0 ? usual : usual ^ (bit);                                  \
            TAKE(t, WRITE(next));                                                                  \
            READ(now);                                                                             \
            if (now != next)                                                                       \
                take_wrong = "a write was lost";                                                   \
        }                                                                                          \
        WRITE(usual);                                                                              \
        return t.n;                                                                                \
    }

#define READ_KERNEL_GS(value)  READ_MSR(value, MSR_KERNEL_GS_BASE, 0)
#define WRITE_KERNEL_GS(value) WRITE_MSR(MSR_KERNEL_GS_BASE, value)
TOGGLE(take_wrmsr_kernel_gs, READ_KERNEL_GS, WRITE_KERNEL_GS, 1)

#define READ_SPEC_CTRL(value)  READ_MSR(value, MSR_SPEC_CTRL, 0)
#define WRITE_SPEC_CTRL(value) WRITE_MSR(MSR_SPEC_CTRL, value)
TOGGLE(take_wrmsr_spec_ctrl, READ_SPEC_CTRL, WRITE_SPEC_CTRL, SPEC_CTRL_IBRS)

#define READ_CR0(value)  __asm__ volatile("mov %%cr0, %0" : "=r"(value))
#define WRITE_CR0(value) __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory")
TOGGLE(take_cr0, READ_CR0, WRITE_CR0, CR0_WP)

/* The bit says how the tables themselves are cached, which is the memory type's matter anyway. */
#define READ_CR3(value)  __asm__ volatile("mov %%cr3, %0" : "=r"(value))
#define WRITE_CR3(value) __asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory")
TOGGLE(take_cr3, READ_CR3, WRITE_CR3, CR3_PWT)

#define READ_CR4(value)  __asm__ volatile("mov %%cr4, %0" : "=r"(value))
#define WRITE_CR4(value) __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory")
TOGGLE(take_cr4, READ_CR4, WRITE_CR4, CR4_PGE)

/* Priority 1 holds back vectors that are exceptions' anyway. */
#define READ_CR8(value)  __asm__ volatile("mov %%cr8, %0" : "=r"(value))
#define WRITE_CR8(value) __asm__ volatile("mov %0, %%cr8" : : "r"(value) : "memory")
TOGGLE(take_cr8, READ_CR8, WRITE_CR8, 1)

#define READ_DR7(value)  __asm__ volatile("mov %%dr7, %0" : "=r"(value))
#define WRITE_DR7(value) __asm__ volatile("mov %0, %%dr7" : : "r"(value) : "memory")
TOGGLE(take_dr7, READ_DR7, WRITE_DR7, DR7_LE)

/* What sgdt and sidt store, and lgdt takes: SDM vol. 3A, 2.4. */
struct __attribute__((packed)) table_place {
    uint16_t limit;
    uint64_t base;
};

/* Samples of an instruction that stores into memory, which held a pattern before. */
#define STORE(name, instruction, type)                                                             \
    size_t name(uint32_t *samples)                                                                 \
    {                                                                                              \
        struct taking t = take_begin(samples);                                                     \
        type usual, now;                                                                           \
        __asm__ volatile(instruction " %0" : "=m"(usual));                                         \
        while (take_more(&t)) {                                                                    \
            memset(&now, (int)(take_pattern(t.n) & 0xff), sizeof now);                             \
            TAKE(t, __asm__ volatile(instruction " %0" : "+m"(now)));                              \
            if (memcmp(&now, &usual, sizeof now) != 0)                                             \
                take_wrong = "what was stored was not always the same";                            \
        }                                                                                          \
        return t.n;                                                                                \
    }

STORE(take_sgdt, "sgdt", struct table_place)
STORE(take_sidt, "sidt", struct table_place)
STORE(take_sldt, "sldt", uint16_t)
STORE(take_smsw, "smsw", uint16_t)

#define GDT_MOST 256 /* bytes */

/* The table and a copy of it in turn. */
size_t take_lgdt(uint32_t *samples)
{
    static char copy[GDT_MOST] __attribute__((aligned(16)));
    struct taking t = take_begin(samples);
    struct table_place place[2], now;
    __asm__ volatile("sgdt %0" : "=m"(place[0]));
    if (place[0].limit >= GDT_MOST) {
        take_wrong = "the table of segments is larger than any that Limpet makes";
        return 0;
    }
    memcpy(copy, (const char *)place[0].base, place[0].limit + 1u);
    place[1] = (struct table_place){place[0].limit, (uint64_t)copy};
    while (take_more(&t)) {
        const struct table_place *next = &place[(t.n + 1) % 2];
        TAKE(t, __asm__ volatile("lgdt %0" : : "m"(*next)));
        __asm__ volatile("sgdt %0" : "=m"(now));
        if (now.base != next->base)
            take_wrong = "a write was lost";
    }
    __asm__ volatile("lgdt %0" : : "m"(place[0]));
    return t.n;
}
