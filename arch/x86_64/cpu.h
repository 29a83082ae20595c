/* SPDX-License-Identifier: BSD-2-Clause */
/* The instructions that C has no name for, and the architectural constants that go with them. */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

/* GDT selectors; the table itself is laid down by the linker (image.lds.S). */
#define SEL_CODE64 0x08
#define SEL_DATA   0x10
#define SEL_TSS    0x18
#define SEL_CODE32 0x28

/* Page-table entry bits: Intel SDM vol. 3A, 4.5 "4-level paging". */
#define PTE_P     0x001
#define PTE_W     0x002
#define PTE_PWT   0x008
#define PTE_PCD   0x010
#define PTE_A     0x020
#define PTE_D     0x040
#define PTE_PS    0x080
#define PTE_G     0x100
#define PTE_LENT  0x200 /* to the CPU nothing: the page is somebody else's (vm.h) */
#define PTE_TABLE (PTE_P | PTE_W | PTE_A) /* leads to a table */
#define PTE_ADDR  0x000ffffffffff000
#define PTE_RAM   0x0000007ffffff000 /* of memory that is used, which ends at 512 GiB (page.h) */
#define PTE_NX    0x8000000000000000
#define PTE_DATA  (PTE_P | PTE_W | PTE_A | PTE_D | PTE_NX) /* leads to a page that is no code */

/* Control registers: Intel SDM vol. 3A, 2.5. */
#define CR0_PE         0x00000001
#define CR0_MP         0x00000002
#define CR0_ET         0x00000010
#define CR0_NE         0x00000020
#define CR0_WP         0x00010000
#define CR0_PG         0x80000000
#define CR4_PAE        0x00000020
#define CR4_PGE        0x00000080
#define CR4_OSFXSR     0x00000200
#define CR4_OSXMMEXCPT 0x00000400
#define CR4_PCIDE_BIT  17
#define CR4_OSXSAVE    0x00040000

/* What long mode is entered with: PAE, which it needs, global pages, SSE. */
#define CR4_AT_START (CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT)

/*
 * What the CPU must have, as CPUID tells (SDM vol. 2A): FPU, TSC, MSRs, PAE, global pages, FXSR,
 * SSE and SSE2 in leaf 1's edx; NX and long mode in leaf 0x80000001's.
 */
#define CPUID1_EDX_FPU  (1 << 0)
#define CPUID1_EDX_TSC  (1 << 4)
#define CPUID1_EDX_MSR  (1 << 5)
#define CPUID1_EDX_PAE  (1 << 6)
#define CPUID1_EDX_PGE  (1 << 13)
#define CPUID1_EDX_FXSR (1 << 24)
#define CPUID1_EDX_SSE  (1 << 25)
#define CPUID1_EDX_SSE2 (1 << 26)
#define CPUID1_EDX_NEEDED                                                                          \
    (CPUID1_EDX_FPU | CPUID1_EDX_TSC | CPUID1_EDX_MSR | CPUID1_EDX_PAE | CPUID1_EDX_PGE |          \
     CPUID1_EDX_FXSR | CPUID1_EDX_SSE | CPUID1_EDX_SSE2)
#define CPUID81            0x80000001
#define CPUID81_EDX_NX     (1 << 20)
#define CPUID81_EDX_LM     (1 << 29)
#define CPUID81_EDX_NEEDED (CPUID81_EDX_NX | CPUID81_EDX_LM)

/* x87 control word and MXCSR as after a reset: SDM vol. 1, 8.1.5 and 10.2.3; as trap.S saves them.
 */
#define FPU_CONTROL 0x37f00001f80

/* Model-specific registers: Intel SDM vol. 4. */
#define MSR_APIC_BASE 0x01b
#define MSR_EFER      0xc0000080
#define MSR_FS_BASE   0xc0000100
#define MSR_GS_BASE   0xc0000101
#define EFER_LME      0x100
#define EFER_LMA      0x400
#define EFER_NXE      0x800

/* Interrupt vectors; 0..31 are the CPU's exceptions. The IDT has VECTORS gates. */
#define VECTOR_DF       8
#define VECTOR_GP       13
#define VECTOR_PF       14
#define VECTOR_VC       29 /* AMD SEV-ES: what would exit */
#define VECTOR_TIMER    32
#define VECTOR_EVENT    33 /* the platform's own: event channels */
#define VECTOR_IPI      34
#define VECTOR_FAULT    46 /* raised by trap.S alone, to change to the fault stack */
#define VECTOR_SPURIOUS 47
#define VECTORS         48

/*
 * A CPU has three stacks that the TSS names: IST 1 for exceptions, all of which end the machine;
 * IST 2, on which interrupts are no longer than it takes to go over to the interrupted stack, below
 * its red zone; IST 3, on which page faults stay (trap.S). In this order one ends where the next
 * begins.
 */
#define FAULT_STACK      4096
#define ENTRY_STACK      256
#define PAGE_FAULT_STACK 1536

#ifndef __ASSEMBLER__
#include <stdint.h>

extern uint32_t cpuid1_ecx, cpuid81_edx; /* as the door found them (long.inc) */
#define CPUID1_ECX_HYPERVISOR (1u << 31)

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
    return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t v;
    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t v;
    __asm__ volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static inline void outb(uint16_t port, uint8_t v)
{
    __asm__ volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t v)
{
    __asm__ volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t v)
{
    __asm__ volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

/* Writes n bytes to one port: one VM exit for the lot on hypervisors that batch string I/O. */
static inline void outsb(uint16_t port, const void *buf, unsigned long n)
{
    __asm__ volatile("cld; rep outsb" : "+S"(buf), "+c"(n) : "d"(port) : "memory");
}

/* Reads n bytes from one port; likewise. */
static inline void insb(uint16_t port, void *buf, unsigned long n)
{
    __asm__ volatile("rep insb" : "+D"(buf), "+c"(n) : "d"(port) : "memory");
}

static inline uint64_t read_cr2(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr2, %0" : "=r"(v));
    return v;
}

static inline uint64_t read_cr3(void)
{
    uint64_t v;
    __asm__ volatile("mov %%cr3, %0" : "=r"(v));
    return v;
}

static inline void write_cr3(uint64_t v)
{
    __asm__ volatile("mov %0, %%cr3" : : "r"(v) : "memory");
}

static inline void write_cr4(uint64_t v)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(v) : "memory");
}

static inline void xsetbv0(uint64_t v)
{
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}

static inline void invlpg(uint64_t va) { __asm__ volatile("invlpg (%0)" : : "r"(va) : "memory"); }
#endif
#endif
