/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, for platforms that have one. Its timer runs at 1 GHz under QEMU and KVM. */
#ifndef ARCH_LAPIC_H
#define ARCH_LAPIC_H

#include <stdbool.h>
#include <stdint.h>

void lapic_init(void);   /* the boot CPU's, at its first need */
void lapic_enable(void); /* another CPU's */
bool lapic_is_on(void);
void lapic_timer_arm(uint64_t ticks);
uint32_t lapic_timer_left(void);
void lapic_eoi(void);
void lapic_send(uint32_t apic_id, uint8_t vector);
void lapic_wake_others(uint32_t real_mode_page); /* INIT and start-up to all but self */

/* Physical: memory below 1 MiB that nothing else uses once Limpet runs. */
#define AP_PAGE 0x10000u

/*
 * struct platform's about other CPUs, by local APIC (smp.c). lapic_cpus(): the n CPUs have these
 * ids, the running one maybe among them; returns how many there are in all.
 */
unsigned lapic_cpus(const uint8_t *ids, unsigned n);
void lapic_start_cpus(unsigned count);
void lapic_cpu_init(unsigned number);
void lapic_ipi(unsigned number);

#endif
