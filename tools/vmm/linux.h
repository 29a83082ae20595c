/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What VMMs lay down for a guest that they enter as they would Linux. Read in Firecracker
 * 81b38b9da (src/vmm/src/arch/x86_64: mod.rs, layout.rs, regs.rs), which libkrun 6ed74fac shares,
 * and for the 32-bit door in Cloud Hypervisor ae44c2971 (arch/src/x86_64: mod.rs, regs.rs), all of
 * 2026. Pure.
 */
#ifndef VMM_LINUX_H
#define VMM_LINUX_H

#include "bz.h"

/* Guest-physical addresses. */
#define LINUX_GDT        0x500u
#define LINUX_IDT        0x520u
#define LINUX_START_INFO 0x6000u /* by the PVH door */
#define LINUX_MODULES    0x6040u
#define LINUX_MAP        0x7000u
#define LINUX_PARAMS     0x7000u /* by Linux' */
#define LINUX_STACK      0x8ff0u
#define LINUX_TABLES     0x9000u /* three pages */
#define LINUX_LINE       0x20000u
#define LINUX_LOW_END    0x9fc00u
#define LINUX_LINE_MAX   2047u /* bytes, without the NUL */

#define LINUX_RANGES       5
#define LINUX_PARAMS_BYTES 4096
#define LINUX_TABLES_BYTES (3 * 4096)

struct linux_range {
    uint64_t base, size;
    uint32_t type; /* as in E820 */
};

/* For memory of low bytes from 0 and high bytes from 4 GiB on. Not in order: what is above 4 GiB
 * stands before what is below, as in Firecracker 00a6982fc. Returns how many. */
unsigned linux_map(uint64_t low, uint64_t high, struct linux_range map[LINUX_RANGES]);

/* struct boot_params: boot.rst, "32-bit Boot Protocol"; zero-page.rst. */
struct linux_params {
    struct bz_header header; /* of no bytes: one is made up */
    uint64_t low, high;
    uint64_t initrd, initrd_bytes; /* 0: none */
    uint32_t line_bytes;
};
void linux_params(const struct linux_params *from, uint8_t page[LINUX_PARAMS_BYTES]);

/* The first GiB mapped where it is, by pages of 2 MiB; at LINUX_TABLES. */
void linux_tables(uint8_t pages[LINUX_TABLES_BYTES]);

#endif
