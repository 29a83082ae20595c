/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture offers the kernel and the platforms beyond vm.h and panic.h. */
#ifndef ARCH_ARCH_H
#define ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "percpu.h"

/* What a trap leaves on the stack, lowest address first (trap.S). */
struct trap_frame {
    uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) == 22 * 8, "trap.S pushes 15 + 2 + 5 words");

/* Sets up this CPU: GS base, AVX state. */
void arch_cpu_init(void);

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
void lapic_init(void);
void lapic_timer_arm(uint64_t ticks);
uint32_t lapic_timer_left(void);
void lapic_eoi(void);

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
