/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The clock page that Xen invented and KVM took over: xen/include/public/xen.h, vcpu_time_info;
 * Linux Documentation/virt/kvm/x86/msr.rst. How the guest gets at it is the platform's matter.
 */
#ifndef PLATFORM_PVCLOCK_H
#define PLATFORM_PVCLOCK_H

#include <stdint.h>

/* Shared with the hypervisor; version is odd while it writes. */
struct pvclock_time {
    uint32_t version, pad;
    uint64_t tsc_timestamp, system_time; /* ticks; ns on the hypervisor's clock at that tick */
    uint32_t mul;                        /* ns = (ticks << shift) × mul / 2^32 */
    int8_t shift;
    uint8_t flags, pad2[2];
} __attribute__((aligned(32)));
_Static_assert(sizeof(struct pvclock_time) == 32, "msr.rst, MSR_KVM_SYSTEM_TIME_NEW");

/* Takes a consistent copy. */
static inline void pvclock_read(const volatile struct pvclock_time *shared, struct pvclock_time *t)
{
    do {
        t->version = shared->version;
        __asm__ volatile("" : : : "memory");
        t->tsc_timestamp = shared->tsc_timestamp;
        t->system_time = shared->system_time;
        t->mul = shared->mul;
        t->shift = shared->shift;
        __asm__ volatile("" : : : "memory");
    } while (t->version & 1 || t->version != shared->version);
}

/* The TSC's frequency; 0 when the copy holds no clock. */
static inline uint64_t pvclock_hz(const struct pvclock_time *t)
{
    unsigned __int128 hz = (unsigned __int128)1000000000 << 32;
    hz = t->shift < 0 ? hz << -t->shift : hz >> t->shift;
    return t->mul == 0 ? 0 : (uint64_t)(hz / t->mul);
}

/* Nanoseconds on the hypervisor's clock when the TSC read tsc. */
static inline uint64_t pvclock_ns(const struct pvclock_time *t, uint64_t tsc)
{
    uint64_t ticks = tsc - t->tsc_timestamp;
    ticks = t->shift < 0 ? ticks >> -t->shift : ticks << t->shift;
    return t->system_time + (uint64_t)((unsigned __int128)ticks * t->mul >> 32);
}
#endif
