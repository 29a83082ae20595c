/* SPDX-License-Identifier: BSD-2-Clause */
/* Each CPU's own data, found through GS. The offsets are known to assembly. */
#ifndef ARCH_PERCPU_H
#define ARCH_PERCPU_H

#define CPU_THREAD  8 /* known to ABI in the Makefile, too */
#define CPU_RESCHED 16
#define CPU_LOOK    20
#define CPU_STACK   24
#define CPU_GDTR    38
#define CPU_FPU     72

#ifndef __ASSEMBLER__
#include <stdint.h>

struct thread;

struct cpu_base {
    struct cpu_base *self;
    struct thread *thread; /* the running one */
    uint32_t resched;      /* another thread ought to run */
    uint32_t look;         /* the running thread may have been interrupted: interruption.h */
    uint64_t stack;        /* where its first instruction in C has its stack; 0: the boot CPU */
    uint32_t number;       /* 0: the boot CPU */
    uint16_t unused;
    uint16_t gdt_limit; /* with gdt what lgdt wants; not used of the boot CPU */
    uint64_t gdt;
    uint64_t fault_stack; /* its end; not used of the boot CPU */
    uint64_t table_va;    /* the table of 4 KiB pages last used, and the 2 MiB that it is for */
    uint64_t *table;
    uint32_t fpu_bytes; /* the XSAVE area's size; 0: the CPU has FXSAVE only */
};
_Static_assert(__builtin_offsetof(struct cpu_base, thread) == CPU_THREAD, "assembly knows it");
_Static_assert(__builtin_offsetof(struct cpu_base, resched) == CPU_RESCHED, "assembly knows it");
_Static_assert(__builtin_offsetof(struct cpu_base, look) == CPU_LOOK, "assembly knows it");
_Static_assert(__builtin_offsetof(struct cpu_base, fpu_bytes) == CPU_FPU, "assembly knows it");
_Static_assert(__builtin_offsetof(struct cpu_base, stack) == CPU_STACK, "assembly knows it");
_Static_assert(__builtin_offsetof(struct cpu_base, gdt_limit) == CPU_GDTR, "assembly knows it");

static inline struct thread *thread_self(void)
{
    struct thread *t;
    __asm__("mov %%gs:%c1, %0"
            : "=r"(t)
            : "i"(CPU_THREAD)); /* the same for a thread's whole life */
    return t;
}

/* Which may be another one by the time it is used, unless interrupts are off. */
static inline struct cpu_base *this_cpu(void)
{
    struct cpu_base *c;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(c));
    return c;
}
#endif
#endif
