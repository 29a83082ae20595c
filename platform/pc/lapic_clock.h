/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC's timer as a clock: QEMU and KVM run it at 1 GHz; a real one has any frequency. */
#ifndef PLATFORM_KVM_LAPIC_CLOCK_H
#define PLATFORM_KVM_LAPIC_CLOCK_H

#include "base/platform.h"

clock_source_fn lapic_clock;

/* The platform's timer_arm() there. */
void lapic_timer_arm_ns(uint64_t ns);

#endif
