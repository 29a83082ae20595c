/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture offers the kernel and the platforms beyond vm.h and panic.h. */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "percpu.h"

/* The task state segment (SDM vol. 3A, 7.7): all that is used are two interrupt stacks. */
struct tss {
    uint32_t unused1[9];
    uint64_t ist1, ist2;
    uint32_t unused2[12];
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

/* Sets up the CPU that runs it: GS base, AVX state. */
void arch_cpu_init(struct cpu_base *cpu);

/*
 * Before another CPU starts: lays out its GDT, its TSS and, up to end, its interrupt stacks, in the
 * zeroed memory at area.
 */
void arch_cpu_prepare(struct cpu_base *cpu, void *area, uint64_t end);
#define CPU_TABLES (15 + 6 * 8 + sizeof(struct tss)) /* bytes of those, at a multiple of 16 */

bool arch_has_1g_pages(void);
bool arch_has_x2apic(void);

/* CPUID 0x40000000's signature, NUL-terminated; "" without a hypervisor. */
void arch_hypervisor(char signature[13]);

/*
 * Saves the callee-saved state on the running stack, its pointer at *save, and goes on with the
 * stack next, on which another thread saved its own. Interrupts are off. idle: the running thread
 * is an idle one, which never changes the floating-point control words.
 */
void arch_switch(uint64_t *save, uint64_t next, bool idle);

/* Lays out a stack (sp: its end) such that arch_switch() to the result calls thread_entry(). */
uint64_t arch_new_stack(uint64_t sp);

/* Thread-local storage of ELF (__thread): the thread pointer. */
void arch_set_thread_pointer(uint64_t fs_base);

/* The local APIC (lapic.c). Its timer runs at 1 GHz under QEMU and KVM. */
void lapic_init(void);   /* the boot CPU's, at its first need */
void lapic_enable(void); /* another CPU's */
bool lapic_is_on(void);
void lapic_timer_arm(uint64_t ticks);
uint32_t lapic_timer_left(void);
void lapic_eoi(void);
void lapic_send(uint32_t apic_id, uint8_t vector);
void lapic_wake_others(uint32_t real_mode_page); /* INIT and start-up to all but self */

/*
 * struct platform's about other CPUs, by local APIC (smp.c). lapic_cpus(): the n CPUs have these
 * ids, the running one maybe among them; returns how many there are in all.
 */
#define AP_PAGE                                                                                    \
    0x10000u /* physical: memory below 1 MiB that nothing else uses once Limpet runs               \
              */
unsigned lapic_cpus(const uint8_t *ids, unsigned n);
void lapic_start_cpus(unsigned count);
void lapic_cpu_init(unsigned number);
void lapic_ipi(unsigned number);

/* The TSC's frequency against a counter that was read n times in at most 500 µs. */
struct counter {
    uint64_t (*read)(void); /* counts up */
    uint64_t hz, mask;      /* frequency; value bits */
};
uint64_t tsc_calibrate(const struct counter *counter, uint32_t *error_ppm);

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
