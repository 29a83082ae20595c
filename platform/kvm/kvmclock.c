/* SPDX-License-Identifier: BSD-2-Clause */
/* kvmclock: Linux Documentation/virt/kvm/x86/msr.rst and cpuid.rst. */
#include "kvm/kvmclock.h"
#include "arch.h"
#include "cpu.h"
#include "pvclock.h"

#define KVM_FEATURES           0x40000001
#define KVM_FEATURE_CLOCK2     (1u << 3)
#define MSR_KVM_WALL_CLOCK_NEW 0x4b564d00
#define MSR_KVM_SYSTEM_TIME    0x4b564d01

struct pvclock_wall {
    uint32_t version, seconds, nanoseconds;
} __attribute__((aligned(16)));

static volatile struct pvclock_time shared_time;
static volatile struct pvclock_wall shared_wall;

/* Into memory that is private the host would write what the guest cannot read. */
static bool offered(void)
{
    return pte_private == 0 && cpuid(KVM_FEATURES, 0).eax & KVM_FEATURE_CLOCK2;
}

/* The host fills the structure while it handles the MSR write; then it may be switched off. */
static void read_once(struct pvclock_time *t)
{
    wrmsr(MSR_KVM_SYSTEM_TIME, (uint64_t)&shared_time | 1);
    pvclock_read(&shared_time, t);
    wrmsr(MSR_KVM_SYSTEM_TIME, 0);
}

struct clock_source kvmclock_tsc_hz(void)
{
    struct pvclock_time t = {.mul = 0};
    if (offered())
        read_once(&t);
    return (struct clock_source){pvclock_hz(&t), "kvmclock", 0};
}

uint64_t kvmclock_wall_ns(void)
{
    struct pvclock_time t;
    if (!offered())
        return 0;
    wrmsr(MSR_KVM_WALL_CLOCK_NEW, (uint64_t)&shared_wall);
    uint64_t boot = shared_wall.seconds * 1000000000ull + shared_wall.nanoseconds;
    read_once(&t);
    return boot == 0 || t.mul == 0 ? 0 : boot + pvclock_ns(&t, cpu_stamp());
}
