/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What limpet-vmm (tools/vmm) and the image agree on: docs/vmm.md tells it in words. Shared by
 * both, so it names nothing of either.
 */
#ifndef VMM_ABI_H
#define VMM_ABI_H

/*
 * CPUID:
 *   0x40000000       eax VMM_LEAF_TIMING; ebx, ecx, edx VMM_SIGNATURE. Another one means another
 *                    interface: a guest need not look at the version.
 *   VMM_LEAF_ABI     eax VMM_ABI; ebx the I/O port of requests; ecx how many vCPUs, whose APIC IDs
 *                    are 0, 1, 2, …
 *   VMM_LEAF_TIMING  eax the TSC's kHz, ebx the local APIC timer's kHz
 */
#define VMM_SIGNATURE   "LimpetVMM\0\0"
#define VMM_ABI         2
#define VMM_CPUS_MAX    64
#define VMM_PORT        0x4c50
#define VMM_LEAF_ABI    0x40000001
#define VMM_LEAF_TIMING 0x40000010

/*
 * The image's ELF note (owner VMM_NOTE_OWNER, type VMM_NOTE_LONG): where to enter it in 64-bit mode
 * and what must stand in the registers there, and in memory: the entries by which the page tables
 * lead to each other, which lie in zeroed memory and which other doors write. Further: ebx = the
 * physical address of struct hvm_start_info, cs = VMM_NOTE_CS, a 64-bit code segment, as the GDT
 * has it; no IDT, interrupts off, all else 0.
 */
#define VMM_NOTE_OWNER "Limpet"
#define VMM_NOTE_LONG  2
#define VMM_NOTE_LINKS 4
#define VMM_NOTE_CS    8

/*
 * Where the VMM imitates AMD SEV (--sev) all of the guest's memory is at addresses with the C-bit,
 * which CPUID 0x8000001f names, and the tables that cr3 of the note leads to have got the bit, and
 * cr3 too. Addresses that a request has, or that the guest is told, are always without it.
 */

/* Operations of a request; the result is 0 or more, or one of the errors. */
#define VMM_NULL   0 /* nothing: what a request costs */
#define VMM_WRITE  1 /* the length bytes at address to the console */
#define VMM_READ   2 /* up to length bytes of input to address: how many; 0 none now, -1 its end */
#define VMM_EXIT   3 /* ends the machine with the status in address */
#define VMM_CRASH  4 /* ends it after a panic */
#define VMM_WALL   5 /* nanoseconds since 1970 */
#define VMM_EINVAL -22 /* no such operation */
#define VMM_EFAULT -14 /* the bytes do not all lie in the guest's memory */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* At the physical address that a 32-bit OUT to VMM_PORT names, in the guest's memory. */
struct vmm_request {
    uint32_t operation, reserved;
    uint64_t address, length;
    int64_t result;
};
_Static_assert(sizeof(struct vmm_request) == 32, "shared with the VMM");

struct vmm_note {
    uint64_t entry, cr3, gdt;
    uint32_t gdt_limit, cr0, cr4, efer;
    struct {
        uint64_t at, value;
    } links[VMM_NOTE_LINKS];
};
_Static_assert(sizeof(struct vmm_note) == 40 + 16 * VMM_NOTE_LINKS, "laid down by entry.S");
#endif
#endif
