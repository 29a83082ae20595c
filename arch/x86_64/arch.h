/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture offers the kernel and the platforms beyond vm.h and panic.h. */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "confidential.h"
#include "percpu.h"

/* The task state segment (SDM vol. 3A, 7.7): all that is used are the interrupt stacks. */
struct tss {
    uint32_t unused1[9];
    uint64_t ist1, ist2, ist3;
    uint32_t unused2[10];
    uint16_t unused3, io_map; /* behind its end: no I/O permission map */
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "the SDM says so");

/* What a trap leaves on the stack, lowest address first (trap.S). */
struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "trap.S pushes 15 + 2 + 5 words");

/*
 * The bit of a page-table entry that makes memory the guest's own, encrypted and nothing to the
 * host: AMD SEV's C-bit (AMD APM vol. 2, 15.34); 0 on a machine without. Stands in every entry for
 * memory, tables included, in none for device registers. Whoever loaded the image has put it into
 * the static tables, and paging_drop_null() takes it from there. With it the host can read nothing
 * of ours: what is for it goes through ports, byte by byte.
 */
extern uint64_t pte_private;

/* Sets up the CPU that runs it: GS base, AVX state. */
void arch_cpu_init(struct cpu_base *cpu);

/*
 * Before another CPU starts: lays out its GDT, its TSS and, up to end, its interrupt stacks, in the
 * zeroed memory at area.
 */
void arch_cpu_prepare(struct cpu_base *cpu, void *area, uint64_t end);
#define CPU_AREA                                                                                   \
    (15 + 6 * 8 + sizeof(struct tss) + 4096 + 256 + 1536) /* bytes of those, at least */

/* What else exceptions lead to; NULL: to a panic. True: the frame is to be gone on with. address:
 * of a page fault. */
extern bool (*trap_handler)(struct trap_frame *frame, uint64_t address);

bool arch_has_1g_pages(void);
bool arch_has_entropy(void);
bool arch_has_x2apic(void);

/* What of confidential computing there is: confidential.h. Takes some VM exits. */
struct confidential arch_confidential(void);

/* CPUID 0x40000000's signature, NUL-terminated; "" without a hypervisor. */
void arch_hypervisor(char signature[13]);

/*
 * Saves the callee-saved state on the running stack, its pointer at *save, and goes on with the
 * stack next, on which another thread saved its own. Interrupts are off. idle: the running thread
 * is an idle one, which never changes the floating-point control words.
 */
void arch_switch(uint64_t *save, uint64_t next, bool idle);

/* The same, but in images that may ask for CPU time, where it counts that first: the linker finds
 * apps/libc/cpu_clock.c's there (libc/cpu_time.c). */
void limpet_switch(uint64_t *save, uint64_t next, bool idle);

/* Lays out a stack (sp: its end) such that arch_switch() to the result calls entry(), interrupts
 * off. */
uint64_t arch_new_stack(uint64_t sp, void (*entry)(void));

/* Thread-local storage of ELF (__thread): the thread pointer. */
void arch_set_thread_pointer(uint64_t fs_base);

/*
 * Before a section that must not meet a page fault for which memory is taken: what that needs of
 * the stack, no more than so many bytes, may lie in a page that comes when it is touched, which is
 * now.
 */
#ifdef LIMPET_HOST
#define arch_touch_stack(bytes) ((void)(bytes))
#else
#define arch_touch_stack(bytes)                                                                    \
    __asm__ volatile("orb $0, -%c0(%%rsp)" : : "i"(bytes) : "memory", "cc")
#endif
#define STACK_OF_PAGES 512 /* what the page allocator takes */

#ifdef LIMPET_HOST /* host-built unit tests run on one thread */
static inline unsigned long interrupts_save(void) { return 0; }
static inline void interrupts_restore(unsigned long flags) { (void)flags; }
static inline bool interrupts_on(void) { return true; }
#else
/* Interrupts off; returns what interrupts_restore() needs. */
static inline unsigned long interrupts_save(void)
{
    unsigned long flags;
    __asm__ volatile("pushf; pop %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

static inline void interrupts_restore(unsigned long flags)
{
    if (flags & 0x200) /* RFLAGS.IF */
        __asm__ volatile("sti" : : : "memory");
    else
        __asm__ volatile("" : : : "memory");
}

static inline bool interrupts_on(void)
{
    unsigned long flags;
    __asm__ volatile("pushf; pop %0" : "=r"(flags));
    return flags & 0x200; /* RFLAGS.IF */
}
#endif

/* Time in ticks of the CPU's own counter, the TSC, which all CPUs share: time.h knows how long they
 * are. */
static inline uint64_t cpu_stamp(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

/* In a loop that waits: lets the other thread of this core, or the hypervisor, go ahead. */
static inline void cpu_relax(void) { __builtin_ia32_pause(); }

/* 64 bits that nobody can guess; 0 when there are none just now. Only if arch_has_entropy(). */
static inline uint64_t cpu_entropy(void)
{
    uint64_t v; /* RDRAND: Intel SDM vol. 1, 7.3.17 */
    __asm__ volatile("rdrand %0" : "=r"(v) : : "cc");
    return v;
}

static inline void cpu_interrupts_on(void) { __asm__ volatile("sti" : : : "memory"); }

static inline void cpu_interrupts_off(void) { __asm__ volatile("cli" : : : "memory"); }

/* Waits for an interrupt; off before and after, on in between. */
static inline void cpu_idle(void) { __asm__ volatile("sti; hlt; cli" : : : "memory"); }

/* Resets any machine that has nothing better. */
static inline void cpu_triple_fault(void)
{
    const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) no_idt = {0, 0};
    __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

static inline void cpu_stop(void) { __asm__ volatile("cli; hlt" : : : "memory"); }

#endif
