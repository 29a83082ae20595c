/* SPDX-License-Identifier: BSD-2-Clause */
/* kvmclock: the host tells the TSC's frequency and the time of day. */
#ifndef PLATFORM_KVM_PVCLOCK_H
#define PLATFORM_KVM_PVCLOCK_H

#include "platform.h"

struct clock_source pvclock_tsc_hz(void); /* hz = 0: the host offers none */
uint64_t pvclock_wall_ns(void);           /* since 1970, now; 0: the host offers none */

#endif
