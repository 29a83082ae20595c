/* SPDX-License-Identifier: BSD-2-Clause */
/* kvmclock: the host tells the TSC's frequency and the time of day. */
#ifndef PLATFORM_KVM_KVMCLOCK_H
#define PLATFORM_KVM_KVMCLOCK_H

#include "base/platform.h"

struct clock_source kvmclock_tsc_hz(void); /* hz = 0: the host offers none */
uint64_t kvmclock_wall_ns(void);           /* since 1970, now; 0: the host offers none */

#endif
