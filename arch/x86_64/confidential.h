/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is this guest's memory hidden from its host? What the CPU can do of that kind, and what is in
 * force. Pure: asks the CPU through what it is given, in an order in which no question traps where
 * it has no answer. Shared by the kernel and the EFI stub.
 */
#ifndef ARCH_CONFIDENTIAL_H
#define ARCH_CONFIDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

/* Each of AMD's has what the ones before it have. */
enum confidential_kind {
    CONFIDENTIAL_NONE,
    CONFIDENTIAL_SEV,     /* AMD SEV: memory is encrypted */
    CONFIDENTIAL_SEV_ES,  /* and registers: what exits raises #VC */
    CONFIDENTIAL_SEV_SNP, /* and nested page tables are checked */
    CONFIDENTIAL_TDX,     /* Intel TDX */
};

/* "none", "sev", "sev-es", "sev-snp", "tdx". */
extern const char *const confidential_names[];

struct confidential {
    enum confidential_kind possible; /* the most that the CPU tells of */
    enum confidential_kind active;   /* what this guest runs under */
    uint64_t private_bit;            /* the C-bit of page-table entries as a mask; 0: not SEV */
};

struct cpuid; /* cpu.h */

struct confidential_cpu {
    struct cpuid (*cpuid)(uint32_t leaf, uint32_t subleaf);
    bool (*read_msr)(uint32_t msr, uint64_t *value); /* false: there is no such MSR */
};

struct confidential confidential_detect(const struct confidential_cpu *cpu);

#endif
